"""What staff gave to a candidate or did to an attempt."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from exams.models.attempts import Attempt


class MinutesGrant(models.Model):
    """Extra minutes that staff grant before a mock begins; the candidate's next mock takes them up."""

    candidate = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="minutes_grants")
    minutes = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=300)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    granted_at = models.DateTimeField()
    used_in = models.ForeignKey(
        Attempt, null=True, blank=True, on_delete=models.SET_NULL, related_name="minutes_grants"
    )

    class Meta:
        ordering = ["-granted_at"]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__gt=0), name="minutes_grant_gives_minutes"),
            models.UniqueConstraint(
                fields=["candidate"],
                condition=Q(used_in__isnull=True),
                name="candidate_has_one_unused_minutes_grant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate}: {self.minutes} more minutes"


class AttemptChange(models.Model):
    """Something staff did to an attempt, with the reason: granted minutes, voided, reopened, regraded."""

    class Kind(models.TextChoices):
        MINUTES_GRANTED = "minutes_granted", "minutes granted"
        VOIDED = "voided", "voided"
        REOPENED = "reopened", "reopened"
        REGRADED = "regraded", "regraded"

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=16, choices=Kind)
    minutes = models.SmallIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=300)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField()
    before = models.JSONField(default=dict, blank=True, help_text="The fields that changed, as they were.")

    class Meta:
        ordering = ["-changed_at"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reason}"
