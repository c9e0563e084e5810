"""Tables of a study plan: the wishes it follows, its blocks, and why it changed."""

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from questions.models import Domain, ExamBlueprint, Lab, Misconception, Topic


def default_minutes_per_weekday() -> list[int]:
    """Monday to Sunday: an hour on working days, two on Saturday so that a full mock fits, Sunday off."""
    return [60, 60, 60, 60, 60, 120, 0]


class StudyPlan(models.Model):
    """A candidate's plan for one exam: when it is, when they can study, and the needs last given."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    candidate = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="study_plan")
    blueprint = models.ForeignKey(ExamBlueprint, on_delete=models.PROTECT, related_name="plans")
    exam_on = models.DateField(null=True, blank=True, help_text="Empty: not booked yet.")
    exam_time = models.TimeField(null=True, blank=True)
    minutes_per_weekday = models.JSONField(
        default=default_minutes_per_weekday, help_text="Seven numbers, Monday first."
    )
    days_off = models.JSONField(default=list, blank=True, help_text="ISO dates.")
    minutes_on = models.JSONField(
        default=dict, blank=True, help_text="Minutes of single days instead of their weekday's, by ISO date."
    )
    block_minutes = models.PositiveSmallIntegerField(default=30)
    needs = models.JSONField(default=dict, blank=True, help_text="What planning was last told by the analysis.")
    needs_version = models.PositiveIntegerField(default=0, help_text="Number of the analysis that gave the needs.")
    needs_at = models.DateTimeField(null=True, blank=True, help_text="When the analysis last gave needs.")
    planned_on = models.DateField(null=True, blank=True, help_text="The candidate's day for which it was last made.")
    asked_digest = models.CharField(max_length=64, blank=True, editable=False, help_text="Of what it last followed.")
    calendar_secret = models.CharField(max_length=64, blank=True, db_index=True)
    left_out = models.JSONField(
        default=list, blank=True, help_text="What does not fit, by name, and its cost in marks."
    )
    marks_left_out = models.FloatField(default=0.0, help_text="Marks of 100 that more time would win.")
    target_minutes = models.JSONField(
        default=dict, blank=True, help_text="Minutes per domain code that need alone would ask for."
    )
    taper_from = models.DateField(null=True, blank=True, help_text="First day of falling load.")
    sends_reminders = models.BooleanField("email on study days", default=False)
    sends_summary = models.BooleanField("email a summary each week", default=False)
    passed_on = models.DateField(
        null=True, blank=True, help_text="The exam is passed: nothing more is planned until another day is set."
    )
    shows_streak = models.BooleanField("count study days in a row", default=False)
    reminder_hour = models.PositiveSmallIntegerField(default=7, help_text="Local hour of emails, 0–23.")
    reminded_on = models.DateField(null=True, blank=True, editable=False)
    summarised_on = models.DateField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(reminder_hour__lte=23), name="reminder_hour_is_an_hour"),
            models.CheckConstraint(
                condition=Q(block_minutes__gte=10, block_minutes__lte=120),
                name="block_is_10_to_120_minutes",
            ),
        ]

    def __str__(self) -> str:
        return f"plan of {self.candidate}"

    def is_over(self, today: date) -> bool:
        """The exam is passed, or its day has gone by: there is nothing to plan for."""
        return self.passed_on is not None or (self.exam_on is not None and self.exam_on < today)


class PlanRevision(models.Model):
    """One adjustment of a plan: what moved, came and went, and why. Immutable but for its undoing."""

    class Reason(models.TextChoices):
        CREATED = "created", "first plan"
        ATTEMPT = "attempt", "a finished attempt"
        MISSED_DAY = "missed_day", "a missed day"
        AVAILABILITY = "availability", "changed availability"
        NIGHTLY = "nightly", "nightly refresh"
        CANDIDATE = "candidate", "your own change"
        EXAM = "exam", "your exam"
        UNDO = "undo", "an undone change"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(StudyPlan, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    reason = models.CharField(max_length=12, choices=Reason)
    summary = models.CharField(max_length=300)
    diff = models.JSONField(
        default=list,
        help_text="[{change: added|moved|longer|shorter|dropped, title, kind, domain, topic, day_from, day_to,"
        " minutes_from, minutes_to, block, why}]",
    )
    blocks_before = models.JSONField(default=list, help_text="Planned blocks as they were: what undo restores.")
    plan_before = models.JSONField(default=dict, help_text="The plan's own wishes as they were, for undo.")
    attempt_id = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_revision_number_is_unique"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(undone_at__isnull=True),
                name="revision_is_not_both_kept_and_undone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} revision {self.number}"


class Block(models.Model):
    """One planned piece of study on one of the candidate's days."""

    class Kind(models.TextChoices):
        DIAGNOSTIC = "diagnostic", "diagnostic"
        READ = "read", "reading"
        DRILL = "drill", "drill"
        CONTRAST_DRILL = "contrast_drill", "contrast drill"
        REVIEW = "review", "recall"
        MISTAKES = "mistakes", "mistakes"
        LAB = "lab", "lab"
        MOCK = "mock", "mock exam"
        REHEARSAL = "rehearsal", "rehearsal"
        REST = "rest", "rest"

    class State(models.TextChoices):
        PLANNED = "planned", "planned"
        DONE = "done", "done"
        SKIPPED = "skipped", "skipped"
        MISSED = "missed", "missed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(StudyPlan, on_delete=models.CASCADE, related_name="blocks")
    day = models.DateField(help_text="In the candidate's time zone.")
    order = models.PositiveSmallIntegerField(default=0)
    minutes = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=14, choices=Kind)
    domain = models.ForeignKey(Domain, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    lab = models.ForeignKey(Lab, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    misconception = models.ForeignKey(Misconception, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    questions = models.PositiveSmallIntegerField(null=True, blank=True, help_text="How many it asks for, if any.")
    reason = models.CharField(max_length=300, help_text="One sentence: why this, why now.")
    state = models.CharField(max_length=8, choices=State, default=State.PLANNED)
    is_pinned = models.BooleanField(default=False)
    done_at = models.DateTimeField(null=True, blank=True)
    evidence = models.TextField(blank=True, help_text="Labs: what the candidate noted.")
    created_in = models.ForeignKey(PlanRevision, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["day", "order", "pk"]
        indexes = [models.Index(fields=["plan", "day"], name="block_day")]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__lte=480), name="block_is_at_most_8_hours"),
            models.CheckConstraint(
                condition=(Q(state="done") & Q(done_at__isnull=False)) | (~Q(state="done") & Q(done_at__isnull=True)),
                name="done_block_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.get_kind_display()} {self.minutes} min"

    @property
    def title(self) -> str:
        """What the block is about, in a few words; reads `lab`, `misconception`, `topic` and `domain`."""
        if self.lab is not None:
            return self.lab.title
        if self.misconception is not None:
            return self.misconception.name
        if self.topic is not None:
            return self.topic.name
        if self.kind == self.Kind.DRILL and self.domain:
            return self.domain.name
        return KIND_TITLES.get(self.Kind(self.kind), "")

    @property
    def is_sitting(self) -> bool:
        """A full-length exam."""
        return self.kind in (self.Kind.MOCK, self.Kind.REHEARSAL)


KIND_TITLES = {
    Block.Kind.DIAGNOSTIC: "First map of all domains",
    Block.Kind.DRILL: "Mixed drill",
    Block.Kind.REVIEW: "Recall",
    Block.Kind.MISTAKES: "Your mistakes",
    Block.Kind.MOCK: "Mock exam",
    Block.Kind.REHEARSAL: "Rehearsal",
    Block.Kind.REST: "Rest",
}


class ExamReport(models.Model):
    """What the real exam said, in the candidate's own words: the day, the outcome, a whole percentage per domain."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    candidate = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exam_reports")
    blueprint = models.ForeignKey(ExamBlueprint, on_delete=models.PROTECT, related_name="+")
    sat_on = models.DateField(help_text="In the candidate's time zone.")
    sat_at = models.DateTimeField(help_text="When the exam began, as far as known: what was forecast before it counts.")
    passed = models.BooleanField()
    percents = models.JSONField(default=dict, blank=True, help_text="Per domain code, 0–100; empty: not told.")
    reported_at = models.DateTimeField()

    class Meta:
        ordering = ["-sat_on"]
        constraints = [
            models.UniqueConstraint(fields=["candidate", "sat_on"], name="exam_is_reported_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"exam of {self.candidate} on {self.sat_on}"
