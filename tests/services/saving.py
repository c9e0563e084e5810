"""Saving as the browser does it, and what the database then has."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import psycopg2
import requests

from tests.processes import House, Person

SIGN_IN = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from accounts.models import User
user = User.objects.get(email="{email}")
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.save()
print("session", session.session_key)
"""


def ask(house: House, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Rows from the house's database, past the house."""
    connection = psycopg2.connect(house.env["DATABASE_URL"])
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def session_of(house: House, email: str) -> str:
    """The key of a signed-in browser session."""
    return house.manage("shell", "--verbosity", "0", "-c", SIGN_IN.format(email=email)).split("session ")[1].strip()


def at(house: House, person: Person) -> Person:
    """The same person with a connection of their own, at this or another dyno."""
    own = Person.__new__(Person)
    own.address, own.http = house.address, requests.Session()
    own.http.headers.update(person.http.headers)
    return own


def answer_body(question: dict[str, Any], *, revision: int | None = None) -> dict[str, Any]:
    """A change of this question's answer; every next revision begins with another option."""
    base = question["revision"] if revision is None else revision
    ids = [option["id"] for option in question["options"]]
    chosen = [ids[(base + place) % len(ids)] for place in range(question["select_count"])]
    return {"selected": chosen, "base_revision": base, "save_id": str(uuid4())}


def put(person: Person, attempt: dict[str, Any], position: int, body: dict[str, Any]) -> requests.Response:
    return person.call("PUT", f"attempts/{attempt['id']}/answers/{position}/", body)


def until_acknowledged(send: Callable[[], requests.Response], seconds: float = 60) -> tuple[int, list[int]]:
    """What the browser does: the same save again until it is acknowledged. Its revision, and the refusals before."""
    refusals: list[int] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            answer = send()
        except requests.ConnectionError:
            refusals.append(0)
        else:
            if answer.status_code == 200:
                return answer.json()["revision"], refusals
            refusals.append(answer.status_code)
        time.sleep(0.1)
    raise AssertionError(f"never acknowledged: {refusals[-5:]}")


def stored_revisions(house: House, attempt: dict[str, Any]) -> dict[int, tuple[int, int]]:
    """By position: current revision and number of logged events."""
    rows = ask(
        house,
        "SELECT a.position, a.revision, count(e.id) FROM exams_attemptquestion a "
        "LEFT JOIN exams_answerevent e ON e.attempt_question_id = a.id WHERE a.attempt_id = %s GROUP BY a.id",
        attempt["id"],
    )
    return {position: (revision, events) for position, revision, events in rows}


def move_deadline(house: House, attempt_id: str, seconds: float) -> datetime:
    """Lets the attempt end that many seconds from now, as if all of it had happened earlier; the deadline."""
    ((deadline, moved),) = ask(
        house,
        "UPDATE exams_attempt SET started_at = started_at - (deadline_at - clock_timestamp() - %s * interval '1 s'), "
        "deadline_at = clock_timestamp() + %s * interval '1 s' WHERE id = %s "
        "RETURNING deadline_at, started_at + minutes_allowed * interval '1 min' - deadline_at",
        seconds,
        seconds,
        attempt_id,
    )
    assert abs(moved.total_seconds()) < 1
    ask(
        house,
        "UPDATE exams_answerevent e SET arrived_at = least(e.arrived_at, %s - interval '1 s') "
        "FROM exams_attemptquestion a WHERE a.id = e.attempt_question_id AND a.attempt_id = %s",
        deadline,
        attempt_id,
    )
    return deadline
