"""`manage.py check_invariants [--json]`: run after every fault, on any database; exit 1 when something cannot be."""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from exams.models import Attempt
from exams.selectors import Violation, violations

SHOWN = 50


class Command(BaseCommand):
    """Checks I1–I4; who keeps I5 and I6 extends `found` and `checked`."""

    help = "Check that no answer was lost, misgraded, stored late or graded twice."
    checked: tuple[str, ...] = ("I1", "I2", "I3", "I4")

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
        for violation in broken[:SHOWN]:
            place = f", question {violation.position}" if violation.position else ""
            self.stdout.write(f"{violation.invariant}  attempt {violation.attempt}{place}: {violation.what}")
        if len(broken) > SHOWN:
            self.stdout.write(f"… and {len(broken) - SHOWN} more")
        summary = " · ".join(f"{name}: {counts[name] or 'holds'}" for name in self.checked)
        self.stdout.write(f"{Attempt.objects.count()} attempts. {summary}")
