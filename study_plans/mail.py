"""Emails about a plan: what today holds, and the week in a few lines. Plain text, one link to stop them."""

from collections.abc import Sequence

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.urls import reverse

from study_plans import words
from study_plans.models import Block, StudyPlan

SALT = "study_plans.messages"


def unsubscribe_token(plan: StudyPlan) -> str:
    """Says whose emails to stop; signed, so that nobody can stop somebody else's."""
    return signing.dumps(str(plan.pk), salt=SALT)


def plan_id_of_token(token: str) -> str | None:
    try:
        plan_id = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return plan_id if isinstance(plan_id, str) else None


def _send(plan: StudyPlan, subject: str, lines: Sequence[str]) -> None:
    stop = settings.PUBLIC_URL + reverse("study_plans:messages_stop", args=[unsubscribe_token(plan)])
    body = "\n".join([f"Hello {plan.candidate.short_name},", "", *lines, "", f"No more of these emails: {stop}", ""])
    EmailMessage(
        subject=subject,
        body=body,
        to=[plan.candidate.email],
        headers={"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    ).send()


def send_reminder(plan: StudyPlan, blocks: Sequence[Block]) -> None:
    """What is planned for today. `blocks` are those still to do, at least one."""
    total = words.minutes_words(sum(block.minutes for block in blocks))
    lines = [f"Today has {total}:", ""]
    lines += [f"– {block.title}: {words.block_words(block)}, {words.minutes_words(block.minutes)}" for block in blocks]
    lines += ["", f"Open your plan: {settings.PUBLIC_URL}{reverse('study_plans:plan_show')}"]
    _send(plan, f"Today: {total}, first {blocks[0].title}", lines)


def send_summary(plan: StudyPlan, *, minutes_done: int, minutes_planned: int, ahead: Sequence[Block]) -> None:
    """Last week in one sentence, this week in a few."""
    lines = [f"Last week: {words.minutes_words(minutes_done)} of {words.minutes_words(minutes_planned)} planned."]
    if ahead:
        total = words.minutes_words(sum(block.minutes for block in ahead))
        days = len({block.day for block in ahead})
        lines.append(f"This week: {total} on {words.number_words(days)} day{'s' if days > 1 else ''}.")
        lines += [
            f"– {words.day_words(block.day)}: {block.title}, {words.minutes_words(block.minutes)}"
            for block in ahead
            if block.is_sitting
        ]
    else:
        lines.append("This week: nothing planned.")
    lines += ["", f"Open your plan: {settings.PUBLIC_URL}{reverse('study_plans:plan_show')}"]
    _send(plan, "Your study week", lines)
