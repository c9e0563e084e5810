"""`manage.py check_invariants [--json]`: run after every fault, on any database; exit 1 when something cannot be."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from exams.models import Attempt
from exams.selectors import Violation, violations

SHOWN = 50


class Command(BaseCommand):
    """Checks I1–I4; who keeps I5 and I6 extends `found` and `checked`."""

    help = "Check that no answer was lost, misgraded, stored late or graded twice."
    checked: Mapping[str, str] = {
        "I1": "every acknowledged answer is in the log, and the newest is the one that counts",
        "I2": "every attempt is marked from exactly its final answers",
        "I3": "every attempt ended at most once, and every marking is explained",
        "I4": "no stored answer came after its deadline and the allowance",
    }

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print a JSON object instead of lines")

    def found(self) -> Iterable[Violation]:
        return violations()

    def handle(self, *args: Any, **options: Any) -> None:
        broken = list(self.found())
        counts = Counter(violation.invariant for violation in broken)
        if options["json"]:
            report = {
                "attempts": Attempt.objects.count(),
                "checked": {name: counts[name] for name in self.checked},
                "violations": [asdict(violation) for violation in broken],
            }
            self.stdout.write(json.dumps(report, indent=2))
        else:
            self._tell(broken, counts)
        if broken:
            sys.exit(1)

    def _tell(self, broken: list[Violation], counts: Counter[str]) -> None:
        """One line for each invariant with what it says; under a broken one, where."""
        for name, words in self.checked.items():
            state = f"BROKEN {counts[name]} ×" if counts[name] else "holds"
            self.stdout.write(f"{name}: {state:<12} {words}")
            for violation in [one for one in broken if one.invariant == name][:SHOWN]:
                self.stdout.write(f"      {_place(violation)}{violation.what}")
            if counts[name] > SHOWN:
                self.stdout.write(f"      … and {counts[name] - SHOWN} more")
        attempts = Attempt.objects.count()
        verdict = f"{len(broken)} that cannot be" if broken else "nothing that cannot be"
        self.stdout.write(f"{attempts} attempt{'' if attempts == 1 else 's'} looked at: {verdict}.")


def _place(violation: Violation) -> str:
    if violation.attempt == "none":
        return ""
    return f"attempt {violation.attempt}{f', question {violation.position}' if violation.position else ''}: "
