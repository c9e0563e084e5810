"""What changed between two plans, and why, in one sentence each.

Blocks are matched by identity (kind, domain, topic, lab, misconception): first those that kept their
day, then the rest in order of date. Reviews and days of rest are not compared: they follow from what
is due and what is free. Without an exam day, blocks beyond the last day of the plan before are not
news either; the window has moved on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from engine.planning.because import NAMES_TOPIC, WORDS, Because
from engine.planning.blocks import Block, Kind
from engine.planning.explaining import Explainer
from engine.planning.needs import PlanInput
from engine.planning.reasons import Value, count_words, day_words


class ChangeKind(StrEnum):
    """What happened to a block."""

    ADDED = "added"
    MOVED = "moved"
    DROPPED = "dropped"
    LONGER = "longer"
    SHORTER = "shorter"


KIND_WORDS: Mapping[Kind, str] = {
    Kind.READ: "reading",
    Kind.DRILL: "drill",
    Kind.CONTRAST_DRILL: "contrast drill",
    Kind.LAB: "lab",
}
MIXED_WORDS: Mapping[Kind, str] = {
    Kind.DRILL: "Mixed drill",
    Kind.MISTAKES: "Review of mistakes",
    Kind.MOCK: "Mock exam",
    Kind.REHEARSAL: "Rehearsal",
    Kind.DIAGNOSTIC: "Diagnostic",
    Kind.REVIEW: "Review",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One block that came, went, moved or changed its length. A moved block may also have another length."""

    kind: ChangeKind
    before: Block | None
    after: Block | None
    because: Because
    values: Mapping[str, Value]
    name: str
    domain_name: str
    today: date

    @property
    def reason(self) -> str:
        """The words after the colon, without a full stop."""
        return WORDS[self.because](self.values)

    @property
    def words(self) -> str:
        """One sentence: what happened, and why."""
        named = self.name
        block = self.after or self.before
        if self.because in NAMES_TOPIC and block is not None and block.kind in KIND_WORDS:
            named = f"{self.domain_name} {KIND_WORDS[block.kind]}"
        return f"{named} {self._happened()}: {self.reason}."

    def _happened(self) -> str:
        before, after = self.before, self.after
        if self.kind == ChangeKind.ADDED and after is not None:
            return f"added {on_day(after.day, self.today)}, {after.minutes} min"
        if self.kind == ChangeKind.MOVED and after is not None:
            return f"moved to {near_day(after.day, self.today)}"
        if before is None or after is None:
            return "dropped"
        how = "longer" if after.minutes > before.minutes else "shorter"
        return f"{how} {on_day(after.day, self.today)}, {after.minutes} min instead of {before.minutes}"


def near_day(day: date, today: date) -> str:
    """'today', 'Tuesday' within a week, else 'Tuesday 8 December'."""
    ahead = (day - today).days
    if ahead == 0:
        return "today"
    return f"{day:%A}" if -7 < ahead < 7 else day_words(day)


def on_day(day: date, today: date) -> str:
    """'today', 'on Tuesday'."""
    return near_day(day, today) if day == today else f"on {near_day(day, today)}"


def changes(
    before: Sequence[Block],
    after: Sequence[Block],
    *,
    asked: PlanInput,
    asked_before: PlanInput | None = None,
) -> tuple[Change, ...]:
    """The changes from one plan to the next, by day.

    before: blocks of the old plan that were not finished; those before today were missed.
    after:  blocks of the new plan.
    asked:  what the new plan follows from; asked_before what the old one did, if known.
    """
    old = [block for block in before if _is_compared(block)]
    new = [block for block in after if _is_compared(block)]
    if asked.exam_on is None and old:
        horizon = max(block.day for block in before)
        new = [block for block in new if block.day <= horizon]
    pairs = match(old, new)
    explain = Explainer(pairs, asked, asked_before)
    found = []
    for one, other in pairs:
        kind = kind_of_change(one, other)
        if kind is None:
            continue
        because, values = explain.why(one, other)
        block = other or one
        assert block is not None
        found.append(
            Change(kind, one, other, because, values, block_name(block, asked), explain.domain_name(block), asked.today)
        )
    return tuple(sorted(found, key=_in_order))


def _is_compared(block: Block) -> bool:
    return block.kind not in (Kind.REST, Kind.REVIEW)


def _in_order(change: Change) -> tuple[date, int, str]:
    block = change.after or change.before
    assert block is not None
    return (block.day, list(ChangeKind).index(change.kind), change.name)


def kind_of_change(before: Block | None, after: Block | None) -> ChangeKind | None:
    if before is None:
        return ChangeKind.ADDED
    if after is None:
        return ChangeKind.DROPPED
    if before.day != after.day:
        return ChangeKind.MOVED
    if before.minutes != after.minutes:
        return ChangeKind.LONGER if after.minutes > before.minutes else ChangeKind.SHORTER
    return None


def match(before: Sequence[Block], after: Sequence[Block]) -> list[tuple[Block | None, Block | None]]:
    """Pairs of the same block before and after; one side is None where it came or went."""
    old: dict[object, list[Block]] = defaultdict(list)
    new: dict[object, list[Block]] = defaultdict(list)
    for block in sorted(before, key=lambda block: block.day):
        old[block.identity].append(block)
    for block in sorted(after, key=lambda block: block.day):
        new[block.identity].append(block)
    pairs: list[tuple[Block | None, Block | None]] = []
    for identity in dict.fromkeys([*old, *new]):
        ones, others = old[identity], new[identity]
        days = {block.day for block in ones} & {block.day for block in others}
        for day in sorted(days):
            pairs.append((_take(ones, day), _take(others, day)))
        length = max(len(ones), len(others))
        padded = [[*side, *[None] * (length - len(side))] for side in (ones, others)]
        pairs.extend(zip(*padded, strict=True))
    return pairs


def _take(blocks: list[Block], day: date) -> Block:
    at = next(at for at, block in enumerate(blocks) if block.day == day)
    return blocks.pop(at)


def block_name(block: Block, asked: PlanInput) -> str:
    """'Kafka on Heroku drill', 'Attach a follower lab', 'Mock exam'."""
    if block.topic is None:
        return MIXED_WORDS.get(block.kind, "Block")
    name = next((topic.name for topic in asked.topics if topic.code == block.topic), block.topic)
    if block.lab is not None:
        name = next((lab.name for lab in asked.labs if lab.code == block.lab), name)
    if block.misconception is not None:
        name = next((pair.name for pair in asked.pairs if pair.code == block.misconception), name)
    return f"{name} {KIND_WORDS.get(block.kind, block.kind.value)}"


def summary(found: Sequence[Change]) -> str:
    """'2 blocks added, 3 moved and 1 dropped: Add-ons and Elements drill.' Dropped ones always by name."""
    if not found:
        return "Nothing changed."
    counts = [(kind, sum(change.kind == kind for change in found)) for kind in ChangeKind]
    parts = [(kind, count) for kind, count in counts if count]
    parts.sort(key=lambda part: part[0] == ChangeKind.DROPPED)
    said = [f"{count} {kind.value}" for kind, count in parts]
    first_kind, first_count = parts[0]
    said[0] = f"{count_words(first_count, 'block')} {first_kind.value}"
    line = said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
    dropped = [change.name for change in found if change.kind == ChangeKind.DROPPED]
    return f"{line}: {', '.join(dict.fromkeys(dropped))}." if dropped else f"{line}."
