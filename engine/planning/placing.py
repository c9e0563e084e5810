"""Blocks with their reasons."""

from __future__ import annotations

from engine.planning.blocks import Block, Kind
from engine.planning.choosing import Choice
from engine.planning.days import Day
from engine.planning.needs import DomainNeed, PlanInput
from engine.planning.reasons import Reason, Value, Why
from engine.planning.rotation import Rotation
from engine.planning.upkeep import QUESTIONS_PER_MINUTE

FEW_ANSWERS = 3
WRONG_ENOUGH = 2
QUESTIONS_PER_DIAGNOSTIC_MINUTE = 0.6
NEAR_EXAM_DAYS = 10


def domain_named(asked: PlanInput, code: str) -> DomainNeed:
    return next(domain for domain in asked.domains if domain.code == code)


def sitting_block(asked: PlanInput, day: Day, kind: Kind, minutes: int, *, is_last: bool) -> Block:
    """A mock, rehearsal or diagnostic."""
    if kind == Kind.DIAGNOSTIC:
        count = round(minutes * QUESTIONS_PER_DIAGNOSTIC_MINUTE)
        return Block(day.on, kind, minutes, Reason(Why.NO_ANSWERS), questions=count)
    if kind == Kind.REHEARSAL:
        reason = Reason(Why.REHEARSAL)
    elif is_last and day.days_left is not None:
        reason = Reason(Why.LAST_MOCK, {"days": day.days_left})
    else:
        reason = Reason(Why.SPACED_MOCK)
    return Block(day.on, kind, minutes, reason, questions=asked.mock_questions)


def review_block(day: Day, minutes: int, count: int) -> Block:
    """Due questions, or a look back where too few are due."""
    if count < 1:
        reason = Reason(Why.RECENT)
    elif day.days_left is not None and day.days_left <= NEAR_EXAM_DAYS:
        reason = Reason(Why.DUE_BEFORE_EXAM, {"count": count})
    else:
        reason = Reason(Why.DUE, {"count": count})
    return Block(day.on, Kind.REVIEW, minutes, reason, questions=count or None)


def mistakes_block(day: Day, minutes: int, count: int, from_mock: bool) -> Block:
    reason = Reason(Why.MOCK_MISSES if from_mock else Why.OPEN_MISTAKES, {"count": count})
    return Block(day.on, Kind.MISTAKES, minutes, reason, questions=count)


def mixed_block(day: Day, minutes: int) -> Block:
    questions = round(minutes * QUESTIONS_PER_MINUTE[Kind.DRILL])
    return Block(day.on, Kind.DRILL, minutes, Reason(Why.MIXED), questions=questions)


def rest_block(day: Day, *, in_taper: bool) -> Block:
    """A day without study, and why."""
    if day.free_why is not None:
        return Block(day.on, Kind.REST, 0, day.free_why)
    if in_taper:
        return Block(day.on, Kind.REST, 0, Reason(Why.LIGHT))
    if day.minutes < 10:
        return Block(day.on, Kind.REST, 0, Reason(Why.TOO_SHORT, {"minutes": day.minutes}))
    return Block(day.on, Kind.REST, 0, Reason(Why.ENOUGH))


def topic_block(asked: PlanInput, day: Day, choice: Choice, why: str, rotation: Rotation) -> Block:
    """A block on one topic. why: `worth`, `deadline` or `share` (what chose it)."""
    topic = choice.topic
    domain = domain_named(asked, topic.domain)
    questions = round(choice.minutes * QUESTIONS_PER_MINUTE.get(choice.kind, 0.0))
    return Block(
        day.on,
        choice.kind,
        choice.minutes,
        _topic_reason(domain, day, choice, why, rotation),
        domain=domain.code,
        topic=topic.code,
        lab=choice.lab.code if choice.lab else None,
        misconception=choice.pair.code if choice.pair else None,
        questions=questions or None,
    )


def _topic_reason(domain: DomainNeed, day: Day, choice: Choice, why: str, rotation: Rotation) -> Reason:
    topic = choice.topic
    known: dict[str, Value] = {
        "topic_name": topic.name,
        "domain_name": domain.name,
        "weight": domain.weight_percent,
        "marks": round(topic.marks_to_win, 3),
    }
    if choice.pair is not None:
        pair = choice.pair
        heard: dict[str, Value] = {"pair_name": pair.name, "wrong": pair.wrong, "of": pair.answers}
        return Reason(Why.MIXED_UP, known | heard)
    if choice.opens is not None:
        return Reason(Why.FOUNDATION, known | {"later_name": choice.opens.name})
    if choice.kind == Kind.LAB:
        return Reason(Why.PRACTICE, known)
    waited = rotation.waited(topic.domain, day.on)
    if why == "deadline" and waited:
        return Reason(Why.KEEP_WARM, known | {"days": waited})
    if why == "share":
        return Reason(Why.FAIR_SHARE, known)
    if choice.kind == Kind.READ:
        return Reason(Why.UNREAD, known)
    if choice.days_since:
        return Reason(Why.AGAIN, known | {"days": choice.days_since})
    if topic.wrong_lately >= WRONG_ENOUGH:
        heard = {"wrong": topic.wrong_lately, "of": topic.answers_lately}
        return Reason(Why.WRONG_LATELY, known | heard)
    if topic.answers < FEW_ANSWERS:
        return Reason(Why.FEW_ANSWERS, known | {"answers": topic.answers})
    return Reason(Why.MOST_TO_WIN, known)
