"""Clocks at odds, nobody at the sweep, two at the sweep (FAULTS B5, B6, B10, D8), with real workers and beats."""

import os
import shutil
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.processes import House, Person, wait_for
from tests.services.conftest import PASSWORD
from tests.services.saving import answer_body, ask, at, move_deadline, put

pytestmark = pytest.mark.services

NAMES = ("candidate", "bao.tran", "clara.weiss", "dimitri.sokolov", "efua.mensah")
GRACE_SECONDS = 60
OFF_SECONDS = 90


@pytest.fixture(autouse=True)
def _nothing_was_lost(house: House) -> Iterator[None]:
    yield
    house.manage("check_invariants")


@pytest.fixture
def web(house: House) -> House:
    """Web alone; the worker comes when a test wants it."""
    if "web" not in house.processes:
        house.start("web")
    return house


def sat(house: House, person: Person, answers: int = 5) -> dict[str, Any]:
    """A mock in progress with some answers."""
    attempt = person.start_mock()
    for question in attempt["questions"][:answers]:
        assert put(person, attempt, question["position"], answer_body(question)).status_code == 200
    return attempt


def rows_of(house: House, attempts: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """(status, ended at its deadline, gradings), in order of the attempts."""
    rows = ask(
        house,
        "SELECT id::text, status, finished_at = deadline_at, score_version FROM exams_attempt WHERE id::text = ANY(%s)",
        [attempt["id"] for attempt in attempts],
    )
    found = {row[0]: row[1:] for row in rows}
    return [found[attempt["id"]] for attempt in attempts]


def counts(house: House) -> list[tuple[Any, ...]]:
    """By person: sets of estimates, and plan revisions that an attempt gave rise to."""
    return ask(
        house,
        "SELECT u.email, (SELECT count(*) FROM analytics_estimateset s WHERE s.candidate_id = u.id), "
        "(SELECT count(*) FROM study_plans_planrevision r JOIN study_plans_studyplan p ON p.id = r.plan_id "
        "WHERE p.candidate_id = u.id AND r.attempt_id IS NOT NULL) FROM accounts_user u ORDER BY u.email",
    )


def test_two_workers_with_a_beat_each_after_three_hours_of_none(web):
    """B5, B6 and D8: reads tell the truth without any worker; then two sweeps catch up, and nothing happens twice."""
    people = [Person(web.address, f"{name}@example.com", PASSWORD) for name in NAMES]
    attempts = [sat(web, person) for person in people]
    before = {email: (sets, plans) for email, sets, plans in counts(web)}
    for attempt in attempts[:4]:
        move_deadline(web, attempt["id"], -3 * 3600)
    read = people[0].call("GET", f"attempts/{attempts[0]['id']}/").json()
    assert (read["status"], read["finished_at"], read["remaining_ms"]) == ("expired", read["deadline_at"], 0)
    assert rows_of(web, attempts[1:4]) == [("in_progress", None, 0)] * 3
    late = requests.get(f"{web.address}/healthz/worker", timeout=10)
    assert (late.status_code, late.json()["status"]) == (503, "late")

    other = web.another_dyno()
    try:
        web.start("worker")
        other.start("worker")
        deadline = move_deadline(web, attempts[4]["id"], -GRACE_SECONDS + 2)
        wait_for(lambda: all(row[0] == "expired" for row in rows_of(web, attempts)), seconds=125, what="the sweep")
        after_grace = datetime.now(deadline.tzinfo) - deadline - timedelta(seconds=GRACE_SECONDS)
        assert after_grace < timedelta(minutes=2)
        wait_for(lambda: not waiting(web, attempts), seconds=120, what="the analysis")
        time.sleep(3)  # for whoever would do it a second time
    finally:
        other.stop()
        web.kill("worker")
    assert rows_of(web, attempts) == [("expired", True, 1)] * 5
    grown = {email: (sets - before[email][0], plans - before[email][1]) for email, sets, plans in counts(web)}
    assert [grown[f"{name}@example.com"] for name in NAMES] == [(1, 1)] * 5
    assert requests.get(f"{web.address}/healthz/worker", timeout=10).status_code == 200
    print(f"closed {after_grace.total_seconds():.0f} s after deadline and grace (n = 5, two beats)")


def waiting(house: House, attempts: list[dict[str, Any]]) -> int:
    ids = [attempt["id"] for attempt in attempts]
    known = "SELECT count(*) FROM analytics_analysedattempt WHERE attempt_id::text = ANY(%s) AND status = 'expired'"
    return len(ids) - int(ask(house, known, ids)[0][0])


@pytest.fixture
def other(web: House, seconds: int) -> Iterator[House]:
    """A second web dyno on the same database, whose clock is off by that much.

    Off from its start: a step under a running gunicorn is more than libfaketime can do (its sleeps fail), and is
    provoked in tests/exams/test_clock.py.
    """
    dyno = web.another_dyno()
    dyno.env |= {"LD_PRELOAD": str(faketime_library()), "FAKETIME": f"{seconds:+d}", "NO_FAKE_STAT": "1"}
    try:
        dyno.start("web")
        yield dyno
    finally:
        dyno.stop()


def faketime_library() -> Path:
    found = [*Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), *Path("/usr").glob("l*/faketime/libfaketime.so.1")]
    if not found or not shutil.which("faketime"):
        missing = "needs libfaketime (Debian: faketime)"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return found[0]


@pytest.mark.parametrize("seconds", [OFF_SECONDS, -OFF_SECONDS])
def test_clock_of_one_dyno_is_off(web, other, seconds):
    """B10: both dynos go by the database's clock, so they agree on every deadline; the log tells of the other one."""
    here = Person(web.address, "dimitri.sokolov@example.com" if seconds > 0 else "efua.mensah@example.com", PASSWORD)
    there = at(other, here)
    attempt = here.start_mock()
    first, second, third = attempt["questions"][:3]
    assert put(there, attempt, first["position"], answer_body(first)).status_code == 200
    assert abs(clock_of(other) - clock_of(web) - seconds) < 3, "the clock really is off"
    for left in (30, 600):
        move_deadline(web, attempt["id"], left)
        shown = [one.call("GET", f"attempts/{attempt['id']}/state/").json()["remaining_ms"] for one in (here, there)]
        assert abs(shown[0] - shown[1]) < 3000
        assert abs(shown[1] - 1000 * left) < 3000
    # 30 s before the end a clock that is 90 s fast would refuse, 30 s after it one that is 90 s slow would accept.
    move_deadline(web, attempt["id"], 30)
    assert put(there, attempt, second["position"], answer_body(second)).status_code == 200
    move_deadline(web, attempt["id"], -30)
    late = put(there, attempt, third["position"], answer_body(third))
    assert (late.status_code, late.json()["code"]) == (409, "attempt_closed")
    assert there.submit(attempt["id"]).status_code == 200
    ((finished_at_deadline,),) = ask(
        web, "SELECT finished_at = deadline_at FROM exams_attempt WHERE id = %s", attempt["id"]
    )
    assert finished_at_deadline
    assert "clock_differs_from_database" in other.log("web")
    assert "clock_differs_from_database" not in web.log("web")


def clock_of(house: House) -> float:
    """The wall clock of its web process, by the Date header that gunicorn writes."""
    from email.utils import parsedate_to_datetime

    answer = requests.get(f"{house.address}/healthz", timeout=10)
    return parsedate_to_datetime(answer.headers["Date"]).timestamp()
