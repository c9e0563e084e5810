"""The save path while web processes and the database go away and come back (FAULTS A2 to A6).

The database is the test's own: nothing else on the PostgreSQL server notices.
"""

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg2
import pytest
import requests

from tests.processes import House, Person, wait_for
from tests.services.conftest import PASSWORD

pytestmark = pytest.mark.services

SIGN_IN = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from accounts.models import User
user = User.objects.get(email="bao.tran@example.com")
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.save()
print("session", session.session_key)
"""


@pytest.fixture
def person(running: House) -> Person:
    return Person(running.address, "bao.tran@example.com", PASSWORD)


@pytest.fixture
def attempt(person: Person) -> Iterator[dict[str, Any]]:
    attempt = person.start_mock()
    yield attempt
    assert person.submit(attempt["id"]).status_code == 200


@pytest.fixture(autouse=True)
def _nothing_was_lost(running: House, attempt: dict[str, Any]) -> Iterator[None]:
    yield
    running.manage("check_invariants")


def ask(house: House, statement: str, *values: Any, database: str | None = None) -> list[tuple[Any, ...]]:
    url = urlsplit(house.env["DATABASE_URL"])
    connection = psycopg2.connect(urlunsplit(url._replace(path=f"/{database}")) if database else url.geturl())
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = cursor.fetchall() if cursor.description else []
    connection.close()
    return rows


def name_of_database(house: House) -> str:
    return urlsplit(house.env["DATABASE_URL"]).path.lstrip("/")


def cut_connections(house: House) -> int:
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
    return len(ask(house, cut, name_of_database(house), database="postgres"))


@contextmanager
def no_new_connections(house: House) -> Iterator[None]:
    name = name_of_database(house)
    ask(house, f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false', database="postgres")
    try:
        yield
    finally:
        ask(house, f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true', database="postgres")


def answer_body(question: dict[str, Any]) -> dict[str, Any]:
    chosen = [option["id"] for option in question["options"][: question["select_count"]]]
    return {"selected": chosen, "base_revision": question["revision"], "save_id": str(uuid4())}


def put(person: Person, attempt: dict[str, Any], position: int, body: dict[str, Any]) -> requests.Response:
    return person.call("PUT", f"attempts/{attempt['id']}/answers/{position}/", body)


def until_acknowledged(send: Callable[[], requests.Response]) -> tuple[int, list[int]]:
    """What the browser does: the same save again until it is acknowledged. Its revision, and the refusals before."""
    refusals: list[int] = []
    until = time.monotonic() + 60
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


def test_web_killed_between_commit_and_reply(person, running, attempt):
    """A2: the answer is committed, its reply is never read, and every web process is gone."""
    body = answer_body(attempt["questions"][0])
    text = json.dumps(body)
    request = (
        f"PUT /api/v1/attempts/{attempt['id']}/answers/1/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-Proto: https\r\n"
        f"Authorization: {person.http.headers['Authorization']}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(text)}\r\n\r\n{text}"
    )
    with socket.create_connection(("127.0.0.1", running.port)) as link:
        link.sendall(request.encode())
        wait_for(lambda: stored_revisions(running, attempt)[1] == (1, 1), seconds=10, what="the commit")
        running.kill("web")
    running.start("web")
    answer = put(person, attempt, 1, body)
    assert (answer.status_code, answer.json()["revision"]) == (200, 1)
    assert stored_revisions(running, attempt)[1] == (1, 1)


def test_web_told_to_stop_while_answers_come_in(person, running, attempt):
    """A3: SIGTERM to gunicorn under load, then a new one, as a dyno restart does."""
    acknowledged: dict[int, int] = {}
    refused: list[int] = []

    def answer_some(questions: list[dict[str, Any]]) -> None:
        own = Person.__new__(Person)
        own.address, own.http = person.address, requests.Session()
        own.http.headers.update(person.http.headers)
        for question in questions:
            body, position = answer_body(question), question["position"]
            revision, refusals = until_acknowledged(lambda p=position, b=body: put(own, attempt, p, b))
            acknowledged[position] = revision
            refused.extend(refusals)

    with ThreadPoolExecutor(4) as pool:
        work = [pool.submit(answer_some, attempt["questions"][first::4]) for first in range(4)]
        wait_for(lambda: len(acknowledged) >= 10, seconds=30, what="the first answers")
        master = running.processes.pop("web")
        os.kill(master.pid, signal.SIGTERM)
        master.wait(timeout=30)
        running.start("web")
        for done in work:
            done.result()
    assert set(refused) <= {0}, "a save under way is finished, one that comes later finds nobody"
    assert stored_revisions(running, attempt) == dict.fromkeys(range(1, 66), (1, 1))
    assert set(acknowledged.values()) == {1}


def test_database_gone_and_back(person, running, attempt):
    """A4: refused with 503 and Retry-After by token and by session alike; sent again, all is there."""
    session = running.manage("shell", "--verbosity", "0", "-c", SIGN_IN).split("session ")[1].strip()
    body = answer_body(attempt["questions"][0])
    with no_new_connections(running):
        assert cut_connections(running) > 0
        by_token = put(person, attempt, 1, body)
        by_session = requests.put(
            f"{running.address}/api/v1/attempts/{attempt['id']}/answers/1/",
            json=body,
            headers={"X-Forwarded-Proto": "https"},
            cookies={"__Host-sessionid": session},
            timeout=10,
        )
        for answer in (by_token, by_session):
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
            assert answer.headers["Retry-After"] == "5"
            assert "Traceback" not in answer.text
    revision, _ = until_acknowledged(lambda: put(person, attempt, 1, body))
    assert revision == 1
    assert stored_revisions(running, attempt)[1] == (1, 1)


def test_database_restarted_under_kept_connections(person, running, attempt):
    """A5: connections that the workers keep are dead; the next requests open new ones and nobody notices."""
    for question in attempt["questions"][:8]:
        assert put(person, attempt, question["position"], answer_body(question)).status_code == 200
    assert cut_connections(running) > 0
    codes = [
        put(person, attempt, question["position"], answer_body(question)).status_code
        for question in attempt["questions"][8:24]
    ]
    assert codes == [200] * 16


def test_no_connection_left_for_a_new_thread(person, running, attempt):
    """A6: who has a connection saves on, who needs a new one gets 503; nothing is half written."""
    gate = threading.Barrier(8)
    questions = attempt["questions"][:8]
    bodies = {question["position"]: answer_body(question) for question in questions}

    def save(position: int) -> int:
        gate.wait(timeout=10)
        headers = dict(person.http.headers)
        address = f"{running.address}/api/v1/attempts/{attempt['id']}/answers/{position}/"
        return requests.put(address, json=bodies[position], headers=headers, timeout=20).status_code

    running.kill("web")
    running.start("web")
    with no_new_connections(running), ThreadPoolExecutor(8) as pool:
        codes = dict(zip(bodies, pool.map(save, bodies), strict=True))
    assert set(codes.values()) <= {200, 503}
    assert 503 in codes.values()
    stored = stored_revisions(running, attempt)
    assert all(stored[position] == ((1, 1) if code == 200 else (0, 0)) for position, code in codes.items())
    for position, body in bodies.items():
        assert until_acknowledged(lambda p=position, b=body: put(person, attempt, p, b))[0] == 1
