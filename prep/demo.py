"""Demo people with simulated histories, made through the same services that real people use."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from accounts import services as people
from accounts.models import Cohort, User
from analytics.services import analyse_candidate, count_forecast_record, count_question_statistics
from exams import services as sittings
from exams.models import Attempt, AttemptQuestion
from questions.models import Question
from study_plans import services as plans
from study_plans.models import Block

CANDIDATE, MENTOR, ADMIN = "candidate@example.com", "mentor@example.com", "admin@example.com"


@dataclass(frozen=True, slots=True)
class Learner:
    """A simulated candidate: ability in logits, its gain per mock, how many days ago the mocks were, and for how
    many days nothing was studied."""

    email: str
    name: str
    ability: float
    gain: float
    weak_domain: str
    mocks_ago: tuple[int, ...]
    exam_in: int | None
    idle_days: int = 0


LEARNERS = [
    Learner(CANDIDATE, "Amara Okafor", 0.35, 0.3, "enterprise", (16, 3), 26),
    Learner("bao.tran@example.com", "Bao Tran", -0.6, 0.1, "data", (12,), 18),
    Learner("clara.weiss@example.com", "Clara Weiss", 1.3, 0.2, "integrations", (20, 6), 40),
    Learner("dimitri.sokolov@example.com", "Dimitri Sokolov", 0.7, 0.0, "security", (25,), 12, 9),
    Learner("efua.mensah@example.com", "Efua Mensah", 0.0, 0.0, "platform", (), None),
]


def seed_demo(*, password: str, now: datetime) -> dict[str, User]:
    """The three demo people, a cohort, and its candidates with their mocks and plans; by address."""
    mentor = people.register_person(email=MENTOR, password=password, display_name="Jordan Lee")
    admin = people.register_person(email=ADMIN, password=password, display_name="Ines Duarte", is_staff=True)
    cohort = Cohort.objects.filter(mentor=mentor).first() or people.create_cohort(
        mentor=mentor, name="Heroku Architect, autumn"
    )
    found = {MENTOR: mentor, ADMIN: admin}
    for number, learner in enumerate(LEARNERS):
        found[learner.email] = _seed_learner(learner, cohort, password, now, np.random.default_rng(number))
    count_forecast_record(now=now)
    count_question_statistics(now=now)
    return found


def _seed_learner(learner: Learner, cohort: Cohort, password: str, now: datetime, rng: np.random.Generator) -> User:
    user = people.register_person(email=learner.email, password=password, display_name=learner.name)
    people.accept_invitation(
        candidate=user, token=cohort.invitation_token, shares_mocks=True, shares_plan=True, now=now
    )
    if user.attempts.exists():
        return user
    began = now - timedelta(days=learner.mocks_ago[0] + 1 if learner.mocks_ago else 0)
    _wish(user, learner, began, now)
    for sitting, days in enumerate(learner.mocks_ago):
        finished = now - timedelta(days=days)
        ability = learner.ability + learner.gain * sitting
        _sit_mock(user, ability, learner.weak_domain, finished - timedelta(hours=2), rng)
        analyse_candidate(candidate_id=user.pk, now=finished)
        until = learner.mocks_ago[sitting + 1] if sitting + 1 < len(learner.mocks_ago) else learner.idle_days
        for ago in range(days - 1, until, -1):
            _study(user, now - timedelta(days=ago), rng)
    plans.replan_missed_days(candidate=user, now=now)
    return user


def _wish(user: User, learner: Learner, began: datetime, now: datetime) -> None:
    plan = plans.create_plan(candidate=user, now=began)
    plans.change_availability(
        candidate=user,
        now=began,
        exam_on=(now + timedelta(days=learner.exam_in)).date() if learner.exam_in else None,
        exam_time=None,
        minutes_per_weekday=plan.minutes_per_weekday,
        days_off=[],
        block_minutes=plan.block_minutes,
    )


def _study(user: User, moment: datetime, rng: np.random.Generator) -> None:
    """A day of the plan: begun, and most of its reading and labs done."""
    plans.replan_missed_days(candidate=user, now=moment)
    quiet = (Block.Kind.READ, Block.Kind.LAB)
    for block in Block.objects.filter(
        plan__candidate=user, day=moment.date(), state=Block.State.PLANNED, kind__in=quiet
    ):
        if rng.random() < 0.8:
            plans.complete_block(plan_owner=user, block_id=block.pk, now=moment)


def _sit_mock(user: User, ability: float, weak_domain: str, started: datetime, rng: np.random.Generator) -> None:
    attempt = sittings.start_mock(candidate=user, now=started, rng=rng)
    seconds = 0
    places = attempt.questions.select_related("question_version__question__domain").order_by("position")
    for place in places:
        spent = int(rng.integers(35, 130))  # an hour and a half in all
        seconds += spent
        sittings.save_answer(
            attempt_id=attempt.pk,
            candidate=user,
            position=place.position,
            change=_answer(place, ability, weak_domain, spent, rng),
            now=started + timedelta(seconds=seconds),
        )
    sittings.submit_attempt(attempt_id=attempt.pk, candidate=user, now=started + timedelta(seconds=seconds + 60))


def _answer(
    place: AttemptQuestion, ability: float, weak_domain: str, spent: int, rng: np.random.Generator
) -> sittings.AnswerChange:
    """Right with the chance that ability and difficulty give; wrong choices fall on any other options."""
    question: Question = place.question_version.question
    level = ability - (0.9 if question.domain.code == weak_domain else 0.0)
    chance = question.guess_level + (1 - question.guess_level) / (1 + np.exp(question.difficulty - level))
    keys = list(place.question_version.key_ids)
    knows = bool(rng.random() < chance)
    selected = keys
    while not knows and sorted(selected) == sorted(keys):
        selected = [int(pk) for pk in rng.choice(place.option_order, size=place.select_count, replace=False)]
    sure = rng.random() < (0.75 if knows else 0.35)
    return sittings.AnswerChange(
        base_revision=0,
        save_id=uuid.UUID(bytes=rng.bytes(16), version=4),
        selected=selected,
        confidence=AttemptQuestion.Confidence.SURE if sure else AttemptQuestion.Confidence.UNSURE,
        flagged=bool(not sure and rng.random() < 0.3),
        seconds_spent=spent,
    )


def has_demo() -> bool:
    """The demo people stand and have sat their mocks."""
    return Attempt.objects.filter(candidate__email=CANDIDATE).exists() and User.objects.filter(email=ADMIN).exists()
