"""The rehearsal: a mock sat as if it were the day itself."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from exams.models.attempts import Attempt


class Rehearsal(models.Model):
    """A candidate getting ready to sit a mock as on the day; the mock that begins takes it up."""

    candidate = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="rehearsals")
    attempt = models.OneToOneField(
        Attempt,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="rehearsal",
        help_text="Empty while it is being prepared.",
    )
    exam_time = models.TimeField(null=True, blank=True, help_text="The real exam's hour, on the candidate's own clock.")
    ticked = models.JSONField(default=list, blank=True, help_text="Codes of the checklist.")
    minutes_off = models.SmallIntegerField(
        null=True,
        blank=True,
        help_text="How long after the exam's hour it began; negative: before. Empty without an hour.",
    )
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["-updated_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["candidate"],
                condition=Q(attempt__isnull=True),
                name="candidate_prepares_one_rehearsal",
            ),
        ]

    def __str__(self) -> str:
        return f"rehearsal of {self.candidate}"
