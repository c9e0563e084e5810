"""Celery shells of this app."""

from typing import Any

from celery import shared_task

from exams import services
from exams.clock import exam_now


@shared_task
def close_overdue_attempts_task(**unknown: Any) -> int:
    """Each minute: close what is past its deadline and grace. A sweep that misses its turn costs nothing."""
    return services.close_overdue_attempts(exam_now())
