"""The candidate's days: which one it is, and how long each is for study."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from accounts.models import User
from study_plans.models import StudyPlan

LOOK_AHEAD_DAYS = 366


def local_day(candidate: User, now: datetime) -> date:
    """The candidate's local date at `now` (aware). A zone that no longer exists counts as UTC."""
    try:
        zone = ZoneInfo(candidate.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    return now.astimezone(zone).date()


def minutes_of_day(plan: StudyPlan, day: date) -> int:
    """Minutes the candidate has on a date: a single day's own number, else the weekday's; 0 on a day off."""
    iso = day.isoformat()
    if iso in plan.days_off:
        return 0
    return int(plan.minutes_on.get(iso, plan.minutes_per_weekday[day.weekday()]))


def next_study_day(plan: StudyPlan, after: date) -> date | None:
    """The first later day with time for study; never the eve of the exam, its day, or after it."""
    for ahead in range(1, LOOK_AHEAD_DAYS):
        day = after + timedelta(days=ahead)
        if plan.exam_on is not None and day >= plan.exam_on - timedelta(days=1):
            return None
        if minutes_of_day(plan, day) > 0:
            return day
    return None
