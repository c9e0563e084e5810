"""manage.py import_questions FILE [--format json|csv|moodle-xml] [--topic CODE] [--dry-run] [--json]."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError
from django.utils import timezone

from questions.exchange import ImportRow, UnreadableFile, read_csv, read_json, read_moodle
from questions.models import Topic
from questions.services import ImportResult, import_questions

FORMATS = {".json": "json", ".csv": "csv", ".xml": "moodle-xml"}


class Command(BaseCommand):
    help = "Takes questions over as drafts, all of them or none; a second run changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=sorted(FORMATS.values()), help="default: by the file's name")
        parser.add_argument("--topic", default="", help="topic of Moodle questions that name none")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and store nothing")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["format"] or FORMATS.get(options["file"].suffix.lower())
        if name is None:
            raise CommandError("Say which --format the file has: json, csv or moodle-xml.")
        try:
            rows = self._rows(options["file"].read_bytes(), name, options["topic"])
            result = import_questions(
                rows=rows, exam_code=settings.EXAM_CODE, by=None, now=timezone.now(), dry_run=options["dry_run"]
            )
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be opened: {error.strerror}.") from error
        except UnreadableFile as error:
            raise CommandError(f"Nothing was imported. {error}") from error
        except IntegrityError as error:
            raise CommandError("Somebody imported the same questions at this moment. Run it again.") from error
        if options["json"]:
            self.stdout.write(json.dumps(asdict(result) | {"dry_run": options["dry_run"]}, indent=2))
        else:
            self._print(result, dry_run=options["dry_run"])
        if result.errors:
            sys.exit(1)

    def _rows(self, content: bytes, name: str, topic: str) -> list[ImportRow]:
        if name == "json":
            return read_json(content)
        if name == "csv":
            return read_csv(content)
        codes = frozenset(Topic.objects.filter(domain__exam_code=settings.EXAM_CODE).values_list("code", flat=True))
        return read_moodle(content, codes, topic)

    def _print(self, result: ImportResult, *, dry_run: bool) -> None:
        for error in result.errors:
            self.stderr.write(str(error))
        if result.errors:
            self.stdout.write(f"Nothing was imported: {len(result.errors)} errors.")
            return
        for problem in result.to_mend:
            self.stdout.write(f"to mend before publishing: {problem}")
        self.stdout.write(
            f"{'Would be: ' if dry_run else ''}{result.created} new drafts, {result.next_versions} next versions, "
            f"{result.unchanged} unchanged."
        )
