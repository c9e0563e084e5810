"""Starting a sitting. What decides its outcome is frozen at this moment: paper, scoring rule, minutes, deadline."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Subquery

from accounts.models import User
from exams.models import Attempt, AttemptChange, MinutesGrant
from exams.selectors import open_attempts_of, open_mock_of
from exams.services.finishing import settle_attempt
from exams.services.one_start import begin_mock
from exams.services.papers import BankTooSmall, compose_mock, given_places, lay_out
from exams.services.places import Place, shuffled
from questions.models import ExamBlueprint, QuestionVersion
from questions.selectors import bank_as_of_now, current_blueprint, drawable_questions

TUTORIAL_QUESTIONS = 3
TUTORIAL_MINUTES = 1


class MockAlreadyOpen(Exception):
    """One mock at a time: this one is still in progress."""

    def __init__(self, attempt: Attempt) -> None:
        super().__init__(f"{attempt.pk} is in progress")
        self.attempt = attempt


def start_mock(
    *, candidate: User, now: datetime, rng: np.random.Generator, block_id: uuid.UUID | None = None
) -> Attempt:
    """Begin a full timed mock on a freshly composed paper.

    Raises MockAlreadyOpen (also when the button was pressed twice), BankTooSmall.
    """
    with bank_as_of_now():
        blueprint = current_blueprint()
        places = shuffled(compose_mock(candidate=candidate, blueprint=blueprint, now=now, rng=rng), rng)
    if connection.vendor == "postgresql":
        attempt = _unsaved_attempt(
            candidate, blueprint, Attempt.Kind.MOCK, now, block_id=block_id, question_target=len(places)
        )
        if begin_mock(attempt, places, blueprint.minutes):
            return attempt
    return _start_mock_step_by_step(candidate, blueprint, now, places, block_id)


def _start_mock_step_by_step(
    candidate: User, blueprint: ExamBlueprint, now: datetime, places: Sequence[Place], block_id: uuid.UUID | None
) -> Attempt:
    try:
        with transaction.atomic():
            _one_start_at_a_time(candidate)
            standing = _standing_of(candidate, Attempt.Kind.MOCK)
            if standing.has_open_mock:
                _refuse_second_mock(candidate, now)
            unused = MinutesGrant.objects.filter(candidate=candidate, used_in=None)
            grant = unused.first() if standing.has_grant else None
            attempt = _new_attempt(
                candidate,
                blueprint,
                Attempt.Kind.MOCK,
                now,
                standing,
                minutes=blueprint.minutes,
                granted_minutes=grant.minutes if grant else 0,
                block_id=block_id,
                question_target=len(places),
            )
            if grant is not None:
                _take_up(grant, attempt, now)
            lay_out(attempt, places)
    except IntegrityError:
        # The constraint spoke: somebody began a mock without locking the candidate's row.
        _refuse_second_mock(candidate, now)
        raise
    return attempt


def start_sitting(
    *,
    candidate: User,
    kind: str,
    version_ids: Sequence[int],
    now: datetime,
    rng: np.random.Generator,
    focus: dict[str, Any],
    is_tutored: bool,
    question_target: int,
    deadline_minutes: int | None = None,
    block_id: uuid.UUID | None = None,
    is_adaptive: bool = False,
    stands_for: Mapping[int, int] | None = None,
) -> Attempt:
    """Begin a drill, review, diagnostic or tutorial on the given versions, in the given order.

    stands_for: by version, the question whose memory it asks for in other words.
    Raises ValueError for a mock, and for a version that is not published or not of this exam.
    """
    if kind == Attempt.Kind.MOCK:
        raise ValueError("a mock is composed, not given: start_mock")
    blueprint = current_blueprint()
    places = shuffled(given_places(blueprint, version_ids, stands_for), rng)
    with transaction.atomic():
        _one_start_at_a_time(candidate)
        attempt = _new_attempt(
            candidate,
            blueprint,
            kind,
            now,
            _standing_of(candidate, kind),
            minutes=deadline_minutes,
            block_id=block_id,
            focus=focus,
            is_tutored=is_tutored,
            is_adaptive=is_adaptive,
            question_target=question_target,
        )
        lay_out(attempt, places)
    return attempt


def start_tutorial(*, candidate: User, now: datetime, rng: np.random.Generator) -> Attempt:
    """Begin a minute's try-out of the exam room; one that is running is carried on.

    Everybody gets the same questions, so that few of the bank are given away: the first of the easiest by slug.
    Raises BankTooSmall.
    """
    running = open_attempts_of(candidate).filter(kind=Attempt.Kind.TUTORIAL).first()
    if running is not None and not running.is_out_of_time_at(now):
        return running
    drawable = {
        question.version_id for question in drawable_questions(current_blueprint(), now.date()) if not question.is_pilot
    }
    easiest_first = QuestionVersion.objects.filter(pk__in=drawable).order_by("author_level", "question__slug")
    version_ids = list(easiest_first.values_list("pk", flat=True)[:TUTORIAL_QUESTIONS])
    if len(version_ids) < TUTORIAL_QUESTIONS:
        raise BankTooSmall(f"a tutorial needs {TUTORIAL_QUESTIONS} published questions")
    return start_sitting(
        candidate=candidate,
        kind=Attempt.Kind.TUTORIAL,
        version_ids=version_ids,
        now=now,
        rng=rng,
        focus={"title": "counts for nothing"},
        is_tutored=False,
        question_target=TUTORIAL_QUESTIONS,
        deadline_minutes=TUTORIAL_MINUTES,
    )


def _refuse_second_mock(candidate: User, now: datetime) -> None:
    open_mock = open_mock_of(candidate)
    if open_mock is not None and not settle_attempt(open_mock, now).is_final:
        raise MockAlreadyOpen(open_mock)


def _one_start_at_a_time(candidate: User) -> None:
    """Two starts by one person follow each other, so the second sees the first and numbers never collide."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=candidate.pk)


@dataclass(frozen=True, slots=True)
class _Standing:
    """What a start needs to know of the candidate."""

    time_factor: Decimal
    last_number: int
    has_open_mock: bool
    has_grant: bool


def _standing_of(candidate: User, kind: str) -> _Standing:
    """Read in one query, once no other start of the candidate can come between."""
    attempts = Attempt.objects.filter(candidate=OuterRef("pk")).order_by("-number")
    open_mock = attempts.filter(kind=Attempt.Kind.MOCK, status=Attempt.Status.IN_PROGRESS)
    factor, last_number, has_open_mock, has_grant = User.objects.values_list(
        "accommodation__time_factor",
        Subquery(attempts.filter(kind=kind).values("number")[:1]),
        Exists(open_mock),
        Exists(MinutesGrant.objects.filter(candidate=OuterRef("pk"), used_in=None)),
    ).get(pk=candidate.pk)
    return _Standing(factor or Decimal(1), last_number or 0, has_open_mock, has_grant)


def _new_attempt(
    candidate: User,
    blueprint: ExamBlueprint,
    kind: str,
    now: datetime,
    standing: _Standing,
    *,
    minutes: int | None,
    granted_minutes: int = 0,
    **fields: Any,
) -> Attempt:
    """The stored attempt, still without questions. Accommodation stretches the minutes; whole ones are kept."""
    attempt = _unsaved_attempt(candidate, blueprint, kind, now, **fields)
    allowed = None if minutes is None else int(minutes * standing.time_factor) + granted_minutes
    attempt.number = standing.last_number + 1
    attempt.time_factor = standing.time_factor
    attempt.minutes_allowed = allowed
    attempt.deadline_at = None if allowed is None else attempt.started_at + timedelta(minutes=allowed)
    attempt.save(force_insert=True)
    return attempt


def _unsaved_attempt(candidate: User, blueprint: ExamBlueprint, kind: str, now: datetime, **fields: Any) -> Attempt:
    """What does not depend on other rows."""
    return Attempt(
        candidate=candidate,
        blueprint=blueprint,
        kind=kind,
        started_at=now.astimezone(UTC),  # in a zone with summer time, adding minutes would add wall-clock minutes
        scoring_rule=blueprint.scoring_rule,
        pass_percent=blueprint.pass_percent,
        **fields,
    )


def _take_up(grant: MinutesGrant, attempt: Attempt, now: datetime) -> None:
    grant.used_in = attempt
    grant.save(update_fields=["used_in"])
    AttemptChange.objects.create(
        attempt=attempt,
        kind=AttemptChange.Kind.MINUTES_GRANTED,
        minutes=grant.minutes,
        reason=grant.reason,
        changed_by=grant.granted_by,
        changed_at=now,
    )
