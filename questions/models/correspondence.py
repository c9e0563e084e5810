"""What is said about versions after they were published: reports of problems, corrected keys."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from questions.models.question import QuestionVersion


class KeyCorrection(models.Model):
    """The keys of a published version were wrong and were put right. Appended, never changed."""

    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="key_corrections")
    before = models.JSONField(help_text="Sorted option ids of the keys as they were.")
    after = models.JSONField(help_text="Sorted option ids of the keys as they are now.")
    reason = models.CharField(max_length=300)
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    corrected_at = models.DateTimeField()

    class Meta:
        ordering = ["-corrected_at"]

    def __str__(self) -> str:
        return f"{self.version}: {self.reason[:40]}"


class QuestionReport(models.Model):
    """Somebody says that something is wrong with a question."""

    class Status(models.TextChoices):
        OPEN = "open", "open"
        MENDED = "mended", "mended"
        DECLINED = "declined", "declined"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(QuestionVersion, on_delete=models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(max_length=2000)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    reply = models.TextField(blank=True, help_text="What the reporter is told.")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.version}: {self.text[:40]}"
