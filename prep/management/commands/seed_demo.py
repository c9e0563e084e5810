"""Demo people for a first look, and for review apps."""

import secrets
from typing import Any

import environ
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from prep.demo import ADMIN, CANDIDATE, MENTOR, has_demo, seed_demo


class Command(BaseCommand):
    help = (
        "Makes a candidate, a mentor and an admin to sign in with, and a cohort with simulated histories. "
        "Run again it changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anywhere", action="store_true", help="also outside development, such as in a review app")

    def handle(self, *args: Any, anywhere: bool, **options: Any) -> None:
        if not settings.DEVELOPMENT and not anywhere:
            raise CommandError("Demo people do not belong in production. If you mean it: seed_demo --anywhere")
        notes = settings.VAR_DIR / "demo-sign-ins.txt"
        if has_demo() and notes.exists():
            return
        password = environ.Env().str("PREP_DEMO_PASSWORD", "") or secrets.token_urlsafe(9)
        seed_demo(password=password, now=timezone.now())
        lines = [f"  {name:<10} {email:<24} {password}" for name, email in _PEOPLE]
        text = "Sign in as\n" + "\n".join(lines) + "\n"
        notes.write_text(text)
        notes.chmod(0o600)
        self.stdout.write(text)


_PEOPLE = [("candidate", CANDIDATE), ("mentor", MENTOR), ("admin", ADMIN)]
