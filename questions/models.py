"""Tables of the exam blueprint and the question bank."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from simple_history.models import HistoricalRecords


class VersionIsPublished(Exception):
    """A published version is what candidates saw: change the question by publishing its next version."""

    def __init__(self, version: "QuestionVersion") -> None:
        super().__init__(f"{version} is published and cannot be changed; start its next version.")


class ExamBlueprint(models.Model):
    """One dated version of an exam's format. Attempts keep the version that they sat."""

    class ScoringRule(models.TextChoices):
        ALL_OR_NOTHING = (
            "all_or_nothing",
            "all or nothing: a question counts when exactly its keys are chosen",
        )

    code = models.SlugField(max_length=60)
    version = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    effective_on = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    scored_count = models.PositiveSmallIntegerField()
    pilot_count = models.PositiveSmallIntegerField(default=0)
    pass_percent = models.PositiveSmallIntegerField(validators=[MaxValueValidator(100)])
    scoring_rule = models.CharField(max_length=20, choices=ScoringRule, default=ScoringRule.ALL_OR_NOTHING)
    is_current = models.BooleanField(default=False, help_text="New attempts sit the current version.")

    class Meta:
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="blueprint_version_is_unique"),
            models.UniqueConstraint(
                fields=["code"],
                condition=models.Q(is_current=True),
                name="exam_has_one_current_blueprint",
            ),
            models.CheckConstraint(condition=models.Q(scored_count__gt=0), name="blueprint_scores_questions"),
            models.CheckConstraint(condition=models.Q(pass_percent__lte=100), name="pass_mark_is_a_percentage"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"

    @property
    def pass_count(self) -> int:
        """Right answers needed to pass: the smallest whole number at or above the pass mark."""
        return -(-self.scored_count * self.pass_percent // 100)


class Domain(models.Model):
    """A part of the exam's subject. Its weight belongs to a blueprint (`DomainWeight`)."""

    exam_code = models.SlugField(max_length=60)
    code = models.SlugField(max_length=60)
    letters = models.CharField(max_length=2, help_text="Two letters that always stand with the colour.")
    name = models.CharField(max_length=80)
    order = models.PositiveSmallIntegerField(help_text="Place in the blueprint, from 1; also picks the hue.")

    class Meta:
        ordering = ["exam_code", "order"]
        constraints = [models.UniqueConstraint(fields=["exam_code", "code"], name="domain_code_is_unique_in_its_exam")]

    def __str__(self) -> str:
        return self.name


class DomainWeight(models.Model):
    """How much of a blueprint version a domain makes up."""

    blueprint = models.ForeignKey(ExamBlueprint, on_delete=models.CASCADE, related_name="weights")
    domain = models.ForeignKey(Domain, on_delete=models.PROTECT, related_name="weights")
    weight_percent = models.PositiveSmallIntegerField(validators=[MaxValueValidator(100)])

    class Meta:
        ordering = ["domain__order"]
        constraints = [
            models.UniqueConstraint(fields=["blueprint", "domain"], name="domain_is_weighed_once_per_blueprint")
        ]

    def __str__(self) -> str:
        return f"{self.domain} {self.weight_percent}%"


class Topic(models.Model):
    """A teachable part of a domain; what a study block is about."""

    domain = models.ForeignKey(Domain, on_delete=models.PROTECT, related_name="topics")
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=80)
    summary = models.CharField(max_length=200, blank=True)
    order = models.PositiveSmallIntegerField()
    foundations = models.ManyToManyField("self", symmetrical=False, related_name="builds_up_to", blank=True)
    notes = models.TextField(blank=True, help_text="Topic notes for a reading block, Markdown.")

    class Meta:
        ordering = ["domain__order", "order"]
        constraints = [models.UniqueConstraint(fields=["domain", "code"], name="topic_code_is_unique_in_its_domain")]

    def __str__(self) -> str:
        return self.name


class Misconception(models.Model):
    """A belief that a distractor stands for, as two things people take for one another."""

    exam_code = models.SlugField(max_length=60)
    domain = models.ForeignKey(Domain, null=True, blank=True, on_delete=models.PROTECT, related_name="misconceptions")
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    left = models.JSONField(default=dict, help_text="{name, choose_when, points: [text]}")
    right = models.JSONField(default=dict, help_text="{name, choose_when, points: [text]}")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["exam_code", "code"], name="misconception_code_is_unique_in_its_exam")
        ]

    def __str__(self) -> str:
        return self.name


class Question(models.Model):
    """The stable identity of a question; what people read is in its versions."""

    class Status(models.TextChoices):
        DRAFT = "draft", "draft"
        IN_REVIEW = "in_review", "in review"
        PUBLISHED = "published", "published"
        RETIRED = "retired", "retired"

    slug = models.SlugField(max_length=100, unique=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="owned_questions",
    )
    domain = models.ForeignKey(Domain, on_delete=models.PROTECT, related_name="questions")
    topics = models.ManyToManyField(Topic, through="QuestionTopic", related_name="questions")
    is_pilot = models.BooleanField("pilot (unscored)", default=False)
    look_alikes = models.JSONField(
        default=list, blank=True, help_text="Names of groups whose questions give each other away."
    )
    difficulty = models.FloatField(default=0.0, help_text="Logits; author's level first, refitted from answers later.")
    difficulty_variance = models.FloatField(default=0.55)
    guess_level = models.FloatField(default=0.25, help_text="Chance of a blind right answer, 0–1.")
    from_bank = models.BooleanField(
        default=False, editable=False, help_text="Kept in step with the bank files by load_bank."
    )
    bank_hash = models.CharField(
        max_length=64, blank=True, editable=False, help_text="Digest of the bank file's text when last loaded."
    )
    current_version = models.ForeignKey(
        "QuestionVersion",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["slug"]
        indexes = [models.Index(fields=["status", "domain"], name="question_status_domain")]
        permissions = [
            ("publish_question", "Can publish, retire and restore questions"),
            ("correct_key", "Can correct the keys of published questions"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status="published") | models.Q(current_version__isnull=False),
                name="published_question_has_a_version",
            ),
            models.CheckConstraint(
                condition=models.Q(guess_level__gte=0, guess_level__lt=1),
                name="guess_level_is_a_probability",
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class QuestionTopic(models.Model):
    """A topic of a question; the first decides the domain."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="topic_links")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="question_links")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["question", "topic"], name="question_has_a_topic_once")]

    def __str__(self) -> str:
        return f"{self.question}: {self.topic}"


class QuestionVersion(models.Model):
    """What a question says; immutable once published. Attempts pin the version they showed."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    scenario = models.TextField(blank=True, help_text="The case, Markdown. May be empty.")
    stem = models.TextField(help_text="The question itself, Markdown.")
    select_count = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(1)],
        help_text="How many options are keys; the stem says it when above 1.",
    )
    author_level = models.PositiveSmallIntegerField(
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
        help_text="1 easy recall … 5 hard trade-off.",
    )
    verified_on = models.DateField(null=True, blank=True, help_text="Day the facts were last checked.")
    submitted_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When it was handed to review; empty while it is a draft."
    )
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    content_hash = models.CharField(max_length=64, blank=True, editable=False)
    key_ids = models.JSONField(default=list, editable=False, help_text="Sorted ids of the keys, set when published.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    history = HistoricalRecords()

    # What may change on a published version without changing what candidates saw.
    UPKEEP_FIELDS = frozenset({"verified_on", "author_level"})

    class Meta:
        ordering = ["question", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="question_version_number_is_unique"),
            models.UniqueConstraint(
                fields=["question"],
                condition=models.Q(published_at__isnull=True),
                name="question_has_one_unpublished_version",
            ),
            models.CheckConstraint(condition=models.Q(select_count__gte=1), name="question_asks_for_an_answer"),
            models.CheckConstraint(
                condition=models.Q(author_level__gte=1, author_level__lte=5),
                name="author_level_is_1_to_5",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question.slug} v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and not _is_upkeep(self.UPKEEP_FIELDS, kwargs.get("update_fields")):
            _refuse_if_published(self.pk)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        _refuse_if_published(self.pk)
        return super().delete(*args, **kwargs)

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


class Option(models.Model):
    """One choice of a question version."""

    version = models.ForeignKey(QuestionVersion, on_delete=models.CASCADE, related_name="options")
    order = models.PositiveSmallIntegerField()
    text = models.TextField()
    is_key = models.BooleanField("right", default=False)
    rationale = models.TextField(help_text="Why it is right, or when it would be right and why not here.")
    misconception = models.ForeignKey(
        Misconception, null=True, blank=True, on_delete=models.PROTECT, related_name="options"
    )

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["version", "order"], name="option_place_is_unique"),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    def save(self, *args: Any, **kwargs: Any) -> None:
        _refuse_if_published(self.version_id)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        _refuse_if_published(self.version_id)
        return super().delete(*args, **kwargs)


class Reference(models.Model):
    """A page that a question version rests on."""

    version = models.ForeignKey(QuestionVersion, on_delete=models.CASCADE, related_name="references")
    order = models.PositiveSmallIntegerField(default=0)
    url = models.URLField(max_length=400)
    title = models.CharField(max_length=200)
    verified_on = models.DateField()
    page_updated = models.CharField(
        max_length=7,
        blank=True,
        help_text="Year or year and month that the page itself bore, such as 2024-06.",
    )

    UPKEEP_FIELDS = frozenset({"verified_on", "page_updated"})

    class Meta:
        ordering = ["order"]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not _is_upkeep(self.UPKEEP_FIELDS, kwargs.get("update_fields")):
            _refuse_if_published(self.version_id)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        _refuse_if_published(self.version_id)
        return super().delete(*args, **kwargs)


def _is_upkeep(upkeep: frozenset[str], update_fields: Iterable[str] | None) -> bool:
    return update_fields is not None and set(update_fields) <= upkeep


def _refuse_if_published(version_id: int) -> None:
    version = QuestionVersion.objects.filter(pk=version_id, published_at__isnull=False).first()
    if version is not None:
        raise VersionIsPublished(version)


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


class Lab(models.Model):
    """A hands-on exercise that a study block can open."""

    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="labs")
    slug = models.SlugField(max_length=100, unique=True)
    title = models.CharField(max_length=120)
    minutes = models.PositiveSmallIntegerField()
    body = models.TextField(help_text="Goal and steps, Markdown.")
    self_checks = models.JSONField(default=list, help_text="Sentences a person ticks off.")
    is_retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["topic", "slug"]

    def __str__(self) -> str:
        return self.title


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
