"""The clock of exams: the database's on PostgreSQL, counted on with monotonic time, whatever the wall clock does."""

import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from exams import clock
from tests.processes import ROOT

THEN = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)


class Database:
    """A connection to a database whose clock says what it is told."""

    vendor = "postgresql"

    def __init__(self, says: datetime | None) -> None:
        self.says = says
        self.asked = 0

    def cursor(self) -> "Database":
        return self

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *error: object) -> None: ...

    def execute(self, statement: str) -> None:
        self.asked += 1
        if self.says is None:
            raise OperationalError("gone")

    def fetchone(self) -> tuple[datetime | None]:
        return (self.says,)


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """This machine's clocks, to be moved by hand; no database has been asked yet."""
    hands = {"steady": 1000.0, "wall": THEN.timestamp()}
    monkeypatch.setattr(clock, "_last", None)
    monkeypatch.setattr(clock, "_is_off", False)
    monkeypatch.setattr(time, "monotonic", lambda: hands["steady"])
    monkeypatch.setattr(time, "time", lambda: hands["wall"])
    return hands


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch, clocks: dict[str, float]) -> Database:
    asked = Database(THEN)
    monkeypatch.setattr(clock, "connection", asked)
    return asked


def pass_time(clocks: dict[str, float], seconds: float) -> None:
    clocks["steady"] += seconds
    clocks["wall"] += seconds


def test_clock_of_the_database_works(database: Any, clocks):
    clocks["wall"] += 90
    clock.read_database_clock(database)
    assert clock.exam_now() == THEN
    pass_time(clocks, 30)
    assert clock.exam_now() == THEN + timedelta(seconds=30)
    assert database.asked == 1


def test_without_postgresql_it_is_the_machines_own(monkeypatch):
    monkeypatch.setattr(clock, "_last", None)
    asked = Database(THEN)
    asked.vendor = "sqlite"
    monkeypatch.setattr(clock, "connection", asked)
    assert abs(clock.exam_now() - timezone.now()) < timedelta(seconds=1)
    assert asked.asked == 0


def test_first_request_of_a_process_asks(database: Any, clocks):
    clocks["wall"] += 90
    assert clock.exam_now() == THEN
    assert database.asked == 1


def test_database_that_never_answered_leaves_the_machines_own(database: Any, clocks):
    database.says = None
    assert abs(clock.exam_now() - timezone.now()) < timedelta(seconds=1)


@pytest.mark.parametrize("seconds", [90, -90])
def test_stepped_clock_makes_it_ask_again(database: Any, clocks, seconds):
    clock.read_database_clock(database)
    clocks["wall"] += seconds
    database.says = THEN + timedelta(seconds=1)
    assert clock.exam_now() == database.says
    assert clock.exam_now() == database.says
    assert database.asked == 2


def test_sleep_of_the_machine_makes_it_ask_again(database: Any, clocks):
    clock.read_database_clock(database)
    clocks["wall"] += 900  # monotonic time stood still
    database.says = THEN + timedelta(seconds=900)
    assert clock.exam_now() == THEN + timedelta(seconds=900)


def test_old_reading_is_renewed(database: Any, clocks):
    clock.read_database_clock(database)
    pass_time(clocks, clock.LONGEST_COUNT_SECONDS + 1)
    database.says = THEN + timedelta(seconds=601)
    clock.exam_now()
    assert database.asked == 2


def test_database_that_is_away_leaves_the_last_reading(database: Any, clocks):
    clock.read_database_clock(database)
    pass_time(clocks, 700)
    database.says = None
    assert clock.exam_now() == THEN + timedelta(seconds=700)


def test_difference_is_told_once_and_when_it_is_over(database: Any, clocks, monkeypatch):
    told: list[str] = []
    for level in ("error", "warning"):
        monkeypatch.setattr(clock.log, level, lambda event, **more: told.append(event))
    for offset in (90, 90, 0, 0):
        clocks["wall"] = THEN.timestamp() + offset
        clock.read_database_clock(database)
    assert told == ["clock_differs_from_database", "clock_agrees_with_database_again"]


@pytest.mark.django_db
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no clock of its own")
def test_new_connection_sets_it(monkeypatch):
    monkeypatch.setattr(clock, "_last", None)
    connection.ensure_connection()
    clock.read_database_clock(connection)
    assert abs(clock.exam_now() - timezone.now()) < timedelta(seconds=1)


@pytest.mark.pure
def test_who_starts_or_settles_an_attempt_reads_this_clock():
    """One place that reads the machine's own would time its attempts by another clock than all others."""
    times_attempts = re.compile(
        r"\b(settle_attempts?(_of)?|start_(mock|drill|sitting|tutorial|rehearsal|diagnostic))\("
    )
    found = [
        path.as_posix()
        for app in ("exams", "analytics", "study_plans")
        for path in (ROOT / app).rglob("*.py")
        if "timezone.now()" in (text := path.read_text())
        and (app == "exams" or times_attempts.search(text))
        and path.name != "clock.py"
    ]
    assert found == []
