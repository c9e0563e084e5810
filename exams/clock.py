"""The clock of exams. On PostgreSQL it is the database's, so that all web processes and workers agree.

A deadline is set by one process and judged by others, and their machines' clocks may differ or be stepped. Each process
therefore asks the database for the time whenever it opens a connection, once a minute or so, and counts on from there
with its monotonic clock (docs/decisions/0008-database-clock.md). Views, the API and tasks read `exam_now` and pass it
in, as they would `timezone.now`.
"""

import contextlib
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import Error, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

log = structlog.get_logger(__name__)

# A machine whose clock is further off than this is reported; requests take less.
NOTABLE_SECONDS = 2
LONGEST_COUNT_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Reading:
    """What the database's clock said, and what this process's clocks said at that moment, in seconds."""

    database: datetime
    steady: float
    wall: float

    def is_doubtful(self) -> bool:
        """Too long ago, or wall and monotonic clock went apart since: one was stepped, or the machine slept."""
        counted = time.monotonic() - self.steady
        return counted > LONGEST_COUNT_SECONDS or abs(time.time() - self.wall - counted) > NOTABLE_SECONDS

    def now(self) -> datetime:
        return self.database + timedelta(seconds=time.monotonic() - self.steady)


_last: Reading | None = None
_is_off = False


def exam_now() -> datetime:
    """Now by the database's clock; this machine's own where there is no PostgreSQL, or it never answered yet."""
    if _last is None or _last.is_doubtful():
        # Where it is away the last reading must do: whoever asks is about to need the database, and will say so.
        with contextlib.suppress(Error):
            read_database_clock(connection)
    return timezone.now() if _last is None else _last.now()


def read_database_clock(asked: BaseDatabaseWrapper) -> None:
    """Take the time from this connection; SQLite has no clock of its own. Raises Error when it does not answer."""
    global _last
    if asked.vendor != "postgresql":
        return
    before = time.monotonic()
    with asked.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (database,) = cursor.fetchone()
    after = time.monotonic()
    # The answer was true about half way.
    _last = Reading(database, (before + after) / 2, time.time() - (after - before) / 2)
    _tell_when_off(_last)


def _tell_when_off(reading: Reading) -> None:
    """One line when this machine's clock is found to be off, and one when it is right again."""
    global _is_off
    off = reading.wall - reading.database.timestamp()
    was_off, _is_off = _is_off, abs(off) > NOTABLE_SECONDS
    if _is_off and not was_off:
        log.error("clock_differs_from_database", seconds=round(off, 1))
    elif was_off and not _is_off:
        log.warning("clock_agrees_with_database_again")
