"""manage.py item_analysis MARKS.csv [--json]: classical statistics of any table of marks."""

import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.management.files import opened_table
from analytics.management.marks import MalformedMarks, MarkTable, UnfitBestMarks, read_marks
from engine.classical import FEWEST_ATTEMPTS, RELIABLE_ATTEMPTS, question_statistics, quiz_statistics

FIGURES = (
    "facility", "sd", "discrimination_index", "discriminative_efficiency", "effective_weight",
)  # fmt: skip


class Command(BaseCommand):
    help = """Classical item and quiz statistics, with n - 1 denominators, as Moodle defines them.

MARKS.csv is a table of people by items: the first line names the items, every other line is one person,
every cell their mark. A first column of names is left out: it is one whose heading is empty or speaks of a
person, user, student, candidate, learner, name, email or id, or that holds no number at all. No cell may be
empty: give 0 where an unanswered item is worth nothing. Tabs or semicolons may stand for the commas; marks may
have a decimal comma then.

  person,q1,q2,q3
  Ada,1,0,1
  Ben,0.5,0,1

All figures are percent. Under 2 people there are none; under 100 they are rough."""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.add_argument("source", metavar="MARKS.csv", type=Path)
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
        parser.add_argument(
            "--largest",
            metavar="MARKS",
            default="1",
            help="best mark: one number for all items, or one for each, joined by commas (default: 1)",
        )
        parser.add_argument(
            "--fewest", type=int, default=2, metavar="N", help="tell nothing below this many people (default: 2)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        source: Path = options["source"]
        if options["fewest"] < 0:
            raise CommandError(f"--fewest must not be negative, and is {options['fewest']}.")
        with opened_table(source) as lines:
            try:
                table = read_marks(lines, largest=options["largest"])
            except MalformedMarks as error:
                raise CommandError(f"{source}, {error}") from error
            except UnfitBestMarks as error:
                raise CommandError(f"--largest: {error}.") from error
        report = _report(table, fewest=options["fewest"])
        if options["json"]:
            self.stdout.write(json.dumps(report, indent=2, ensure_ascii=False))
        else:
            self._tell(report)

    def _tell(self, report: dict[str, Any]) -> None:
        width = max(len("item"), *(len(item["item"]) for item in report["items"]))
        headings = ("facility", "sd", "discrimination", "efficiency", "weight")
        self.stdout.write("  ".join([f"{'item':{width}}", *(f"{heading:>14}" for heading in headings)]))
        for item in report["items"]:
            cells = (f"{_shown(item[name]):>14}" for name in FIGURES)
            self.stdout.write("  ".join([f"{item['item']:{width}}", *cells, "; ".join(item["flags"])]).rstrip())
        quiz = report["quiz"]
        self.stdout.write(
            f"\n{_counted(quiz.pop('attempts'), 'person', 'people')}, {_counted(quiz.pop('questions'), 'item')}"
        )
        for name, value in quiz.items():
            self.stdout.write(f"{name.replace('_', ' '):15} {_shown(value)}")
        for warning in report["warnings"]:
            self.stdout.write(warning)


def _report(table: MarkTable, *, fewest: int) -> dict[str, Any]:
    """Figures as the engine gives them; null where one does not exist."""
    items = question_statistics(table.marks, largest=table.largest, fewest=fewest)
    quiz = quiz_statistics(table.marks, largest=table.largest, fewest=fewest)
    return {
        "quiz": asdict(quiz),
        "items": [
            {
                "item": name,
                "attempts": item.attempts,
                **{figure: getattr(item, figure) for figure in FIGURES},
                "flags": list(item.flags),
            }
            for name, item in zip(table.items, items, strict=True)
        ],
        "warnings": _warnings(quiz.attempts, fewest),
    }


def _warnings(people: int, fewest: int) -> list[str]:
    if people < max(fewest, 2):
        few = f"{_counted(people, 'person', 'people')} {'is' if people == 1 else 'are'} too few for any figure"
        return [f"{few}; {max(fewest, 2)} are needed."]
    if people < FEWEST_ATTEMPTS:
        return [f"{people} people: under {FEWEST_ATTEMPTS}, these figures say next to nothing about the items."]
    if people < RELIABLE_ATTEMPTS:
        return [f"{people} people: under {RELIABLE_ATTEMPTS}, these figures are rough."]
    return []


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{round(value, 2) + 0.0:.2f}"  # + 0.0: never “-0.00”


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"
