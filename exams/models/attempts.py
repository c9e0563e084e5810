"""The attempt: everything that decides a sitting, frozen at its start."""

import math
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from questions.models import ExamBlueprint

# A save that left in time may arrive this late.
SAVE_ALLOWANCE = timedelta(seconds=2)
# Closing waits this long after the deadline: longer than the slowest request, so no save in flight is refused.
CLOSING_GRACE = timedelta(seconds=60)


class Attempt(models.Model):
    """One sitting by one candidate. Everything that decides its outcome is frozen here at the start."""

    class Kind(models.TextChoices):
        MOCK = "mock", "mock exam"
        DIAGNOSTIC = "diagnostic", "diagnostic"
        DRILL = "drill", "drill"
        REVIEW = "review", "review"
        TUTORIAL = "tutorial", "tutorial"

    class Status(models.TextChoices):
        IN_PROGRESS = "in_progress", "in progress"
        SUBMITTED = "submitted", "submitted"
        EXPIRED = "expired", "expired"
        VOIDED = "voided", "voided"

    class ScoreStatus(models.TextChoices):
        PENDING = "pending", "pending"
        DONE = "done", "done"
        STALE = "stale", "stale"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    candidate = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="attempts")
    blueprint = models.ForeignKey(ExamBlueprint, on_delete=models.PROTECT, related_name="attempts")
    kind = models.CharField(max_length=10, choices=Kind)
    number = models.PositiveIntegerField(help_text="The candidate's first, second, … attempt of this kind.")
    status = models.CharField(max_length=12, choices=Status, default=Status.IN_PROGRESS)
    score_status = models.CharField(max_length=8, choices=ScoreStatus, default=ScoreStatus.PENDING)
    score_version = models.PositiveIntegerField(default=0, help_text="Rises with every grading of this attempt.")
    checked_version = models.PositiveIntegerField(
        default=0,
        help_text="Tutored: rises with every answer that is fixed, and when such a mark is corrected.",
    )

    started_at = models.DateTimeField()
    deadline_at = models.DateTimeField(null=True, blank=True, help_text="Empty: untimed.")
    finished_at = models.DateTimeField(null=True, blank=True)
    minutes_allowed = models.PositiveSmallIntegerField(null=True, blank=True)
    paused_ms = models.PositiveIntegerField(
        null=True, blank=True, help_text="While a timed drill is paused: what was left; it has no deadline then."
    )
    time_factor = models.DecimalField(max_digits=3, decimal_places=2, default=1)

    is_tutored = models.BooleanField(default=False, help_text="Drills: the rationale shows after each answer.")
    is_adaptive = models.BooleanField(default=False, help_text="Questions are added one at a time.")
    question_target = models.PositiveSmallIntegerField(help_text="How many questions the sitting is to have.")
    focus = models.JSONField(
        default=dict,
        blank=True,
        help_text="What a drill was asked for: {topics, misconception, …}.",
    )
    block_id = models.UUIDField(null=True, blank=True, help_text="The study block that asked for this sitting.")

    scoring_rule = models.CharField(max_length=20, choices=ExamBlueprint.ScoringRule)
    pass_percent = models.PositiveSmallIntegerField()
    scored_right = models.PositiveSmallIntegerField(null=True, blank=True)
    scored_total = models.PositiveSmallIntegerField(null=True, blank=True)
    passed = models.BooleanField(null=True, blank=True, help_text="Mocks only.")
    domain_scores = models.JSONField(
        default=list,
        blank=True,
        help_text="Blueprint order: [{domain, right, total, percent}], set when graded.",
    )

    class Meta:
        ordering = ["-started_at"]
        indexes = [
            models.Index(fields=["candidate", "kind", "-started_at"], name="attempt_history"),
            models.Index(
                fields=["deadline_at"],
                condition=Q(status="in_progress"),
                name="attempt_due_for_expiry",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["candidate"],
                condition=Q(kind="mock", status="in_progress"),
                name="candidate_has_one_open_mock",
            ),
            models.UniqueConstraint(fields=["candidate", "kind", "number"], name="attempt_number_is_unique"),
            models.CheckConstraint(
                condition=Q(status="in_progress", finished_at__isnull=True)
                | (~Q(status="in_progress") & Q(finished_at__isnull=False)),
                name="attempt_has_an_end_when_final",
            ),
            models.CheckConstraint(
                condition=Q(deadline_at__isnull=True) | Q(deadline_at__gt=F("started_at")),
                name="attempt_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~Q(kind="mock") | Q(deadline_at__isnull=False), name="mock_has_a_deadline"
            ),
            models.CheckConstraint(
                condition=Q(paused_ms__isnull=True) | Q(deadline_at__isnull=True, status="in_progress"),
                name="paused_attempt_is_open_and_has_no_deadline",
            ),
            models.CheckConstraint(
                condition=Q(scored_right__isnull=True) | Q(scored_right__lte=F("scored_total")),
                name="right_answers_are_among_the_scored",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number} of {self.candidate}"

    @property
    def title(self) -> str:
        """What pages call it, such as “Mock exam 3”, “Recall 2” or “First map”."""
        if self.kind == self.Kind.DIAGNOSTIC:
            return "First map" if self.number == 1 else f"Map {self.number}"
        words = "Recall" if self.kind == self.Kind.REVIEW else self.get_kind_display().capitalize()
        return f"{words} {self.number}"

    @property
    def standard_minutes(self) -> int | None:
        """Minutes that it would have been without extra time; empty where there is none. Reads the blueprint."""
        if self.minutes_allowed is None:
            return None
        if self.kind == self.Kind.MOCK:
            standard = self.blueprint.minutes
        else:
            # Stretched minutes were rounded down to whole ones.
            standard = math.ceil(self.minutes_allowed / self.time_factor)
        return standard if standard < self.minutes_allowed else None

    @property
    def is_pausable(self) -> bool:
        """Practice on the clock; a mock runs through, and what has no clock can be left as it is."""
        return self.kind in (self.Kind.DRILL, self.Kind.REVIEW) and not self.is_final and self.deadline_at is not None

    @property
    def paused_minutes(self) -> int:
        """Whole minutes that a paused attempt has left."""
        return (self.paused_ms or 0) // 60_000

    @property
    def is_rehearsal(self) -> bool:
        """Reads `rehearsal`: lists join it."""
        return hasattr(self, "rehearsal")

    @property
    def is_final(self) -> bool:
        return self.status != self.Status.IN_PROGRESS

    @property
    def is_graded(self) -> bool:
        """Whether its answers count: submitted or expired, and scored."""
        return (
            self.status in (self.Status.SUBMITTED, self.Status.EXPIRED) and self.score_status == self.ScoreStatus.DONE
        )

    @property
    def percent(self) -> int | None:
        """Share of scored questions that were right, as a whole percentage; empty until graded."""
        if self.scored_right is None or not self.scored_total:
            return None
        return whole_percent(self.scored_right, self.scored_total)

    @property
    def pass_count(self) -> int | None:
        """Right answers needed to pass, by the frozen pass mark; empty until graded."""
        return None if self.scored_total is None else -(-self.scored_total * self.pass_percent // 100)

    def accepts_saves_at(self, moment: datetime) -> bool:
        """Whether a save that arrives then still counts."""
        return not self.is_final and (self.deadline_at is None or moment <= self.deadline_at + SAVE_ALLOWANCE)

    def is_out_of_time_at(self, moment: datetime) -> bool:
        return self.deadline_at is not None and moment >= self.deadline_at

    def is_overdue_at(self, moment: datetime) -> bool:
        """Whether it must by then be closed as expired, whoever looks first."""
        return not self.is_final and self.deadline_at is not None and moment > self.deadline_at + CLOSING_GRACE

    def remaining_ms_at(self, moment: datetime) -> int | None:
        """Milliseconds left, never negative; 0 when final; empty when untimed."""
        return remaining_ms(self.status, self.deadline_at, moment)


def remaining_ms(status: str, deadline_at: datetime | None, moment: datetime) -> int | None:
    """Milliseconds that an attempt of this status and deadline has left; see `Attempt.remaining_ms_at`."""
    if status != Attempt.Status.IN_PROGRESS:
        return 0
    if deadline_at is None:
        return None
    return max(0, round((deadline_at - moment) / timedelta(milliseconds=1)))


def whole_percent(right: int, total: int) -> int:
    """100 · right / total, halves rounded up; total > 0."""
    return (200 * right + total) // (2 * total)


class AttemptDevice(models.Model):
    """A browser that has an attempt open; it says so every half minute, so that another one can be named."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="devices", db_index=False)
    device_id = models.UUIDField(help_text="Made by the browser for as long as its page is open.")
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["-seen_at"]
        constraints = [models.UniqueConstraint(fields=["attempt", "device_id"], name="device_is_once_at_an_attempt")]

    def __str__(self) -> str:
        return f"{self.device_id} at {self.attempt_id}"
