"""What the plan before held, so that blocks stay where they were unless moving them pays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from engine.planning.blocks import Block, Kind

SOON_DAYS = 7


class PlanBefore:
    """The previous plan, by day."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._topics: dict[date, dict[str, Block]] = {}
        self._reviews = {block.day: block.minutes for block in blocks if block.kind == Kind.REVIEW}
        self._days = {block.day for block in blocks}
        for block in blocks:
            if block.topic is not None:
                self._topics.setdefault(block.day, {}).setdefault(block.topic, block)

    def topics_on(self, day: date) -> Mapping[str, Block]:
        """The first block of each topic on a day."""
        return self._topics.get(day, {})

    def topics_soon(self, day: date) -> set[str]:
        """Topics with a block in the SOON_DAYS after a day."""
        if not self._topics:
            return set()
        ahead = (day + timedelta(days=count) for count in range(1, SOON_DAYS + 1))
        return {code for later in ahead for code in self.topics_on(later)}

    def review_minutes(self, day: date) -> int | None:
        """Minutes of the day's review, 0 if it had none, None if the plan did not cover the day."""
        return self._reviews.get(day, 0) if day in self._days else None
