"""manage.py recompute --candidate ID | --all: rebuild estimates and plans from the answers."""

import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from analytics import services


class Command(BaseCommand):
    help = "Rebuilds estimates, forecasts and plans from the answers. Run it as often as you like."

    def add_arguments(self, parser: ArgumentParser) -> None:
        who = parser.add_mutually_exclusive_group(required=True)
        who.add_argument("--candidate", metavar="ID", help="id or email address of one person")
        who.add_argument("--all", action="store_true", help="everybody who ever began an attempt")

    def handle(self, *args: Any, **options: Any) -> None:
        people = self._people(options["candidate"])
        rebuilt = 0
        for candidate_id in people:
            rebuilt += services.recompute_candidate(candidate_id=candidate_id, now=timezone.now()) is not None
        self.stdout.write(f"Rebuilt {rebuilt} candidate{'' if rebuilt == 1 else 's'} of {len(people)}.")

    def _people(self, name: str | None) -> list[uuid.UUID]:
        if name is None:
            return list(
                User.objects.filter(attempts__isnull=False).order_by("pk").values_list("pk", flat=True).distinct()
            )
        if "@" in name:
            found = User.objects.filter(email__iexact=name)
        else:
            try:
                found = User.objects.filter(pk=uuid.UUID(name))
            except ValueError as error:
                raise CommandError(f"“{name}” is neither an id nor an email address.") from error
        ids = list(found.values_list("pk", flat=True))
        if not ids:
            raise CommandError(f"There is nobody with the id or address “{name}”.")
        return ids
