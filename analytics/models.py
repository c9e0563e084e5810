"""Tables of what the answers tell. All can be deleted and rebuilt from the answers, but for people's own notes."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from exams.models import Attempt, AttemptQuestion
from questions.models import Domain, ExamBlueprint, Misconception, Question, Topic


class ParameterSet(models.Model):
    """Constants of the model and difficulties of the questions, as they were fitted once; one set is current."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    exam_code = models.CharField(max_length=60)
    values = models.JSONField(help_text="engine.parameters.ModelParameters as a dict.")
    difficulties = models.JSONField(help_text="By question id: difficulty and its variance, logits.")
    fitted_at = models.DateTimeField()
    candidate_count = models.PositiveIntegerField(help_text="People it was fitted on; 0: authors' levels.")
    answer_count = models.PositiveIntegerField(help_text="First answers behind it.")
    score_before = models.FloatField(null=True, help_text="Log loss of forecasts with the set before it.")
    score_after = models.FloatField(null=True, help_text="Log loss of forecasts with this set.")
    is_current = models.BooleanField(default=False)
    is_held = models.BooleanField(default=False, help_text="Restored by hand: the nightly recalibration waits.")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-fitted_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["exam_code"], condition=Q(is_current=True), name="one_parameter_set_is_current"
            )
        ]

    def __str__(self) -> str:
        return f"fitted {self.fitted_at:%Y-%m-%d %H:%M}"


class CandidateModel(models.Model):
    """A candidate's current model state: a cache, locked while it is rebuilt."""

    candidate = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="model_state",
        primary_key=True,
    )
    blueprint = models.ForeignKey(ExamBlueprint, on_delete=models.PROTECT, related_name="+")
    evidence_hash = models.CharField(max_length=64, blank=True, help_text="Digest of the answers it rests on.")
    state = models.JSONField(default=dict, help_text="Posterior of engine.ability, as a dict.")
    computed_at = models.DateTimeField(null=True)
    parameter_set = models.ForeignKey(
        ParameterSet, null=True, on_delete=models.SET_NULL, related_name="+", help_text="It was last rebuilt with."
    )
    failure_count = models.PositiveSmallIntegerField(default=0, help_text="Failed analyses since the last good one.")
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True, help_text="What the last failure said.")

    def __str__(self) -> str:
        return f"model of {self.candidate_id}"


class AnalysedAttempt(models.Model):
    """The estimates know an attempt as it was then: at this status and these versions. The sweep compares."""

    attempt = models.OneToOneField(Attempt, on_delete=models.CASCADE, related_name="analysed", primary_key=True)
    status = models.CharField(max_length=12, choices=Attempt.Status)
    score_version = models.PositiveIntegerField()
    checked_version = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.attempt_id} at {self.score_version}"


class EstimateSet(models.Model):
    """One recompute for one candidate. Estimates and the forecast hang on it; the newest number is current."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    candidate = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="estimate_sets")
    blueprint = models.ForeignKey(ExamBlueprint, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    evidence_hash = models.CharField(max_length=64)
    bank_digest = models.CharField(max_length=64, default="", help_text="Of the question parameters it was made with.")
    answer_count = models.PositiveIntegerField()
    mock_count = models.PositiveIntegerField(default=0)
    last_attempt = models.ForeignKey(Attempt, null=True, on_delete=models.SET_NULL, related_name="+")
    as_of = models.DateTimeField(help_text="The moment the estimates speak of: the last answer, or the refresh.")
    computed_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["candidate", "number"], name="estimate_set_number_is_unique"),
            models.UniqueConstraint(fields=["candidate", "evidence_hash"], name="same_evidence_is_estimated_once"),
        ]
        indexes = [models.Index(fields=["candidate", "computed_at"], name="estimate_set_before_a_mock")]

    def __str__(self) -> str:
        return f"estimates {self.number} of {self.candidate_id}"

    @property
    def has_forecast(self) -> bool:
        """A first map or drills seed the plan; a forecast of the exam needs at least one mock as its baseline."""
        return self.mock_count > 0


class Label(models.TextChoices):
    """What the evidence says about a domain or topic and the pass mark."""

    WEAK = "weak", "Weak"
    STRONG = "strong", "Strong"
    UNCLEAR = "unclear", "Not enough evidence yet"


class Standing:
    """Readings that domain and topic estimates share."""

    mastery: float
    mastery_low: float
    mastery_high: float
    label: str

    @property
    def is_open(self) -> bool:
        """The evidence could lie on either side of the pass mark: drawn as an open dot."""
        return self.label == Label.UNCLEAR

    @property
    def margin(self) -> float:
        """Half the likely range, in percentage points."""
        return (self.mastery_high - self.mastery_low) / 2


class DomainEstimate(Standing, models.Model):
    """What is believed about one domain; percentages 0–100."""

    estimate_set = models.ForeignKey(EstimateSet, on_delete=models.CASCADE, related_name="domains")
    domain = models.ForeignKey(Domain, on_delete=models.PROTECT, related_name="+")
    mastery = models.FloatField(help_text="Expected percentage of right answers.")
    mastery_low = models.FloatField(help_text="5 % quantile.")
    mastery_high = models.FloatField(help_text="95 % quantile.")
    weakness = models.FloatField(help_text="0: 95 % expected; 100: guessing.")
    weakness_low = models.FloatField(null=True, help_text="Of the 95 % quantile of mastery.")
    weakness_high = models.FloatField(null=True, help_text="Of the 5 % quantile of mastery.")
    confidence = models.FloatField(help_text="0: nothing known; 100: certain.")
    below_pass = models.FloatField(help_text="Probability that mastery lies under the pass mark, 0–1.")
    label = models.CharField(max_length=8, choices=Label)
    priority = models.FloatField(help_text="Expected marks to win: weight × expected shortfall.")
    shortfall = models.FloatField(help_text="Expected gap to the target, in percentage points.")
    weight_percent = models.PositiveSmallIntegerField()
    answer_count = models.PositiveIntegerField()

    class Meta:
        ordering = ["domain__order"]
        constraints = [
            models.UniqueConstraint(fields=["estimate_set", "domain"], name="domain_is_estimated_once_per_set"),
            models.CheckConstraint(condition=Q(weakness__gte=0, weakness__lte=100), name="domain_weakness_is_0_to_100"),
            models.CheckConstraint(condition=Q(mastery_low__lte=F("mastery_high")), name="domain_range_is_in_order"),
            models.CheckConstraint(
                condition=Q(weakness_low__isnull=True, weakness_high__isnull=True)
                | Q(weakness_low__gte=0, weakness_low__lte=F("weakness_high"), weakness_high__lte=100),
                name="domain_weakness_range_is_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.domain} {self.weakness:.0f}"


class TopicEstimate(Standing, models.Model):
    """What is believed about one topic; percentages 0–100."""

    estimate_set = models.ForeignKey(EstimateSet, on_delete=models.CASCADE, related_name="topics")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="+")
    mastery = models.FloatField()
    mastery_low = models.FloatField()
    mastery_high = models.FloatField()
    weakness = models.FloatField()
    weakness_low = models.FloatField(null=True)
    weakness_high = models.FloatField(null=True)
    confidence = models.FloatField()
    label = models.CharField(max_length=8, choices=Label)
    priority = models.FloatField()
    answer_count = models.PositiveIntegerField()

    class Meta:
        ordering = ["topic__domain__order", "topic__order"]
        constraints = [
            models.UniqueConstraint(fields=["estimate_set", "topic"], name="topic_is_estimated_once_per_set"),
            models.CheckConstraint(condition=Q(weakness__gte=0, weakness__lte=100), name="topic_weakness_is_0_to_100"),
            models.CheckConstraint(
                condition=Q(weakness_low__isnull=True, weakness_high__isnull=True)
                | Q(weakness_low__gte=0, weakness_low__lte=F("weakness_high"), weakness_high__lte=100),
                name="topic_weakness_range_is_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.weakness:.0f}"


class ReadinessForecast(models.Model):
    """The chance of passing as it was believed then; kept, so that it can be checked against later mocks."""

    estimate_set = models.OneToOneField(EstimateSet, on_delete=models.CASCADE, related_name="forecast")
    probability = models.FloatField(help_text="0–1, capped to 0.02–0.98.")
    probability_low = models.FloatField()
    probability_high = models.FloatField()
    score_mean = models.FloatField(help_text="Expected right answers in a mock.")
    score_low = models.FloatField()
    score_high = models.FloatField()
    pass_score = models.PositiveSmallIntegerField(help_text="Right answers needed to pass.")
    scored_count = models.PositiveSmallIntegerField()
    answer_count = models.PositiveIntegerField(help_text="First meetings with a question behind it.")
    ability = models.FloatField(default=0.0, help_text="Posterior mean of the global ability, logits.")
    ability_sd = models.FloatField(default=1.0)
    ready_on = models.DateField(null=True, help_text="Day on which the chance reaches the goal at the present pace.")
    ready_early = models.DateField(null=True, help_text="The same at a pace one standard deviation above.")
    ready_late = models.DateField(null=True, help_text="The same at a pace one standard deviation below.")
    moves = models.JSONField(
        default=list, help_text="What two hours on a domain would do: [{domain, gain, marks}], best first."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(probability__gte=0, probability__lte=1),
                name="readiness_is_a_probability",
            )
        ]

    def __str__(self) -> str:
        return f"{self.probability:.0%}"


class QuestionStatistic(models.Model):
    """Classical statistics of a question from first attempts in mocks."""

    question = models.OneToOneField(Question, on_delete=models.CASCADE, related_name="statistic", primary_key=True)
    answer_count = models.PositiveIntegerField()
    figures = models.JSONField(default=dict)
    flags = models.JSONField(default=list)
    computed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.question} n {self.answer_count}"


class Tally(models.Model):
    """Something counted over everybody, so that no page reads all sittings; replaced with every count."""

    class Subject(models.TextChoices):
        FORECASTS = "forecasts", "our forecasts against what happened"
        FIRST_MOCKS = "first_mocks", "percentages of first mocks"

    subject = models.CharField(max_length=12, choices=Subject, primary_key=True)
    figures = models.JSONField()
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.get_subject_display()}, {self.counted_at:%Y-%m-%d %H:%M}"


class MistakeNote(models.Model):
    """What a candidate says about a missed question: the reason, and their own rule."""

    class Reason(models.TextChoices):
        KNOWLEDGE = "knowledge", "I did not know it"
        MISREAD = "misread", "I misread the question"
        REASONING = "reasoning", "I knew it and reasoned wrongly"
        TIME = "time", "I ran out of time"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    attempt_question = models.OneToOneField(AttemptQuestion, on_delete=models.CASCADE, related_name="mistake_note")
    reason = models.CharField(max_length=10, choices=Reason, blank=True)
    rule = models.CharField(max_length=300, blank=True, help_text="“A, not B, because …”")
    resolved_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.rule or self.reason}"


class MentorNote(models.Model):
    """A mentor's note to a candidate, with a suggestion if they like; the candidate is told on Today."""

    class Suggestion(models.TextChoices):
        NOTHING = "", "Nothing"
        DRILL = "drill", "A drill"
        CONTRAST_DRILL = "contrast_drill", "A contrast drill"
        MOCK = "mock", "A mock exam"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mentor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    candidate = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentor_notes")
    text = models.TextField(max_length=4000)
    suggestion = models.CharField(max_length=14, choices=Suggestion, blank=True)
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    misconception = models.ForeignKey(Misconception, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.text[:40]}"
