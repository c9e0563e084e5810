"""The save path while PostgreSQL is stopped, restarted, crashed and full (FAULTS A4 to A6), on a server of our own."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from threading import Barrier
from typing import Any

import psycopg2
import pytest
import requests

from tests.own_postgres import ROLE, OwnPostgres, own_postgres
from tests.processes import House, Person, wait_for
from tests.services.conftest import PASSWORD, copied
from tests.services.saving import answer_body, at, put, session_of, stored_revisions, until_acknowledged

pytestmark = pytest.mark.services

AWAY_SECONDS = 20
MOST_CONNECTIONS = 20
EMAIL = "bao.tran@example.com"


@pytest.fixture(scope="module")
def server() -> Iterator[OwnPostgres]:
    with own_postgres(max_connections=str(MOST_CONNECTIONS)) as started:
        yield started


@pytest.fixture(scope="module")
def database(released: str, server: OwnPostgres) -> str:
    return copied(released, server)


@pytest.fixture
def person(running: House) -> Person:
    return Person(running.address, EMAIL, PASSWORD)


@pytest.fixture
def attempt(person: Person) -> Iterator[dict[str, Any]]:
    attempt = person.start_mock()
    yield attempt
    assert person.submit(attempt["id"]).status_code == 200


@pytest.fixture(autouse=True)
def _nothing_was_lost(running: House, attempt: dict[str, Any]) -> Iterator[None]:
    yield
    running.manage("check_invariants")


def by_session(house: House, key: str, path: str, body: dict[str, Any]) -> requests.Response:
    return requests.put(
        f"{house.address}/api/v1/{path}",
        json=body,
        headers={"X-Forwarded-Proto": "https"},
        cookies={"__Host-sessionid": key},
        timeout=10,
    )


def test_database_stopped_for_twenty_seconds(person, running, attempt, server):
    """A4: refused at once with 503 and Retry-After, by token and by session alike; sent again, all is there."""
    key = session_of(running, EMAIL)
    bodies = {question["position"]: answer_body(question) for question in attempt["questions"][:AWAY_SECONDS]}

    def put_by_token(position: int, body: dict[str, Any]) -> requests.Response:
        return put(person, attempt, position, body)

    def put_by_session(position: int, body: dict[str, Any]) -> requests.Response:
        return by_session(running, key, f"attempts/{attempt['id']}/answers/{position}/", body)

    slowest = 0.0
    server.stop()
    back_at = time.monotonic() + AWAY_SECONDS
    for position, body in bodies.items():
        for send in (put_by_token, put_by_session):
            began = time.monotonic()
            answer = send(position, body)
            slowest = max(slowest, time.monotonic() - began)
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
            assert answer.headers["Retry-After"] == "5"
            assert "Traceback" not in answer.text
        time.sleep(1)
    time.sleep(max(0, back_at - time.monotonic()))
    assert requests.get(f"{running.address}/readyz", timeout=10).status_code == 503
    server.start()
    assert slowest < 2, f"a refusal took {slowest:.2f} s"
    for position, body in bodies.items():
        revision, refusals = until_acknowledged(lambda p=position, b=body: put(person, attempt, p, b))
        assert (revision, refusals) == (1, [])
    stored = stored_revisions(running, attempt)
    assert all(stored[position] == (1, 1) for position in bodies)
    assert running.processes["worker"].poll() is None, "the worker outlives it too"


@pytest.mark.parametrize("fault", ["restarted", "crashed"])
def test_server_restarted_under_kept_connections(person, running, attempt, server, fault):
    """A5: connections that the workers keep are dead; the next requests open new ones, nobody notices, all is there."""
    questions = attempt["questions"]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda q: put(at(running, person), attempt, q["position"], answer_body(q)), questions[:32]))
    if fault == "crashed":
        server.crash()
    else:
        server.stop()
        server.start()
    codes = [
        put(person, attempt, question["position"], answer_body(question)).status_code for question in questions[32:]
    ]
    assert codes == [200] * 33
    assert stored_revisions(running, attempt) == dict.fromkeys(range(1, 66), (1, 1))


def test_connections_used_up(person, running, attempt, server):
    """A6: who has a connection saves on, who needs a new one gets 503; nothing is half written."""
    questions = attempt["questions"][:8]
    bodies = {question["position"]: answer_body(question) for question in questions}
    hands = {position: at(running, person) for position in bodies}

    def save_all_at_once() -> dict[int, int]:
        gate = Barrier(len(bodies))

        def save(position: int) -> int:
            gate.wait(timeout=10)
            return put(hands[position], attempt, position, bodies[position]).status_code

        with ThreadPoolExecutor(len(bodies)) as pool:
            return dict(zip(bodies, pool.map(save, bodies), strict=True))

    running.kill("worker")
    running.kill("web")
    running.start("web")
    with ExitStack() as held:
        take_all_connections(server, held)
        with pytest.raises(psycopg2.OperationalError, match=r"remaining connection slots|too many clients"):
            psycopg2.connect(server.url)
        assert Counter(save_all_at_once().values()) == {503: 8}
        assert set(stored_revisions_past(server, attempt).values()) == {0}
    give_some = ExitStack()
    with give_some:
        take_all_connections(server, give_some, but=2)
        codes = save_all_at_once()
        assert set(codes.values()) == {200, 503}
        stored = stored_revisions_past(server, attempt)
        assert all(stored[position] == (1 if code == 200 else 0) for position, code in codes.items())
    for position, body in bodies.items():
        assert until_acknowledged(lambda p=position, b=body: put(person, attempt, p, b))[0] == 1
    assert all(stored_revisions(running, attempt)[position] == (1, 1) for position in bodies)


def take_all_connections(server: OwnPostgres, held: ExitStack, but: int = 0) -> None:
    """Opens connections until no more are given, as an ordinary role; then gives some back."""

    def take() -> psycopg2.extensions.connection | None:
        try:
            return held.enter_context(closing(psycopg2.connect(server.url)))
        except psycopg2.OperationalError:
            return None

    taken = [one for one in iter(take, None) if one is not None]
    assert len(taken) > but
    for one in taken[:but]:
        one.close()
    free = f"SELECT count(*) FROM pg_stat_activity WHERE usename = '{ROLE}' HAVING count(*) = {len(taken) - but}"
    wait_for(lambda: server.run_as_superuser(free), seconds=5, what="connections to be given back")


def stored_revisions_past(server: OwnPostgres, attempt: dict[str, Any]) -> dict[int, int]:
    """Revisions by position, over one of the connections that are kept for superusers."""
    rows = server.run_as_superuser(
        f"SELECT position, revision FROM exams_attemptquestion WHERE attempt_id = '{attempt['id']}'", database=ROLE
    )
    return dict(rows)  # type: ignore[arg-type]
