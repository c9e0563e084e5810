"""Matching the blocks of two plans: which stay, move, grow, shrink, come and go. Pure: no rows, no clock."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

Before = TypeVar("Before")
After = TypeVar("After")


@dataclass(frozen=True, slots=True)
class Match(Generic[Before, After]):
    """The same block in two plans. `before` is None for a new one, `after` for one that went."""

    before: Before | None
    after: After | None


def match_blocks(
    before: Sequence[Before],
    after: Sequence[After],
    *,
    identity_before: Callable[[Before], Hashable],
    identity_after: Callable[[After], Hashable],
    day_before: Callable[[Before], date],
    day_after: Callable[[After], date],
) -> list[Match[Before, After]]:
    """Pair blocks that ask for the same thing.

    A block that stays on its day is matched first; of the others each takes the nearest day that is left, earlier
    ones first. Both sequences are in order of day. Every block of both sides is in exactly one match.
    """
    old: dict[Hashable, list[Before]] = defaultdict(list)
    new: dict[Hashable, list[After]] = defaultdict(list)
    for one in before:
        old[identity_before(one)].append(one)
    for other in after:
        new[identity_after(other)].append(other)
    matches: list[Match[Before, After]] = []
    for identity in dict.fromkeys([*old, *new]):
        matches += _match_alike(old[identity], new[identity], day_before, day_after)
    return matches


def _match_alike(
    old: list[Before],
    new: list[After],
    day_before: Callable[[Before], date],
    day_after: Callable[[After], date],
) -> Iterable[Match[Before, After]]:
    left = list(new)
    moved: list[Before] = []
    for one in old:
        same = next((other for other in left if day_after(other) == day_before(one)), None)
        if same is None:
            moved.append(one)
        else:
            left.remove(same)
            yield Match(one, same)
    for one in moved:
        nearest = min(left, key=lambda other: abs((day_after(other) - day_before(one)).days), default=None)
        if nearest is not None:
            left.remove(nearest)
        yield Match(one, nearest)
    for other in left:
        yield Match(None, other)
