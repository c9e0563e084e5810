"""Where full-length sittings go: the diagnostic, mocks, and the rehearsal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engine.planning.blocks import FULL_SITTINGS, Kind
from engine.planning.days import LAST_MOCK_WINDOW, TAPER_DAYS, Day, pinned_minutes
from engine.planning.needs import PlanInput

LEAST_GAP = 5  # days between any two full sittings that the planner places
FIRST_MOCK_AFTER = 7  # days of study before the first mock of somebody without answers
GAPS_BACK = (7, 14, 21, 28)  # days between mocks, counted back from the last
ROLLING_GAP = 14  # without an exam day
LARGEST_SHARE = 0.4  # of all minutes
REHEARSAL_DAYS = range(6, 29)  # before the exam
DIAGNOSTIC_MINUTES = 45
SHORTEST_DIAGNOSTIC = 20


@dataclass(frozen=True, slots=True)
class Room:
    """Which dates can hold a full sitting, and which are taken near other sittings."""

    dates: frozenset[date]
    taken: tuple[date, ...]

    def fits(self, on: date, least_gap: int = LEAST_GAP) -> bool:
        return on in self.dates and all(abs((on - other).days) >= least_gap for other in self.taken)

    def with_sitting(self, on: date) -> Room:
        return Room(self.dates, (*self.taken, on))


def place_sittings(asked: PlanInput, days: Sequence[Day]) -> dict[date, Kind]:
    """Dates of the diagnostic, of mocks and of the rehearsal.

    - The last mock lies 4, else 5, else 3 days before the exam, if such a day has the minutes;
      earlier ones 7, 14, 21, then every 28 days before the next; any two are 5 days apart or more.
    - The last one but one, if it is 6 to 28 days before the exam, is the rehearsal.
    - Without an exam day: a mock every 14 days.
    - Nobody without answers sits a mock in the first 7 days; a diagnostic comes first instead.
    - Mocks never take more than 40% of all minutes; the earliest ones go first.
    - A mock of the previous plan keeps its day where these rules allow it.
    """
    pins = pinned_minutes(asked)
    room = Room(
        frozenset(d.on for d in days if d.minutes - pins.get(d.on, 0) >= asked.mock_minutes),
        tuple(_full_sittings_fixed(asked)),
    )
    kept = [b.day for b in asked.previous if b.kind in FULL_SITTINGS and b.day >= asked.today]
    if asked.exam_on is None:
        mocks = _mocks_forward(asked, days, room, kept)
    else:
        mocks = _mocks_backward(asked, asked.exam_on, days, room, kept)
    most = int(LARGEST_SHARE * sum(day.minutes for day in days) // asked.mock_minutes)
    mocks = mocks[max(len(mocks) - most, 0) :]
    sittings = _with_rehearsal(asked, mocks)
    diagnostic = _diagnostic_day(asked, days, pins)
    if diagnostic is not None:
        sittings[diagnostic] = Kind.DIAGNOSTIC
    return sittings


def _full_sittings_fixed(asked: PlanInput) -> list[date]:
    fixed = [b.day for b in asked.pinned if b.kind in FULL_SITTINGS and b.day >= asked.today]
    return fixed + ([asked.last_mock_on] if asked.last_mock_on is not None else [])


def _earliest(asked: PlanInput) -> date:
    wait = 2 if asked.has_answers else FIRST_MOCK_AFTER
    return asked.today + timedelta(days=wait)


def _mocks_backward(
    asked: PlanInput, exam_on: date, days: Sequence[Day], room: Room, kept: Sequence[date]
) -> list[date]:
    window = [exam_on - timedelta(days=before) for before in LAST_MOCK_WINDOW]
    window.sort(key=lambda on: on not in kept)
    last = next((on for on in window if on >= asked.today and room.fits(on)), None)
    mocks = [last] if last is not None else []
    if last is not None:
        room = room.with_sitting(last)
    # Without a last mock in its window, the first step back aims at the day before the window.
    target = last or exam_on + timedelta(days=GAPS_BACK[0] - max(LAST_MOCK_WINDOW) - 1)
    edge = exam_on - timedelta(days=max(LAST_MOCK_WINDOW))
    for step in range(len(days)):
        target -= timedelta(days=GAPS_BACK[min(step, len(GAPS_BACK) - 1)])
        if target < _earliest(asked):
            break
        on = _nearest(target, room, kept, _earliest(asked), edge)
        if on is not None:
            mocks.append(on)
            room = room.with_sitting(on)
            target = on
    return sorted(mocks)


def _mocks_forward(asked: PlanInput, days: Sequence[Day], room: Room, kept: Sequence[date]) -> list[date]:
    mocks: list[date] = []
    start = _earliest(asked)
    if asked.last_mock_on is not None:
        start = max(start, asked.last_mock_on + timedelta(days=ROLLING_GAP))
    end = days[-1].on + timedelta(days=1)
    for on in sorted(kept):
        if start <= on < end and room.fits(on):
            mocks.append(on)
            room = room.with_sitting(on)
            start = on + timedelta(days=ROLLING_GAP)
    while start < end:
        on = start
        start += timedelta(days=1)
        if room.fits(on):
            mocks.append(on)
            room = room.with_sitting(on)
            start = on + timedelta(days=ROLLING_GAP)
    return mocks


def _nearest(target: date, room: Room, kept: Sequence[date], earliest: date, edge: date) -> date | None:
    """The fitting date nearest to the target, up to 3 days after or 6 before; kept ones first."""
    around = [target + timedelta(days=shift) for shift in range(-6, 4)]
    fitting = [on for on in around if earliest <= on < edge and room.fits(on)]
    fitting.sort(key=lambda on: (on not in kept, abs((on - target).days), on))
    return fitting[0] if fitting else None


def _with_rehearsal(asked: PlanInput, mocks: Sequence[date]) -> dict[date, Kind]:
    sittings = dict.fromkeys(mocks, Kind.MOCK)
    pinned = any(block.kind == Kind.REHEARSAL for block in asked.pinned)
    if asked.exam_on is None or len(mocks) < 2 or pinned:
        return sittings
    if (asked.exam_on - mocks[-2]).days in REHEARSAL_DAYS:
        sittings[mocks[-2]] = Kind.REHEARSAL
    return sittings


def _diagnostic_day(asked: PlanInput, days: Sequence[Day], pins: Mapping[date, int]) -> date | None:
    """The first day with time for a diagnostic, for somebody without any answers."""
    if asked.has_answers or not asked.topics:
        return None
    if any(block.kind == Kind.DIAGNOSTIC for block in asked.pinned):
        return None
    for day in days:
        if day.days_left is not None and day.days_left <= max(TAPER_DAYS, *LAST_MOCK_WINDOW):
            return None
        if day.minutes - pins.get(day.on, 0) >= SHORTEST_DIAGNOSTIC:
            return day.on
    return None
