"""Finds the one reason for each change, the most telling first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from engine.planning.because import Because
from engine.planning.blocks import FULL_SITTINGS, Block, Kind
from engine.planning.days import LAST_MOCK_WINDOW, calendar
from engine.planning.needs import DomainNeed, PlanInput, TopicNeed
from engine.planning.reasons import Value, Why, day_words

CLEARLY = 1.1  # a need changed if it is this many times what it was
STRONG_WEAKNESS = 25
Explanation = tuple[Because, dict[str, Value]]


class Explainer:
    """Knows both plans and what they followed from."""

    def __init__(
        self,
        pairs: Sequence[tuple[Block | None, Block | None]],
        asked: PlanInput,
        asked_before: PlanInput | None,
    ) -> None:
        self.asked = asked
        self.before = asked_before
        self.domains = {domain.code: domain for domain in asked.domains}
        self.topics = {topic.code: topic for topic in asked.topics}
        self.topics_before = {t.code: t for t in asked_before.topics} if asked_before else {}
        self.minutes = {day.on: day.minutes for day in calendar(asked)}
        self.minutes_before = {d.on: d.minutes for d in calendar(asked_before)} if asked_before else {}
        self.came: dict[date, list[Block]] = defaultdict(list)
        self.went: dict[date, list[Block]] = defaultdict(list)
        self.named: dict[date, set[str]] = defaultdict(set)
        for one, other in pairs:
            if other is not None:
                if other.domain is not None:
                    self.named[other.day].add(other.domain)
                if one is None or one.day != other.day:
                    self.came[other.day].append(other)
            if one is not None and (other is None or one.day != other.day):
                self.went[one.day].append(one)

    def domain_name(self, block: Block) -> str:
        domain = self.domains.get(block.domain or "")
        return domain.name if domain else ""

    def why(self, before: Block | None, after: Block | None) -> Explanation:
        """The reason for a change; exactly one side may be None."""
        steps = (
            self._pinned,
            self._time,
            self._missed,
            self._finished,
            self._not_about_topics,
            self._confusion,
            self._need,
            self._foundation,
            self._rules,
        )
        for step in steps:
            found = step(before, after)
            if found is not None:
                return found
        return self._room(before, after)

    def _values(self, block: Block) -> dict[str, Value]:
        values: dict[str, Value] = {}
        domain = self.domains.get(block.domain or "")
        if domain is not None:
            values |= {"domain_name": domain.name, "weight": domain.weight_percent}
        topic = self.topics.get(block.topic or "")
        if topic is not None:
            values |= {"topic_name": topic.name, "marks": round(topic.marks_to_win, 3)}
        return values

    def _pinned(self, before: Block | None, after: Block | None) -> Explanation | None:
        if after is not None and after.pinned:
            return Because.PINNED, {}
        if before is not None and before.pinned and after is None:
            return Because.UNPINNED, {}
        return None

    def _time(self, before: Block | None, after: Block | None) -> Explanation | None:
        """The day it left has less time, or the day it came to has more; or the exam has moved."""
        if self.before is None:
            return None
        if before is not None and before.day >= self.asked.today:
            was, now = self.minutes_before.get(before.day, 0), self.minutes.get(before.day, 0)
            values: dict[str, Value] = {
                "day": day_words(before.day),
                "minutes": now,
                "minutes_before": was,
            }
            beyond = self.asked.exam_on is not None and before.day >= self.asked.exam_on
            if self.before.exam_on != self.asked.exam_on and (beyond or now < was):
                return Because.EXAM_MOVED, {}
            if now == 0 < was:
                return Because.DAY_OFF, values
            if now < was:
                return Because.LESS_TIME, values
        if after is not None and (before is None or before.minutes < after.minutes):
            was, now = self.minutes_before.get(after.day, -1), self.minutes.get(after.day, 0)
            if 0 <= was < now:
                day = day_words(after.day)
                return Because.MORE_TIME, {"day": day, "minutes": now, "minutes_before": was}
        if self.before.exam_on != self.asked.exam_on:
            return Because.EXAM_MOVED, {}
        return None

    def _missed(self, before: Block | None, after: Block | None) -> Explanation | None:
        if before is not None and before.day < self.asked.today:
            return Because.MISSED, {"day": day_words(before.day)}
        return None

    def _finished(self, before: Block | None, after: Block | None) -> Explanation | None:
        if before is None or after is not None:
            return None
        topic = self.topics.get(before.topic or "")
        read = before.kind == Kind.READ and topic is not None and topic.notes_read
        offered = {lab.code for lab in self.asked.labs}
        return (Because.DONE, {}) if read or (before.lab and before.lab not in offered) else None

    def _not_about_topics(self, before: Block | None, after: Block | None) -> Explanation | None:
        block = after or before
        if block is None or block.topic is not None:
            return None
        if block.kind in FULL_SITTINGS or block.kind == Kind.DIAGNOSTIC:
            return Because.SITTING, {}
        return (Because.MISTAKES, {}) if block.kind == Kind.MISTAKES else None

    def _confusion(self, before: Block | None, after: Block | None) -> Explanation | None:
        if after is None or after.misconception is None:
            return None
        pair = next((p for p in self.asked.pairs if p.code == after.misconception), None)
        if pair is None:
            return None
        return Because.MIXED_UP, {"pair_name": pair.name, "wrong": pair.wrong, "of": pair.answers}

    def _need(self, before: Block | None, after: Block | None) -> Explanation | None:
        """The topic's need rose and it came sooner or grew; or it fell and it went, waits or shrank."""
        block = after or before
        if block is None or block.topic is None:
            return None
        now, was = self.topics.get(block.topic), self.topics_before.get(block.topic)
        if now is None or was is None:
            return None
        values = self._values(block) | {"marks_before": round(was.marks_to_win, 3)}
        more = before is None or (after is not None and _is_more(before, after))
        if more and now.marks_to_win > CLEARLY * was.marks_to_win + 0.02:
            if now.wrong_lately >= 2:
                heard: dict[str, Value] = {"wrong": now.wrong_lately, "of": now.answers_lately}
                return Because.WRONG_LATELY, values | heard
            return Because.NEED_ROSE, values
        if not more and was.marks_to_win > CLEARLY * now.marks_to_win + 0.02:
            return self._less_need(now, self.domains[now.domain], values)
        return None

    def _less_need(self, topic: TopicNeed, domain: DomainNeed, values: dict[str, Value]) -> Explanation:
        low, high = domain.low_percent, domain.high_percent
        expected = domain.expected_percent
        if low is None or high is None or expected is None or topic.weakness > STRONG_WEAKNESS:
            return Because.NEED_FELL, values
        if low < 65:  # the range is too wide to call the domain strong
            return Because.NEED_FELL, values
        return Because.STRONG, values | {"expected": expected, "low": low, "high": high}

    def _foundation(self, before: Block | None, after: Block | None) -> Explanation | None:
        if after is None or after.reason.code != Why.FOUNDATION:
            return None
        if before is not None and not _is_more(before, after):
            return None
        return Because.FOUNDATION, {"later_name": after.reason.values["later_name"]}

    def _rules(self, before: Block | None, after: Block | None) -> Explanation | None:
        if after is not None and after.reason.code == Why.KEEP_WARM:
            return Because.KEEP_WARM, self._values(after)
        if before is not None and before.domain is not None and self._would_run(before):
            return Because.ROTATION, self._values(before)
        if after is None and before is not None and self._in_taper(before.day):
            return Because.TAPER, {}
        return None

    def _in_taper(self, day: date) -> bool:
        exam_on = self.asked.exam_on
        return exam_on is not None and (exam_on - day).days <= max(LAST_MOCK_WINDOW)

    def _would_run(self, block: Block) -> bool:
        """Whether the block on its old day would make three study days running in the new plan."""
        days = sorted({day for day, domains in self.named.items() if domains} | {block.day})
        at = days.index(block.day)
        windows = (days[start : start + 3] for start in range(max(at - 2, 0), at + 1))
        return block.domain not in self.named[block.day] and any(
            len(window) == 3 and all(block.domain in self.named[day] for day in window if day != block.day)
            for window in windows
        )

    def _room(self, before: Block | None, after: Block | None) -> Explanation:
        """What it gave way to, or whose time it takes."""
        if before is not None and (after is None or not _is_more(before, after)):
            other = next((b for b in self.came[before.day] if b.topic != before.topic), None)
            name = self._name(other)
            return (Because.MAKES_ROOM, {"other_name": name}) if name else (Because.WORTH_LESS, {})
        assert after is not None
        other = next((b for b in self.went[after.day] if b.topic != after.topic), None)
        name = self._name(other)
        if name:
            return Because.TAKES_PLACE, {"other_name": name}
        values = self._values(after)
        return (Because.WORTH_MORE, values) if "weight" in values else (Because.WORTH_LESS, {})

    def _name(self, block: Block | None) -> str:
        if block is None:
            return ""
        topic = self.topics.get(block.topic or "")
        if topic is not None:
            return topic.name
        return {
            Kind.MOCK: "a mock exam",
            Kind.REHEARSAL: "the rehearsal",
            Kind.MISTAKES: "your mistakes",
            Kind.DIAGNOSTIC: "the diagnostic",
        }.get(block.kind, "")


def _is_more(before: Block, after: Block) -> bool:
    """Sooner, or longer on the same day."""
    return after.day < before.day or (after.day == before.day and after.minutes > before.minutes)
