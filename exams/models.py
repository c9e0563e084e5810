"""Tables of a sitting: the attempt, its frozen paper, the answers and their log."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from questions.models import ExamBlueprint, QuestionVersion


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
    score_version = models.PositiveIntegerField(
        default=0, help_text="Rises with every grading of this attempt."
    )

    started_at = models.DateTimeField()
    deadline_at = models.DateTimeField(null=True, blank=True, help_text="Empty: untimed.")
    finished_at = models.DateTimeField(null=True, blank=True)
    minutes_allowed = models.PositiveSmallIntegerField(null=True, blank=True)
    time_factor = models.DecimalField(max_digits=3, decimal_places=2, default=1)

    is_tutored = models.BooleanField(
        default=False, help_text="Drills: the rationale shows after each answer."
    )
    is_adaptive = models.BooleanField(default=False, help_text="Questions are added one at a time.")
    question_target = models.PositiveSmallIntegerField(help_text="How many questions the sitting is to have.")
    focus = models.JSONField(
        default=dict,
        blank=True,
        help_text="What a drill was asked for: {topics, misconception, …}.",
    )
    block_id = models.UUIDField(
        null=True, blank=True, help_text="The study block that asked for this sitting."
    )

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
                condition=Q(scored_right__isnull=True) | Q(scored_right__lte=F("scored_total")),
                name="right_answers_are_among_the_scored",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number} of {self.candidate}"

    @property
    def title(self) -> str:
        """What pages call it, such as “Mock exam 3”."""
        return f"{self.get_kind_display().capitalize()} {self.number}"

    @property
    def is_final(self) -> bool:
        return self.status != self.Status.IN_PROGRESS


class AttemptQuestion(models.Model):
    """One place of an attempt's paper, and the candidate's current answer to it."""

    class Confidence(models.TextChoices):
        GUESS = "guess", "guess"
        UNSURE = "unsure", "unsure"
        SURE = "sure", "sure"

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(help_text="From 1.")
    question_version = models.ForeignKey(
        QuestionVersion, on_delete=models.PROTECT, related_name="attempt_questions"
    )
    is_pilot = models.BooleanField(default=False)
    select_count = models.PositiveSmallIntegerField(help_text="Frozen from the version.")
    option_order = models.JSONField(help_text="Option ids in the order shown.")

    selected = models.JSONField(default=list, help_text="Sorted option ids.")
    eliminated = models.JSONField(default=list, help_text="Sorted ids of options struck out.")
    flagged = models.BooleanField(default=False)
    confidence = models.CharField(max_length=6, choices=Confidence, blank=True)
    note = models.CharField(max_length=2000, blank=True)
    seconds_spent = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(
        default=0, help_text="0: never answered; +1 with every accepted change."
    )
    answered_at = models.DateTimeField(null=True, blank=True, help_text="Arrival of the current revision.")
    checked_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Tutored sittings: when the answer was fixed and its rationale shown.",
    )
    is_correct = models.BooleanField(null=True, blank=True, help_text="Empty until graded.")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "position"], name="place_on_a_paper_is_unique"),
            models.UniqueConstraint(
                fields=["attempt", "question_version"], name="question_is_once_on_a_paper"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} no. {self.position}"


class AnswerEvent(models.Model):
    """One accepted change of an answer. Appended, never changed."""

    attempt_question = models.ForeignKey(AttemptQuestion, on_delete=models.CASCADE, related_name="events")
    revision = models.PositiveIntegerField()
    save_id = models.UUIDField(help_text="Made by the client, so that a repeated request is recognised.")
    selected = models.JSONField()
    eliminated = models.JSONField()
    flagged = models.BooleanField()
    confidence = models.CharField(max_length=6, blank=True)
    note = models.CharField(max_length=2000, blank=True)
    seconds_spent = models.PositiveIntegerField(default=0)
    arrived_at = models.DateTimeField()

    class Meta:
        ordering = ["attempt_question", "revision"]
        constraints = [
            models.UniqueConstraint(fields=["attempt_question", "revision"], name="revision_is_logged_once"),
            models.UniqueConstraint(fields=["attempt_question", "save_id"], name="save_is_logged_once"),
        ]


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
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField()
    before = models.JSONField(default=dict, blank=True, help_text="The fields that changed, as they were.")

    class Meta:
        ordering = ["-changed_at"]
