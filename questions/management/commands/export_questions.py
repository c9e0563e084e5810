"""manage.py export_questions --format json|csv|bank [DIR]: the published bank for other systems, or as bank files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from questions.bankfiles import write_bank
from questions.exchange import write_csv, write_json
from questions.models import ExamBlueprint
from questions.selectors import current_blueprint, written_bank


class Command(BaseCommand):
    help = "Prints every published question as JSON or CSV, or writes the whole bank as files into a new folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, help="with --format bank: a folder that is new or empty")
        parser.add_argument("--format", choices=["json", "csv", "bank"], default="json")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            bank = written_bank(current_blueprint())
        except ExamBlueprint.DoesNotExist as error:
            raise CommandError("No bank is loaded yet. Run manage.py load_bank first.") from error
        match options["format"]:
            case "json":
                domain_of = bank.domain_of_topic
                pairs = ((question, domain_of[question.topics[0]]) for question in bank.questions)
                self.stdout.write(write_json(pairs))
            case "csv":
                self.stdout.write(write_csv(bank.questions), ending="")
            case "bank":
                if options["folder"] is None:
                    raise CommandError("--format bank needs a folder to write into.")
                try:
                    files = write_bank(bank, options["folder"])
                except FileExistsError as error:
                    raise CommandError(str(error)) from error
                self.stdout.write(f"{len(bank.questions)} questions in {len(files)} files.")
