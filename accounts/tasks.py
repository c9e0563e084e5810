"""Celery shells of the services about people."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from accounts import services


@shared_task
def forget_expired_rows_task(**_: Any) -> None:
    services.forget_expired_rows(now=timezone.now())
