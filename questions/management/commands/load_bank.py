"""manage.py load_bank [PATH]: bring the database into step with the bank files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from questions.bankfiles import BankFileError
from questions.services import load_bank


class Command(BaseCommand):
    help = "Loads the question bank from its files. Run it as often as you like: twice in a row changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "path", nargs="?", type=Path, default=settings.BANK_DIR / settings.EXAM_CODE,
            help="folder with blueprint.yaml (default: the shipped bank)",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            load = load_bank(options["path"], timezone.now())
        except BankFileError as error:
            for problem in error.problems:
                self.stderr.write(str(problem))
            raise CommandError(f"Nothing was loaded: {len(error.problems)} problems.") from error
        self.stdout.write(
            f"{load.questions} questions on {load.topics} topics: {load.added} added, "
            f"{load.next_versions} as next versions, {load.upkept} with new upkeep, {load.retired} retired."
        )
        self.stdout.write(
            f"{load.misconceptions} misconceptions, {load.labs} labs, {load.notes} topic notes."
            + ("" if load.changed_anything else " Nothing changed.")
        )
