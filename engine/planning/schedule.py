"""Fills the days of a plan, one after the other.

Each day, in this order: what is pinned; a full sitting or the diagnostic; the review of due
questions; mistakes; then topics, best first, as the rotation and the foundations allow; what no
topic may fill, a mixed drill fills. A day with nothing in it holds one rest block that says why.

Minutes rule: the blocks of a day never take more than the day's minutes. If pinned blocks take as
much or more, nothing is added to them.

Taper rule: from `taper_from` on, unpinned minutes fall from study day to study day (never more than
the day before, and never more than a falling share of a usual day; only the mock that opens the
taper may exceed it), no topic is studied that was not met before, no notes are read for the first
time, no lab begins, and the eve is rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from engine.planning.blocks import FULL_SITTINGS, Block, Kind
from engine.planning.choosing import Choice, Curriculum, Search, choose
from engine.planning.days import (
    SHORTEST_BLOCK,
    SHORTEST_REVIEW,
    Day,
    pinned_minutes,
    round_down,
    taper_ceiling,
)
from engine.planning.learning import HALF_MINUTES, Progress
from engine.planning.needs import PlanInput
from engine.planning.placing import (
    mistakes_block,
    mixed_block,
    rest_block,
    review_block,
    sitting_block,
    topic_block,
)
from engine.planning.rotation import Rotation, most_domains_a_day
from engine.planning.sittings import DIAGNOSTIC_MINUTES
from engine.planning.steadiness import PlanBefore
from engine.planning.upkeep import Upkeep, expected_misses

MOST_MISTAKES_SHARE = 0.6
MOST_MIXED_MINUTES = 60
MIXED_WORTH = 1.0  # marks an hour, were they all in one topic


class Schedule:
    """The state that moves along while days are filled."""

    def __init__(
        self,
        asked: PlanInput,
        days: Sequence[Day],
        sittings: Mapping[date, Kind],
        taper_from: date | None,
    ) -> None:
        self.asked = asked
        self.days = days
        self.sittings = sittings
        self.taper_from = taper_from
        self.ceiling = taper_ceiling(days, taper_from)
        self.taper_last: int | None = None
        self.progress = Progress(asked)
        self.curriculum = Curriculum(asked)
        self.upkeep = Upkeep(asked)
        self.pins = pinned_minutes(asked)
        self.room = {day.on: self._room(day) for day in days}
        self.rotation = Rotation(asked, {on: self._slots(free) for on, free in self.room.items()})
        self.before = PlanBefore(asked.previous)
        self.blocks: list[Block] = []

    def _in_taper(self, on: date) -> bool:
        return self.taper_from is not None and on >= self.taper_from

    def _room(self, day: Day) -> int:
        """Minutes for reviews and topics on a day, before it is filled."""
        free = day.minutes - self.pins.get(day.on, 0)
        sitting = self.sittings.get(day.on)
        if sitting in FULL_SITTINGS:
            free = 0 if self._in_taper(day.on) else free - self.asked.mock_minutes
        elif self._in_taper(day.on):
            free = min(free, self.ceiling.get(day.on, 0) - self.pins.get(day.on, 0))
        if sitting == Kind.DIAGNOSTIC:
            free -= DIAGNOSTIC_MINUTES
        return max(round_down(free), 0)

    def _slots(self, free: int) -> int:
        length = max(SHORTEST_BLOCK, self.asked.block_minutes // 2)
        most = most_domains_a_day(len({topic.domain for topic in self.asked.topics}))
        return min(max(free - SHORTEST_REVIEW, 0) // length, most)

    def fill(self) -> tuple[Block, ...]:
        """Fill all days; the blocks, with pinned ones beyond the last day at the end."""
        for number, day in enumerate(self.days):
            if number:
                self.progress.pass_day()
            self._fill_day(number, day)
        covered = {day.on for day in self.days}
        beyond = [block for block in self.asked.pinned if block.day >= self.asked.today and block.day not in covered]
        return (*self.blocks, *sorted(beyond, key=lambda block: block.day))

    def _fill_day(self, number: int, day: Day) -> None:
        pinned = [block for block in self.asked.pinned if block.day == day.on]
        self.upkeep.open_day(day.on)
        for block in pinned:
            self._account(block)
        free = self._free(day, pinned)
        start = len(self.blocks)
        free = self._place_sitting(day, free)
        opening = self.blocks[start:]
        if not (self._in_taper(day.on) and any(b.kind in FULL_SITTINGS for b in opening)):
            free = self._place_upkeep(day, number, free, pinned)
            self._place_topics(day, free, [*pinned, *self.blocks[start:]])
        planned = self.blocks[start:]
        if not planned and not pinned:
            planned = [self._rest(day)]
        self.blocks[start:] = _in_order(pinned, planned)
        self._close_day(day, self.blocks[start:])

    def _free(self, day: Day, pinned: Sequence[Block]) -> int:
        taken = sum(block.minutes for block in pinned)
        free = day.minutes - taken
        if self._in_taper(day.on) and self.sittings.get(day.on) not in FULL_SITTINGS:
            most = self.ceiling.get(day.on, 0)
            if self.taper_last is not None:
                most = min(most, self.taper_last)
            free = min(free, most - taken)
        return max(round_down(free), 0)

    def _place_sitting(self, day: Day, free: int) -> int:
        kind = self.sittings.get(day.on)
        if kind is None:
            return free
        most = DIAGNOSTIC_MINUTES if kind == Kind.DIAGNOSTIC else self.asked.mock_minutes
        minutes = min(most, free)
        is_last = self._in_taper(day.on)
        self._place(sitting_block(self.asked, day, kind, minutes, is_last=is_last))
        return free - minutes

    def _place_upkeep(self, day: Day, number: int, free: int, pinned: Sequence[Block]) -> int:
        reviewed = any(block.kind == Kind.REVIEW for block in pinned)
        minutes = (
            0
            if reviewed
            else self.upkeep.review_minutes(free, self._next_has_room(number), self.before.review_minutes(day.on))
        )
        if minutes:
            count = self.upkeep.review(minutes)
            self._place(review_block(day, minutes, count))
            free -= minutes
        sat_today = self.sittings.get(day.on) is not None
        minutes = self.upkeep.mistakes_minutes(round_down(MOST_MISTAKES_SHARE * free))
        if minutes and not sat_today:
            block = mistakes_block(day, minutes, round(self.upkeep.misses), self.upkeep.from_mock)
            self.upkeep.misses = 0.0
            self._place(block)
            free -= minutes
        return free

    def _next_has_room(self, number: int) -> bool:
        """Whether the next study day can hold a review."""
        for day in self.days[number + 1 :]:
            if day.minutes or self.pins.get(day.on):
                return self.room[day.on] >= SHORTEST_REVIEW
        return True

    def _place_topics(self, day: Day, free: int, placed: Sequence[Block]) -> None:
        in_taper = self._in_taper(day.on)
        able = self.curriculum.able_domains(in_taper)
        domains = {block.domain for block in placed if block.domain is not None}
        domains |= self._done_today(day)
        topics = {block.topic for block in placed if block.topic is not None}
        required = self.rotation.required(day.on, (able & self.rotation.allowed(day.on, ())) - domains)
        while free >= SHORTEST_BLOCK:
            allowed = self.rotation.allowed(day.on, domains)
            required = [code for code in required if code in allowed and code not in domains]
            choice, why = self._choose(day, free, allowed, topics, required, able)
            if choice is None:
                break
            block = topic_block(self.asked, day, choice, why, self.rotation)
            self._place(block)
            free -= block.minutes
            domains.add(choice.topic.domain)
            topics.add(choice.topic.code)
            required = [code for code in required if code not in domains]
        if free >= SHORTEST_BLOCK and self._mixed_is_worth_it():
            self._place(mixed_block(day, min(free, MOST_MIXED_MINUTES)))

    def _choose(
        self,
        day: Day,
        free: int,
        allowed: set[str],
        topics: set[str],
        required: Sequence[str],
        able: set[str],
    ) -> tuple[Choice | None, str]:
        """The next block, and whether worth, a deadline or a fair share chose it."""
        length = block_length(free, self.asked.block_minutes)
        before, soon = self.before.topics_on(day.on), self.before.topics_soon(day.on)
        in_taper = self._in_taper(day.on)

        def search(domains: set[str], minutes: int, must: bool) -> Choice | None:
            return choose(
                self.curriculum,
                self.progress,
                Search(day.on, domains, topics, in_taper, free, minutes, before, soon, must),
            )

        if required:
            shared = max(SHORTEST_BLOCK, min(length, round_down(free / len(required))))
            choice = search({required[0]}, shared, True)
            if choice is not None:
                return choice, "deadline"
        short = self.rotation.short_of_share(allowed & able, length)
        if short is not None:
            choice = search({short}, length, True)
            if choice is not None:
                return choice, "share"
        return search(allowed, length, False), "worth"

    def _mixed_is_worth_it(self) -> bool:
        """A mixed drill fills what the rules keep from topics, not what needs leave free."""
        marks_an_hour = self.progress.to_win * 60.0 / HALF_MINUTES
        return marks_an_hour > MIXED_WORTH

    def _done_today(self, day: Day) -> set[str]:
        return {
            code
            for done in self.asked.done
            if done.day == day.on
            for code, minutes in done.by_domain.items()
            if minutes > 0
        }

    def _rest(self, day: Day) -> Block:
        return rest_block(day, in_taper=self._in_taper(day.on))

    def _place(self, block: Block) -> None:
        self.blocks.append(block)
        self._account(block)

    def _account(self, block: Block) -> None:
        """Let a block of the plan work on everything that later days follow from."""
        if block.kind == Kind.REST:
            return
        if block.topic is not None:
            self.progress.study(block.topic, block.minutes, block.kind, block.day)
            self.curriculum.meet(block)
        else:
            self.progress.spread(block.minutes, block.kind)
        if block.domain is not None:
            self.rotation.touch(block.domain, block.minutes, block.day)
        self.upkeep.answer(block.kind, block.minutes, block.day)

    def _close_day(self, day: Day, blocks: Sequence[Block]) -> None:
        minutes = sum(block.minutes for block in blocks)
        if any(block.kind in FULL_SITTINGS for block in blocks):
            self.upkeep.misses += expected_misses(self.asked)
            self.upkeep.from_mock = True
        done = [d for d in self.asked.done if d.day == day.on and d.minutes > 0]
        if minutes or done:
            domains = {block.domain for block in blocks if block.domain is not None and block.minutes}
            self.rotation.close_day(domains | self._done_today(day))
            self.upkeep.close_day(any(block.kind == Kind.REVIEW for block in blocks))
        if self._in_taper(day.on) and minutes:
            own = sum(block.minutes for block in blocks if not block.pinned)
            last = self.taper_last
            self.taper_last = (own or minutes) if last is None else min(last, own or last)


def block_length(free: int, preferred: int) -> int:
    """Minutes of the next block: as preferred, or all that is left if the rest were too short."""
    preferred = max(round_down(preferred), SHORTEST_BLOCK)
    if free < preferred + SHORTEST_BLOCK:
        return free
    return preferred


_PLACE = {
    Kind.MOCK: 0,
    Kind.REHEARSAL: 0,
    Kind.DIAGNOSTIC: 0,
    Kind.REVIEW: 1,
    Kind.MISTAKES: 2,
}


def _in_order(pinned: Sequence[Block], planned: Sequence[Block]) -> list[Block]:
    """Full sittings, review, mistakes, then topics; pinned before planned of the same sort."""
    return sorted([*pinned, *planned], key=lambda block: _PLACE.get(block.kind, 3))
