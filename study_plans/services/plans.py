"""Making a plan, and the wishes it follows."""

import secrets
from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction

from accounts import services as people
from accounts.models import User
from study_plans import selectors, words
from study_plans.models import PlanRevision, StudyPlan
from study_plans.services.adjusting import lock_plan, replan
from study_plans.services.snapshots import snapshot_of

LONGEST_DAY = 720
LATEST_EXAM_DAYS = 731
SECRET_BYTES = 32


class AvailabilityInvalid(Exception):
    """A wish that no plan can follow; `field` names it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def create_plan(*, candidate: User, now: datetime) -> StudyPlan:
    """A plan from the first minute: before any answer it follows the blueprint's weights.

    Somebody who has a plan keeps it as it is.
    """
    plan, is_new = lock_plan(candidate)
    if is_new:
        replan(plan, before=snapshot_of(plan), now=now, reason=PlanRevision.Reason.CREATED)
    return plan


@transaction.atomic
def change_availability(
    *,
    candidate: User,
    now: datetime,
    exam_on: date | None,
    exam_time: time | None,
    minutes_per_weekday: Sequence[int],
    days_off: Collection[date],
    block_minutes: int,
    time_zone: str | None = None,
) -> PlanRevision | None:
    """Set when the exam is and when there is time, and plan anew. Makes the plan where there is none.

    A time zone, if one is given, is the candidate's from then on: their days begin and end in it.
    AvailabilityInvalid names the field that is wrong. Returns the revision, or None where nothing moved.
    """
    if time_zone is not None and time_zone != candidate.time_zone:
        people.change_profile(user=candidate, display_name=candidate.display_name, time_zone=time_zone)
    today = selectors.local_day(candidate, now)
    _check(today, exam_on, minutes_per_weekday, block_minutes)
    plan, is_new = lock_plan(candidate)
    earliest = selectors.earliest_retake(candidate, plan.blueprint)
    if exam_on is not None and earliest is not None and exam_on < earliest:
        raise AvailabilityInvalid("exam_on", words.too_early_words(earliest))
    before = snapshot_of(plan)
    if list(minutes_per_weekday) != plan.minutes_per_weekday:
        plan.minutes_on = {}
    plan.exam_on, plan.exam_time, plan.passed_on = exam_on, exam_time if exam_on else None, None
    plan.minutes_per_weekday = [int(minutes) for minutes in minutes_per_weekday]
    plan.days_off = sorted(day.isoformat() for day in days_off if day >= today)
    plan.block_minutes = block_minutes
    is_first = is_new or not plan.revisions.exists()
    reason = PlanRevision.Reason.CREATED if is_first else PlanRevision.Reason.AVAILABILITY
    return replan(plan, before=before, now=now, reason=reason)


@transaction.atomic
def keep_exam_time(*, candidate: User, exam_time: time | None) -> bool:
    """Set the hour of a planned exam; nothing else follows from it but the calendar. False without a planned exam."""
    return bool(StudyPlan.objects.filter(candidate=candidate, exam_on__isnull=False).update(exam_time=exam_time))


def _check(today: date, exam_on: date | None, minutes_per_weekday: Sequence[int], block_minutes: int) -> None:
    if exam_on is not None and exam_on < today:
        raise AvailabilityInvalid("exam_on", "This day is over. Choose a day that is still to come.")
    if exam_on is not None and exam_on > today + timedelta(days=LATEST_EXAM_DAYS):
        raise AvailabilityInvalid("exam_on", "Choose a day within the next two years.")
    if len(minutes_per_weekday) != 7 or any(not 0 <= minutes <= LONGEST_DAY for minutes in minutes_per_weekday):
        raise AvailabilityInvalid(
            "minutes_per_weekday", f"Seven numbers of 0 to {LONGEST_DAY} minutes are needed, Monday first."
        )
    if not 10 <= block_minutes <= 120:
        raise AvailabilityInvalid("block_minutes", "A block takes 10 to 120 minutes.")


@transaction.atomic
def change_messages(
    *, plan: StudyPlan, sends_reminders: bool, sends_summary: bool, reminder_hour: int, shows_streak: bool
) -> StudyPlan:
    """What the plan may send, and when. All of it is off until somebody asks for it."""
    plan.sends_reminders, plan.sends_summary = sends_reminders, sends_summary
    plan.reminder_hour, plan.shows_streak = reminder_hour, shows_streak
    plan.save(update_fields=["sends_reminders", "sends_summary", "reminder_hour", "shows_streak"])
    return plan


@transaction.atomic
def renew_calendar_secret(*, plan: StudyPlan) -> StudyPlan:
    """A new address for the calendar feed; the old one stops at once."""
    plan.calendar_secret = secrets.token_urlsafe(SECRET_BYTES)
    plan.save(update_fields=["calendar_secret"])
    return plan


@transaction.atomic
def forget_calendar_secret(*, plan: StudyPlan) -> StudyPlan:
    """The feed is gone until a new address is made."""
    plan.calendar_secret = ""
    plan.save(update_fields=["calendar_secret"])
    return plan
