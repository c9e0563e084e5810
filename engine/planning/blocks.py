"""What a plan is made of: blocks, what is left out, and the plan itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from engine.planning.reasons import Reason


class Kind(StrEnum):
    """What a block asks the candidate to do."""

    READ = "read"
    DRILL = "drill"
    CONTRAST_DRILL = "contrast_drill"
    REVIEW = "review"
    MISTAKES = "mistakes"
    LAB = "lab"
    MOCK = "mock"
    REHEARSAL = "rehearsal"
    DIAGNOSTIC = "diagnostic"
    REST = "rest"


TOPIC_KINDS = frozenset({Kind.READ, Kind.DRILL, Kind.CONTRAST_DRILL, Kind.LAB})
FULL_SITTINGS = frozenset({Kind.MOCK, Kind.REHEARSAL})

Identity = tuple[Kind, str | None, str | None, str | None, str | None]


@dataclass(frozen=True, slots=True)
class Block:
    """One planned piece of study on one local date.

    A drill without a domain mixes all domains. A rest block has 0 minutes and says why the day is
    free. `questions` is how many questions the block asks for, where it asks for any.
    """

    day: date
    kind: Kind
    minutes: int
    reason: Reason
    domain: str | None = None
    topic: str | None = None
    lab: str | None = None
    misconception: str | None = None
    questions: int | None = None
    pinned: bool = False

    @property
    def identity(self) -> Identity:
        """What makes it the same block on another day or with other minutes."""
        return (self.kind, self.domain, self.topic, self.lab, self.misconception)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that the time does not allow, by name, and what that costs.

    what:       `topic`, `lab`, `contrast`, `mock`, `reviews` or `domain`.
    cost_marks: expected marks of 100 that are not won because of it; 0 where it only comes later.
    """

    what: str
    code: str
    name: str
    cost_marks: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class Plan:
    """Blocks in order of day and, within a day, in the order to do them.

    expected_gain:  marks of 100 that following the plan should win by its last day.
    marks_left_out: marks of 100 that more time would win on top; 0 without an exam day.
    target_minutes: minutes per domain that need alone would ask for, of those spent on topics.
    taper_from:     first day of falling load, if the exam day is known and near enough.
    """

    today: date
    exam_on: date | None
    last_day: date | None
    blocks: tuple[Block, ...]
    left_out: tuple[LeftOut, ...] = ()
    expected_gain: float = 0.0
    marks_left_out: float = 0.0
    target_minutes: Mapping[str, float] = field(default_factory=dict)
    taper_from: date | None = None

    def on(self, day: date) -> tuple[Block, ...]:
        """The blocks of one day, in order."""
        return tuple(block for block in self.blocks if block.day == day)

    def minutes_on(self, day: date) -> int:
        return sum(block.minutes for block in self.blocks if block.day == day)


def minutes_by_domain(blocks: Sequence[Block]) -> dict[str, int]:
    """Minutes of the blocks that name a domain; mixed blocks are not shared out."""
    minutes: dict[str, int] = {}
    for block in blocks:
        if block.domain is not None:
            minutes[block.domain] = minutes.get(block.domain, 0) + block.minutes
    return minutes
