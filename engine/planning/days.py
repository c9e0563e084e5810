"""The calendar of a plan: which days it covers, their minutes, and the taper before the exam."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from engine.planning.blocks import FULL_SITTINGS, Kind
from engine.planning.needs import PlanInput
from engine.planning.reasons import Reason, Why

ROLLING_DAYS = 28
LONGEST_DAYS = 366
STEP = 5  # all planned minutes are multiples of this
SHORTEST_BLOCK = 10
SHORTEST_REVIEW = 5
LAST_MOCK_WINDOW = (4, 5, 3)  # days before the exam, best first
TAPER_DAYS = 4  # when no mock opens the taper
TAPER_SHARE = {5: 0.8, 4: 0.65, 3: 0.5, 2: 0.35, 1: 0.0}


@dataclass(frozen=True, slots=True)
class Day:
    """One date of the plan.

    minutes:   what is left of the day for this plan, a multiple of 5; pinned blocks come out of it.
    free_why:  why the day holds no study, if it holds none.
    days_left: days from this date to the exam, if one is booked.
    """

    on: date
    minutes: int
    free_why: Reason | None
    days_left: int | None


def round_down(minutes: float) -> int:
    return int(minutes // STEP) * STEP


def round_up(minutes: float) -> int:
    return int(-(-minutes // STEP)) * STEP


def calendar(asked: PlanInput) -> list[Day]:
    """The days of the plan: from today to the eve of the exam, or four weeks without an exam day.

    Exam today: no days. Exam tomorrow: one day, the eve. An exam more than 366 days away gives a
    plan of 366 days. Minutes already studied today count against today's minutes.
    """
    if asked.exam_on is None:
        count = ROLLING_DAYS
    else:
        count = min((asked.exam_on - asked.today).days, LONGEST_DAYS)
    return [_day(asked, asked.today + timedelta(days=ahead)) for ahead in range(count)]


def _day(asked: PlanInput, on: date) -> Day:
    days_left = None if asked.exam_on is None else (asked.exam_on - on).days
    given = asked.minutes_on.get(on, asked.minutes_per_weekday[on.weekday()])
    if on == asked.today:
        given -= sum(round_up(done.minutes) for done in asked.done if done.day == on)
    if days_left == 1:
        return Day(on, 0, Reason(Why.EVE), days_left)
    if on in asked.days_off:
        return Day(on, 0, Reason(Why.DAY_OFF), days_left)
    if given <= 0:
        return Day(on, 0, Reason(Why.NO_MINUTES), days_left)
    if given < SHORTEST_REVIEW:
        return Day(on, 0, Reason(Why.TOO_SHORT, {"minutes": given}), days_left)
    return Day(on, round_down(given), None, days_left)


def pinned_minutes(asked: PlanInput) -> dict[date, int]:
    """Minutes that pinned blocks take, per date from today on."""
    minutes: dict[date, int] = {}
    for block in asked.pinned:
        if block.day >= asked.today:
            minutes[block.day] = minutes.get(block.day, 0) + block.minutes
    return minutes


def taper_start(asked: PlanInput, sittings: Mapping[date, Kind]) -> date | None:
    """The first day of the taper: from here the load falls and nothing is new.

    It is the day of the last full sitting if that lies 3 to 5 days before the exam (planned, pinned
    or already done), else 4 days before the exam. None without an exam day.
    """
    if asked.exam_on is None:
        return None
    window = {asked.exam_on - timedelta(days=before) for before in LAST_MOCK_WINDOW}
    full = {on for on, kind in sittings.items() if kind in FULL_SITTINGS}
    full |= {block.day for block in asked.pinned if block.kind in FULL_SITTINGS}
    if asked.last_mock_on is not None:
        full.add(asked.last_mock_on)
    opened = sorted(full & window)
    return opened[-1] if opened else asked.exam_on - timedelta(days=TAPER_DAYS)


def taper_ceiling(days: Sequence[Day], taper_from: date | None) -> dict[date, int]:
    """Most minutes of each day in the taper: a falling share of a usual study day.

    A usual day is the median of the up to 14 study days before the taper, or of the study days
    within it if there are none before.
    """
    if taper_from is None:
        return {}
    before = [day.minutes for day in days if day.on < taper_from and day.minutes][-14:]
    within = [day.minutes for day in days if day.on >= taper_from and day.minutes]
    if not before and not within:
        return {}
    usual = median(before or within)
    return {
        day.on: round_down(TAPER_SHARE.get(day.days_left or 0, 0.0) * usual) for day in days if day.on >= taper_from
    }
