"""Papers: which questions a sitting asks, and in which order they and their options are shown.

A mock is composed here from the blueprint (`engine.composition`); every other kind sits the questions it is given.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np
from django.db import connection

from accounts.models import User
from engine.composition import (
    NotEnoughQuestions,
    PaperCandidate,
    PaperPool,
    largest_remainder,
    passing_ability,
)
from exams.models import Attempt, AttemptQuestion
from exams.selectors import questions_met_by
from exams.services.one_start import insert_paper
from exams.services.places import Place
from questions.models import ExamBlueprint, QuestionVersion
from questions.selectors import DrawableQuestion, domain_weights, drawable_questions, remembered


class BankTooSmall(Exception):
    """The bank cannot fill a whole paper; the message names the domain."""


def compose_mock(*, candidate: User, blueprint: ExamBlueprint, now: datetime, rng: np.random.Generator) -> list[Place]:
    """The questions of a mock in the order they are served, pilots among them.

    Scored questions follow the blueprint's weights by largest remainder; what this candidate has not met comes
    first; look-alikes never meet; topics are covered; a just-passing candidate expects the same score on every paper.
    Raises BankTooSmall.
    """
    key = (blueprint.pk, now.date())
    met = questions_met_by(candidate)
    try:
        pool = remembered("mock pool", [key], lambda _: {key: _pool(blueprint, now)})[key]
        paper = pool.papers.as_met(
            {question: (times, last.timestamp()) for question, (times, last) in met.items()}
        ).compose(pool.counts, target=pool.target, rng=rng, pilot_count=blueprint.pilot_count)
    except NotEnoughQuestions as shortage:
        raise BankTooSmall(str(shortage)) from shortage
    chosen = [pool.drawable[question_id] for question_id in paper.ids]
    return [Place(q.version_id, q.select_count, q.option_ids, q.is_pilot) for q in chosen]


def given_places(
    blueprint: ExamBlueprint, version_ids: Sequence[int], stands_for: Mapping[int, int] | None = None
) -> list[Place]:
    """Places for the given versions, in the given order; stands_for: question ids by version.

    Raises ValueError for a version that is not published or not of this exam.
    """
    versions = {
        version.pk: version
        for version in QuestionVersion.objects.filter(
            pk__in=version_ids, published_at__isnull=False, question__domain__exam_code=blueprint.code
        )
        .select_related("question")
        .prefetch_related("options")
    }
    if unknown := set(version_ids) - set(versions):
        raise ValueError(f"not published versions of this exam: {sorted(unknown)}")
    return [
        Place(
            version.pk,
            version.select_count,
            tuple(option.pk for option in version.options.all()),
            version.question.is_pilot,
            (stands_for or {}).get(version.pk),
        )
        for version in (versions[version_id] for version_id in version_ids)
    ]


def lay_out(attempt: Attempt, places: Sequence[Place], *, first_position: int = 1) -> None:
    """Put the places on the paper of a locked or new attempt, options as they stand."""
    if connection.vendor == "postgresql":
        insert_paper(attempt.pk, places, first_position)
        return
    AttemptQuestion.objects.bulk_create(
        AttemptQuestion(
            attempt=attempt,
            position=position,
            question_version_id=place.version_id,
            is_pilot=place.is_pilot,
            select_count=place.select_count,
            stands_for_id=place.stands_for_id,
            option_order=list(place.option_ids),
        )
        for position, place in enumerate(places, start=first_position)
    )


@dataclass(frozen=True, slots=True)
class _MockPool:
    """What every mock of a blueprint is composed from on a day, whoever sits it."""

    drawable: dict[Hashable, DrawableQuestion]
    papers: PaperPool
    counts: dict[Hashable, int]
    target: float


def _pool(blueprint: ExamBlueprint, now: datetime) -> _MockPool:
    """Raises NotEnoughQuestions for a domain without any."""
    drawable = drawable_questions(blueprint, now.date())
    candidates = tuple(_paper_candidate(question) for question in drawable)
    weights = domain_weights(blueprint)
    shares = largest_remainder([weight.weight_percent for weight in weights], blueprint.scored_count)
    counts: dict[Hashable, int] = {weight.domain_id: share for weight, share in zip(weights, shares, strict=True)}
    pass_fraction = blueprint.pass_percent / 100
    return _MockPool(
        drawable={question.question_id: question for question in drawable},
        papers=PaperPool.of(candidates, _ability_to_pass(candidates, tuple(counts.items()), pass_fraction)),
        counts=counts,
        target=pass_fraction * blueprint.scored_count,
    )


@lru_cache(maxsize=4)
def _ability_to_pass(
    bank: tuple[PaperCandidate, ...], counts: tuple[tuple[Hashable, int], ...], pass_fraction: float
) -> float:
    """Worked out once per state of the bank, also where nothing else is remembered."""
    return passing_ability(bank, dict(counts), pass_fraction)


def _paper_candidate(question: DrawableQuestion) -> PaperCandidate:
    return PaperCandidate(
        id=question.question_id,
        domain=question.domain_id,
        topics=question.topic_ids,
        difficulty=question.difficulty,
        guess=question.guess_level,
        alike=frozenset(question.look_alikes),
        pilot=question.is_pilot,
    )
