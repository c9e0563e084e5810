"""Celery shells of the plan's services. All of them may run twice, late, or side by side."""

from typing import Any

import structlog
from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from study_plans import selectors, services

log = structlog.get_logger(__name__)
BATCH = 500


@shared_task
def replan_missed_days_task(batch: int = BATCH, **_: Any) -> int:
    """Begin the day of everybody whose local date changed, the longest behind first; how many plans were seen.

    One bad plan does not stop the others. What a batch leaves is done two minutes later, or when its owner looks.
    """
    now = timezone.now()
    candidate_ids = selectors.plans_behind(now)[:batch]
    for candidate in User.objects.filter(pk__in=candidate_ids):
        try:
            services.replan_missed_days(candidate=candidate, now=now)
        except Exception:
            log.exception("replanning_failed", candidate_id=str(candidate.pk))
    return len(candidate_ids)


@shared_task
def send_messages_task(**_: Any) -> int:
    """Emails that are due, to those who asked for them; how many were sent. One failure does not stop the others."""
    now = timezone.now()
    sent = 0
    asked = User.objects.filter(Q(study_plan__sends_reminders=True) | Q(study_plan__sends_summary=True), is_active=True)
    for candidate in asked.iterator():
        for send in (services.send_reminder, services.send_summary):
            try:
                sent += send(candidate=candidate, now=now)
            except Exception:
                log.exception("message_failed", candidate_id=str(candidate.pk))
    return sent
