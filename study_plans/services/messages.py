"""Emails that a candidate asked for: each at most once a day or week, and only to whom it was claimed."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import User
from study_plans import mail, selectors
from study_plans.models import Block, StudyPlan

LATEST_HOURS = 4  # after the hour asked for: a worker that was away does not write in the evening


def _is_due(plan: StudyPlan, now: datetime) -> bool:
    hour = now.astimezone(ZoneInfo(plan.candidate.time_zone)).hour
    return plan.reminder_hour <= hour < plan.reminder_hour + LATEST_HOURS


def send_reminder(*, candidate: User, now: datetime) -> bool:
    """Email what today holds, if it was asked for, something is left to do, and none was sent today.

    The day is claimed first, so that two workers never write twice. Whether an email was sent.
    """
    plan = selectors.plan_of(candidate)
    if plan is None or not plan.sends_reminders or not _is_due(plan, now):
        return False
    today = selectors.local_day(candidate, now)
    blocks = [
        block
        for block in selectors.blocks_between(plan, today, today)
        if block.state == Block.State.PLANNED and block.kind != Block.Kind.REST
    ]
    if not blocks:
        return False
    unclaimed = StudyPlan.objects.filter(pk=plan.pk, sends_reminders=True).exclude(reminded_on=today)
    if unclaimed.update(reminded_on=today) != 1:
        return False
    mail.send_reminder(plan, blocks)
    return True


def send_summary(*, candidate: User, now: datetime) -> bool:
    """Email the week on its Monday, if it was asked for, not sent yet, and the exam is still ahead. Whether it was."""
    plan = selectors.plan_of(candidate)
    if plan is None or not plan.sends_summary or not _is_due(plan, now):
        return False
    today = selectors.local_day(candidate, now)
    if today.weekday() != 0 or plan.is_over(today):
        return False
    unclaimed = StudyPlan.objects.filter(pk=plan.pk, sends_summary=True).exclude(summarised_on=today)
    if unclaimed.update(summarised_on=today) != 1:
        return False
    last = selectors.day_summaries(plan, today - timedelta(days=7), today - timedelta(days=1), today)
    planned = selectors.blocks_between(plan, today - timedelta(days=7), today - timedelta(days=1))
    ahead = selectors.blocks_between(plan, today, today + timedelta(days=6))
    mail.send_summary(
        plan,
        minutes_done=sum(day.minutes_done for day in last),
        minutes_planned=sum(block.minutes for block in planned if block.state != Block.State.SKIPPED),
        ahead=[b for b in ahead if b.state == Block.State.PLANNED and b.kind != Block.Kind.REST],
    )
    return True


@transaction.atomic
def stop_messages(*, token: str) -> StudyPlan | None:
    """Stop all emails of the plan that a signed link names. None if the link is not ours. Twice is fine."""
    plan_id = mail.plan_id_of_token(token)
    plan = StudyPlan.objects.filter(pk=plan_id).first() if plan_id else None
    if plan is None:
        return None
    plan.sends_reminders = plan.sends_summary = False
    plan.save(update_fields=["sends_reminders", "sends_summary"])
    return plan
