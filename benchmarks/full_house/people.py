"""Candidates who are signed in already, in bulk: `python -m benchmarks.full_house.people COUNT` prints them as JSON.

Run with the environment of the house that they belong to. Nobody gets a password: hashing 1,500 of them says nothing
about an exam, and takes a minute.
"""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class Person:
    """A candidate's id and session key."""

    id: str
    session: str


def make_people(env: Mapping[str, str], count: int) -> list[Person]:
    """So many new candidates in the database that `env` names."""
    done = subprocess.run(
        [sys.executable, "-m", __name__, str(count)], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"no people: {done.stderr[-2000:]}")
    return [Person(*row) for row in json.loads(done.stdout.splitlines()[-1])]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prep.settings")
    import django

    django.setup()
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.hashers import make_password

    from accounts.models import User

    store = import_module(settings.SESSION_ENGINE).SessionStore
    nobody_knows = make_password(None)
    some = secrets.token_hex(4)
    users = [
        User(email=f"candidate-{some}-{number}@example.com", display_name=f"Candidate {number}", password=nobody_knows)
        for number in range(int(sys.argv[1]))
    ]
    User.objects.bulk_create(users, batch_size=500)
    rows = []
    for user in users:
        session = store(secrets.token_hex(16))
        content = {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
        rows.append(session.create_model_instance(content))
    store.get_model_class().objects.bulk_create(rows, batch_size=500)
    print(json.dumps([(str(user.pk), row.session_key) for user, row in zip(users, rows, strict=True)]))


if __name__ == "__main__":
    main()
