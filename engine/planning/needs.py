"""What the planner is told: needs, time, what was done, what is pinned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from graphlib import CycleError, TopologicalSorter

from engine.planning.blocks import Block


@dataclass(frozen=True, slots=True)
class DomainNeed:
    """One domain of the blueprint, and where the candidate stands in it (percent, 5–95% range)."""

    code: str
    name: str
    weight_percent: float
    expected_percent: float | None = None
    low_percent: float | None = None
    high_percent: float | None = None
    answers: int = 0
    last_studied_on: date | None = None


@dataclass(frozen=True, slots=True)
class TopicNeed:
    """How much a topic needs study.

    marks_to_win:       exam marks of 100 still to be won here: weight × E[(target − mastery)⁺].
    weakness:           0 (95% expected) … 100 (guessing).
    uncertainty:        standard deviation of the mastery, 0…1.
    answers:            answers behind the estimate; wrong_lately of answers_lately for the wording.
    foundations:        codes of topics to meet before this one; unknown codes are ignored.
    studied_on:         last day with a finished block on the topic.
    studied_minutes:    minutes of all finished blocks on the topic: what is left after many minutes goes slower.
    unmeasured_minutes: those of them that no answer has measured yet (an answer measures some six minutes).
    """

    code: str
    name: str
    domain: str
    marks_to_win: float
    weakness: float
    uncertainty: float = 0.0
    answers: int = 0
    wrong_lately: int = 0
    answers_lately: int = 0
    foundations: tuple[str, ...] = ()
    notes_read: bool = False
    studied_on: date | None = None
    studied_minutes: float = 0.0
    unmeasured_minutes: float = 0.0

    @property
    def is_familiar(self) -> bool:
        """Not new: read, studied or at least once asked about."""
        return self.notes_read or self.studied_on is not None or self.answers > 0

    @property
    def is_grounded(self) -> bool:
        """Firm enough to build on: read, studied, or shown by three answers to be no weakness."""
        studied = self.notes_read or self.studied_on is not None
        return studied or (self.answers >= 3 and self.weakness <= 35)


@dataclass(frozen=True, slots=True)
class LabOffer:
    """A hands-on lab that is not done yet."""

    code: str
    name: str
    topic: str
    minutes: int


@dataclass(frozen=True, slots=True)
class ConfusionPair:
    """Two things the candidate takes for one another: wrong on `wrong` of `answers` questions."""

    code: str
    name: str
    topic: str
    wrong: int
    answers: int


@dataclass(frozen=True, slots=True)
class DoneDay:
    """What was really done on one day: all minutes, and those that named a domain.

    Full sittings belong in `minutes` and in `PlanInput.last_mock_on`, not in `by_domain`.
    """

    day: date
    minutes: float
    by_domain: Mapping[str, float] = field(default_factory=dict)
    reviewed: bool = False


@dataclass(frozen=True, slots=True)
class PlanInput:
    """Everything a plan follows from. The same input gives the same plan.

    minutes_per_weekday: seven whole numbers, Monday first.
    minutes_on:          minutes of single dates, instead of their weekday's.
    reviews_due:         questions that fall due, per date; dates before `today` count as today.
    open_mistakes:       misses not yet gone through.
    done:                days with study before or on `today`; eight days back are enough.
    previous:            the blocks of the plan so far; blocks stay on their day unless it pays.
    pinned:              blocks that stay as they are, from today on.
    """

    today: date
    domains: Sequence[DomainNeed]
    topics: Sequence[TopicNeed]
    minutes_per_weekday: Sequence[int]
    exam_on: date | None = None
    minutes_on: Mapping[date, int] = field(default_factory=dict)
    days_off: frozenset[date] = frozenset()
    block_minutes: int = 30
    mock_minutes: int = 105
    mock_questions: int = 60
    labs: Sequence[LabOffer] = ()
    pairs: Sequence[ConfusionPair] = ()
    reviews_due: Mapping[date, int] = field(default_factory=dict)
    open_mistakes: int = 0
    last_mock_on: date | None = None
    done: Sequence[DoneDay] = ()
    previous: Sequence[Block] = ()
    pinned: Sequence[Block] = ()

    @property
    def has_answers(self) -> bool:
        return self.last_mock_on is not None or any(topic.answers for topic in self.topics)


def study_order(topics: Sequence[TopicNeed]) -> list[str]:
    """Topic codes, foundations first.

    Raises ValueError if the foundations form a circle.
    """
    known = {topic.code for topic in topics}
    graph = {topic.code: [f for f in topic.foundations if f in known] for topic in topics}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise ValueError(f"Foundations form a circle: {' → '.join(error.args[1])}.") from None


def check_input(asked: PlanInput) -> None:
    """Raise ValueError, naming the field, if a plan cannot follow from this input."""
    if len(asked.minutes_per_weekday) != 7:
        raise ValueError("minutes_per_weekday: seven numbers are needed, Monday first.")
    if any(not 0 <= minutes <= 1440 for minutes in asked.minutes_per_weekday):
        raise ValueError("minutes_per_weekday: a day has 0 to 1440 minutes.")
    if any(not 0 <= minutes <= 1440 for minutes in asked.minutes_on.values()):
        raise ValueError("minutes_on: a day has 0 to 1440 minutes.")
    if asked.block_minutes < 10:
        raise ValueError("block_minutes: a block has at least 10 minutes.")
    if asked.mock_minutes < 10:
        raise ValueError("mock_minutes: a mock has at least 10 minutes.")
    if asked.exam_on is not None and asked.exam_on < asked.today:
        raise ValueError("exam_on: the exam day is over.")
    codes = [topic.code for topic in asked.topics]
    if len(set(codes)) != len(codes):
        raise ValueError("topics: a topic is named twice.")
    homeless = {topic.domain for topic in asked.topics} - {domain.code for domain in asked.domains}
    if homeless:
        raise ValueError(f"topics: unknown domain {', '.join(sorted(homeless))}.")
    if any(topic.marks_to_win < 0 for topic in asked.topics):
        raise ValueError("topics: marks to win are never negative.")
    study_order(asked.topics)
