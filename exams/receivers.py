"""What this app hears from the bank."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from accounts.models import User
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
