"""manage.py check_bank [PATH] [--json]: lint the bank files. Errors fail (exit 1), warnings do not."""

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from questions.lint import BankReport, check_bank_files


class Command(BaseCommand):
    help = "Checks the question bank: structure, coverage, cues, freshness and blind guessers."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "path", nargs="?", type=Path, default=settings.BANK_DIR / settings.EXAM_CODE,
            help="folder with blueprint.yaml (default: the shipped bank)",
        )  # fmt: skip
        parser.add_argument("--json", action="store_true", help="print the whole report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        report = check_bank_files(options["path"], timezone.now().date())
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), indent=2, default=str, ensure_ascii=False))
        else:
            self._print(report)
        if report.errors:
            sys.exit(1)

    def _print(self, report: BankReport) -> None:
        for finding in (*report.warnings, *report.errors):
            self.stdout.write(str(finding))
        self.stdout.write("\nCoverage: scored questions against need, by author level 1–5")
        for domain in report.coverage:
            levels = " ".join(f"{n:3}" for n in domain.levels)
            self.stdout.write(f"  {domain.name:26} {domain.have:4} of {domain.need:4}   {levels}")
            for topic in domain.topics:
                levels = " ".join(f"{n:3}" for n in topic.levels)
                self.stdout.write(f"    {topic.code:24} {topic.have:4} of {topic.need:4}   {levels}")
        self.stdout.write("\nBlind guessers on single-select questions")
        for guesser in report.guessers:
            mark = "" if guesser.is_near_chance else "  ← away from chance"
            self.stdout.write(
                f"  {guesser.name:26} {guesser.hit_rate:6.1%}  chance {guesser.chance:.1%}"
                f"  {guesser.difference * 100:+5.1f} points  n = {guesser.n}{mark}"
            )
        if report.guessers and not report.guessers[-1].is_near_chance:
            weights = ", ".join(f"{name} {weight:+.2f}" for name, weight in report.trained.weights[:5])
            surest = ", ".join(f"{slug} ({sureness:.0%})" for slug, sureness in report.trained.surest)
            self.stdout.write(f"  it goes by: {weights}\n  it is surest of: {surest}")
        kinds = Counter(finding.check for finding in report.warnings)
        listed = ", ".join(f"{count} {check}" for check, count in kinds.most_common())
        self.stdout.write(
            f"\n{report.questions} questions ({report.pilots} pilots), {report.misconceptions} misconceptions: "
            f"{len(report.errors)} errors, {len(report.warnings)} warnings{f' ({listed})' if listed else ''}."
        )
