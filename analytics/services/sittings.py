"""Sittings that analysis leads: it chooses the questions, `exams` serves and keeps them."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction

from accounts.models import User
from analytics.selectors.choosing import chosen_questions, next_in_map
from analytics.selectors.practice import ONLY, PracticeWish, practice_ground
from engine.selection import StoppingRule
from exams import services as exams
from exams.models import Attempt, AttemptQuestion
from exams.selectors import open_attempts_of
from questions.models import Domain, ExamBlueprint, Misconception, Topic
from questions.selectors import current_blueprint

Kind = Attempt.Kind
DIAGNOSTIC_COUNT = StoppingRule().most
LONGEST_DRILL = 60
DOUBLE_CLICK = timedelta(seconds=10)


class NoQuestionFits(LookupError):
    """No question of the bank fits the wish; nothing was begun."""


@transaction.atomic
def start_drill(*, candidate: User, wish: PracticeWish, now: datetime, rng: np.random.Generator) -> Attempt:
    """Begin a drill, a review or a diagnostic on questions chosen for this candidate.

    A diagnostic begins with its first question and shows no rationale before its end: each next one follows the
    answers (`serve_next_in_map`), at most as many as wished. A timed drill has the pace of the exam.
    The same wish again within seconds, still without an answer, gives the sitting that is there: a double click
    begins one.
    Raises NoQuestionFits; ValueError for another kind or a count outside 1 to 60.
    """
    if wish.kind not in (Kind.DRILL, Kind.REVIEW, Kind.DIAGNOSTIC):
        raise ValueError(f"{wish.kind!r} is not chosen here")
    if not 1 <= wish.count <= LONGEST_DRILL:
        raise ValueError(f"a sitting has 1 to {LONGEST_DRILL} questions")
    blueprint = current_blueprint()
    # One start at a time, so that the second of two clicks sees what the first began.
    User.objects.select_for_update(no_key=True).only("pk").get(pk=candidate.pk)
    focus = _focus(wish, blueprint)
    if begun := _begun_just_now(candidate, wish, focus, now):
        return begun
    questions = chosen_questions(practice_ground(candidate, blueprint, now), wish, rng)
    if not questions:
        raise NoQuestionFits
    is_map = wish.kind == Kind.DIAGNOSTIC
    return exams.start_sitting(
        candidate=candidate,
        kind=wish.kind,
        version_ids=[one.question.version_id for one in questions],
        stands_for={one.question.version_id: one.stands_for for one in questions if one.stands_for},
        now=now,
        rng=rng,
        focus=focus,
        is_tutored=wish.is_tutored and not wish.is_timed and not is_map,
        is_adaptive=is_map,
        question_target=min(wish.count, DIAGNOSTIC_COUNT) if is_map else len(questions),
        deadline_minutes=minutes_at_exam_pace(len(questions), blueprint) if wish.is_timed and not is_map else None,
        block_id=wish.block_id,
    )


def serve_next_in_map(
    *, attempt_id: uuid.UUID, candidate: User, after: int, now: datetime, rng: np.random.Generator
) -> AttemptQuestion | None:
    """The question of a diagnostic that follows place `after`, chosen from all answers so far; None: enough was asked.

    Raises as `exams.services.serve_next_question`.
    """

    def choose(attempt: Attempt) -> int | None:
        question = next_in_map(practice_ground(candidate, attempt.blueprint, now), attempt, rng)
        return question.version_id if question else None

    return exams.serve_next_question(
        attempt_id=attempt_id, candidate=candidate, after=after, choose=choose, now=now, rng=rng
    )


def start_diagnostic(*, candidate: User, now: datetime, rng: np.random.Generator) -> Attempt:
    """The first map: up to 30 questions that tell most about all domains, in the mix of the exam, one at a time."""
    wish = PracticeWish(kind=Kind.DIAGNOSTIC, count=DIAGNOSTIC_COUNT, is_tutored=False)
    return start_drill(candidate=candidate, wish=wish, now=now, rng=rng)


def _begun_just_now(candidate: User, wish: PracticeWish, focus: dict[str, Any], now: datetime) -> Attempt | None:
    recent = open_attempts_of(candidate).filter(
        kind=wish.kind, block_id=wish.block_id, started_at__gt=now - DOUBLE_CLICK, started_at__lte=now
    )
    for attempt in recent:
        if attempt.focus == focus and not attempt.questions.filter(revision__gt=0).exists():
            return attempt
    return None


def minutes_at_exam_pace(count: int, blueprint: ExamBlueprint) -> int:
    """What that many questions take at the exam's pace, in whole minutes, rounded up."""
    return -(-count * blueprint.minutes // blueprint.scored_count)


def _focus(wish: PracticeWish, blueprint: ExamBlueprint) -> dict[str, Any]:
    """What was asked for, with a title that pages show."""
    asked = {
        "topics": list(wish.topics),
        "domains": list(wish.domains),
        "misconception": wish.misconception,
        "only": wish.only,
    }
    return {"title": _title(wish, blueprint), **{name: value for name, value in asked.items() if value}}


def _title(wish: PracticeWish, blueprint: ExamBlueprint) -> str:
    named: str | None = None
    if wish.kind == Kind.DIAGNOSTIC:
        return "All domains"
    if wish.misconception:
        pairs = Misconception.objects.filter(exam_code=blueprint.code, code=wish.misconception)
        named = pairs.values_list("name", flat=True).first()
    elif len(wish.topics) == 1:
        topics = Topic.objects.filter(domain__exam_code=blueprint.code, code=wish.topics[0])
        named = topics.values_list("name", flat=True).first()
    elif len(wish.domains) == 1 and not wish.topics:
        domains = Domain.objects.filter(exam_code=blueprint.code, code=wish.domains[0])
        named = domains.values_list("name", flat=True).first()
    if named:
        return named
    return ONLY.get(wish.only, "What is due" if wish.kind == Kind.REVIEW else "Mixed domains")
