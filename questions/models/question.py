"""Questions, their versions, and what a version consists of."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from simple_history.models import HistoricalRecords

from questions.models.blueprint import Domain
from questions.models.subject import Misconception, Topic


class VersionIsPublished(Exception):
    """A published version is what candidates saw: change the question by publishing its next version."""

    def __init__(self, version: "QuestionVersion") -> None:
        super().__init__(f"{version} is published and cannot be changed; start its next version.")


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
