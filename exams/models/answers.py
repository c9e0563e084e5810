"""The frozen paper of an attempt, the answers on it, and their log."""

from django.db import models

from exams.models.attempts import Attempt
from questions.models import Question, QuestionVersion


class AttemptQuestion(models.Model):
    """One place of an attempt's paper, and the candidate's current answer to it."""

    class Confidence(models.TextChoices):
        GUESS = "guess", "guess"
        UNSURE = "unsure", "unsure"
        SURE = "sure", "sure"

    # Its unique constraint already begins with the attempt, so an index of its own would only slow saves.
    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="questions", db_index=False)
    position = models.PositiveSmallIntegerField(help_text="From 1.")
    question_version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="attempt_questions")
    is_pilot = models.BooleanField(default=False)
    select_count = models.PositiveSmallIntegerField(help_text="Frozen from the version.")
    option_order = models.JSONField(help_text="Option ids in the order shown.")

    selected = models.JSONField(default=list, help_text="Sorted option ids.")
    eliminated = models.JSONField(default=list, help_text="Sorted ids of options struck out.")
    flagged = models.BooleanField(default=False)
    confidence = models.CharField(max_length=6, choices=Confidence, blank=True)
    note = models.CharField(max_length=2000, blank=True)
    seconds_spent = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0, help_text="0: never answered; +1 with every accepted change.")
    answered_at = models.DateTimeField(null=True, blank=True, help_text="Arrival of the current revision.")
    checked_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Tutored sittings: when the answer was fixed and its rationale shown.",
    )
    is_correct = models.BooleanField(null=True, blank=True, help_text="Empty until graded.")
    stands_for = models.ForeignKey(
        Question,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        help_text="Recall: the question whose memory this one asks for in other words.",
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "position"], name="place_on_a_paper_is_unique"),
            models.UniqueConstraint(fields=["attempt", "question_version"], name="question_is_once_on_a_paper"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} no. {self.position}"


class AnswerEvent(models.Model):
    """One accepted change of an answer. Appended, never changed."""

    attempt_question = models.ForeignKey(
        AttemptQuestion, on_delete=models.CASCADE, related_name="events", db_index=False
    )
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

    def __str__(self) -> str:
        return f"{self.attempt_question_id} revision {self.revision}"
