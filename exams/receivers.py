"""What this app hears from the bank and of the database."""

from datetime import datetime
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import receiver

from accounts.models import User
from exams.clock import read_database_clock
from exams.services import regrade_version
from questions.models import QuestionVersion
from questions.signals import key_corrected


@receiver(key_corrected)
def regrade_on_key_correction(
    sender: type[QuestionVersion],
    *,
    version: QuestionVersion,
    by: User | None,
    reason: str,
    now: datetime,
    **more: Any,
) -> None:
    regrade_version(version.pk, now, by, reason)


@receiver(connection_created)
def set_clock_on_connection(sender: type[BaseDatabaseWrapper], *, connection: BaseDatabaseWrapper, **more: Any) -> None:
    read_database_clock(connection)
