"""Which questions may be put on a paper, and what choosing needs to know of them. No text, no keys."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max, QuerySet
from django.db.models.functions import Coalesce

from questions.freshness import is_fresh, stale_before
from questions.models import ExamBlueprint, Option, Question, QuestionTopic
from questions.selectors.remembering import remembered


@dataclass(frozen=True, slots=True)
class DrawableQuestion:
    """A published question in its current version. Difficulty in logits, guess level a probability."""

    question_id: int
    version_id: int
    domain_id: int
    domain_code: str
    topic_ids: tuple[int, ...]
    difficulty: float
    difficulty_variance: float
    guess_level: float
    is_pilot: bool
    look_alikes: tuple[str, ...]
    select_count: int
    option_ids: tuple[int, ...]
    misconception_ids: tuple[int, ...]
    checked_on: date | None
    is_fresh: bool


def with_checked_on(questions: QuerySet[Question]) -> QuerySet[Any]:
    """Questions with `checked_on`: the newest day on which a reference of the current version was checked."""
    return questions.annotate(
        checked_on=Coalesce(Max("current_version__references__verified_on"), Max("current_version__verified_on"))
    )


def stale_questions(today: date) -> QuerySet[Any]:
    """Published questions that left the mock draw because nobody checked them for a year; the longest first."""
    published = Question.objects.filter(status=Question.Status.PUBLISHED)
    return with_checked_on(published).exclude(checked_on__gte=stale_before(today)).order_by("checked_on", "slug")


# Columns alone, not rows with all their text.
_COLUMNS = (
    "pk",
    "current_version_id",
    "domain_id",
    "domain__code",
    "difficulty",
    "difficulty_variance",
    "guess_level",
    "is_pilot",
    "look_alikes",
    "current_version__select_count",
)


def drawable_questions(blueprint: ExamBlueprint, today: date, *, include_stale: bool = False) -> list[DrawableQuestion]:
    """Published questions of a blueprint's domains, by slug.

    Stale ones are left out, as the freshness contract says, unless asked for (practice may use them).
    """
    key = (blueprint.pk, today)
    known = remembered("drawable", [key], lambda _: {key: _all_drawable(blueprint, today)})[key]
    return [question for question in known if question.is_fresh or include_stale]


def _all_drawable(blueprint: ExamBlueprint, today: date) -> list[DrawableQuestion]:
    """Three queries, whatever the size of the bank."""
    rows = list(
        with_checked_on(
            Question.objects.filter(
                status=Question.Status.PUBLISHED,
                domain__weights__blueprint=blueprint,
                current_version__isnull=False,
            )
        )
        .order_by("slug")
        .values_list(*_COLUMNS, "checked_on")
    )
    topics: dict[int, list[int]] = defaultdict(list)
    for question_id, topic_id in (
        QuestionTopic.objects.filter(question__in=[row[0] for row in rows])
        .order_by("order")
        .values_list("question_id", "topic_id")
    ):
        topics[question_id].append(topic_id)
    options: dict[int, list[int]] = defaultdict(list)
    misconceptions: dict[int, set[int]] = defaultdict(set)
    for version_id, option_id, misconception_id in (
        Option.objects.filter(version__in=[row[1] for row in rows])
        .order_by("order")
        .values_list("version_id", "pk", "misconception_id")
    ):
        options[version_id].append(option_id)
        if misconception_id is not None:
            misconceptions[version_id].add(misconception_id)
    drawable = []
    for row in rows:
        question_id, version_id, domain_id, domain_code, difficulty, variance, guess_level = row[:7]
        is_pilot, look_alikes, select_count, checked_on = row[7:]
        drawable.append(
            DrawableQuestion(
                question_id=question_id,
                version_id=version_id,
                domain_id=domain_id,
                domain_code=domain_code,
                topic_ids=tuple(topics[question_id]),
                difficulty=difficulty,
                difficulty_variance=variance,
                guess_level=guess_level,
                is_pilot=is_pilot,
                look_alikes=tuple(look_alikes),
                select_count=select_count,
                option_ids=tuple(options[version_id]),
                misconception_ids=tuple(sorted(misconceptions[version_id])),
                checked_on=checked_on,
                is_fresh=is_fresh(checked_on, today),
            )
        )
    return drawable
