"""What the time does not allow, by name, and what it costs.

A topic deserves minutes until a further hour would win less than WORTH_WHILE marks (learning.py).
It is left out if the plan gives it none of more than 10 deserved minutes, and short if it gets less
than half. The cost is what the missing minutes would win on the learning curve.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from engine.planning.blocks import FULL_SITTINGS, Block, Kind, LeftOut
from engine.planning.choosing import CONTRAST_MINUTES
from engine.planning.days import LAST_MOCK_WINDOW, SHORTEST_BLOCK
from engine.planning.learning import SPEED, marks_won, spread_gain, worthwhile_minutes
from engine.planning.needs import PlanInput, TopicNeed
from engine.planning.reasons import Reason, Value, Why, day_words
from engine.planning.rotation import long_gaps
from engine.planning.schedule import Schedule

SHORT_SHARE = 0.5
MARKS_PER_REVIEW = 0.004  # a question forgotten: its share of a bank of some 250 for 100 marks
FEWEST_REVIEWS = 5


def left_out(asked: PlanInput, blocks: Sequence[Block], schedule: Schedule) -> list[LeftOut]:
    """Everything left out, dearest first."""
    found = [
        *_topics(asked, blocks, schedule.taper_from),
        *_labs(asked, blocks),
        *_pairs(asked, blocks),
        *_mocks(asked, blocks),
        *_reviews(asked, blocks),
        *_gaps(asked, blocks),
    ]
    return sorted(found, key=lambda item: (-item.cost_marks, item.what, item.code))


def _topics(asked: PlanInput, blocks: Sequence[Block], taper_from: date | None) -> list[LeftOut]:
    given: dict[str, int] = {}
    for block in blocks:
        if block.topic is not None:
            given[block.topic] = given.get(block.topic, 0) + block.minutes
    found = []
    for topic in asked.topics:
        minutes = given.get(topic.code, 0)
        marks, already = topic.marks_to_win, topic.unmeasured_minutes
        wanted = worthwhile_minutes(marks) - already
        if wanted <= SHORTEST_BLOCK or minutes >= SHORT_SHARE * wanted:
            continue
        cost = marks_won(marks, wanted - minutes, after=already + minutes)
        why = _why_topic(asked, topic, minutes, given, taper_from)
        if why == Why.LATER:
            cost = 0.0
            if minutes:
                continue
        values: dict[str, Value] = {
            "name": topic.name,
            "marks": round(cost, 3),
            "minutes": minutes,
            "wanted": int(round(wanted / 5) * 5),
        }
        if why == Why.FOUNDATION_LEFT_OUT:
            values["foundation_name"] = _foundation_without_time(asked, topic, given)
        found.append(LeftOut("topic", topic.code, topic.name, cost, Reason(why, values)))
    return found


def _why_topic(
    asked: PlanInput,
    topic: TopicNeed,
    minutes: int,
    given: Mapping[str, int],
    taper_from: date | None,
) -> Why:
    if asked.exam_on is None:
        return Why.LATER
    if minutes:
        return Why.SHORT_OF_TIME
    if taper_from is not None and asked.today >= taper_from and not topic.is_familiar:
        return Why.TOO_LATE
    if _foundation_without_time(asked, topic, given):
        return Why.FOUNDATION_LEFT_OUT
    return Why.NO_TIME


def _foundation_without_time(asked: PlanInput, topic: TopicNeed, given: Mapping[str, int]) -> str:
    for other in asked.topics:
        if other.code in topic.foundations and not other.is_grounded and not given.get(other.code):
            return other.name
    return ""


def _later_or_no_time(asked: PlanInput, name: str, cost: float) -> tuple[float, Reason]:
    if asked.exam_on is None:
        return 0.0, Reason(Why.LATER, {"name": name})
    return cost, Reason(Why.NO_TIME, {"name": name, "marks": round(cost, 3)})


def _labs(asked: PlanInput, blocks: Sequence[Block]) -> list[LeftOut]:
    """A lab costs what its minutes would win on its topic after all the topic is given."""
    planned = {block.lab for block in blocks}
    topics = {topic.code: topic for topic in asked.topics}
    found = []
    for lab in asked.labs:
        topic = topics.get(lab.topic)
        if lab.code in planned or topic is None:
            continue
        after = sum(block.minutes for block in blocks if block.topic == lab.topic)
        if worthwhile_minutes(topic.marks_to_win) <= after + SHORTEST_BLOCK:
            continue
        won = marks_won(topic.marks_to_win, SPEED[Kind.LAB] * lab.minutes, after)
        cost, reason = _later_or_no_time(asked, lab.name, won)
        found.append(LeftOut("lab", lab.code, lab.name, cost, reason))
    return found


def _pairs(asked: PlanInput, blocks: Sequence[Block]) -> list[LeftOut]:
    planned = {block.misconception for block in blocks}
    topics = {topic.code: topic for topic in asked.topics}
    found = []
    for pair in asked.pairs:
        topic = topics.get(pair.topic)
        if pair.code in planned or topic is None or pair.wrong < 2:
            continue
        after = sum(block.minutes for block in blocks if block.topic == pair.topic)
        won = marks_won(topic.marks_to_win, SPEED[Kind.CONTRAST_DRILL] * CONTRAST_MINUTES, after)
        cost, reason = _later_or_no_time(asked, pair.name, won)
        found.append(LeftOut("contrast", pair.code, pair.name, cost, reason))
    return found


def _mocks(asked: PlanInput, blocks: Sequence[Block]) -> list[LeftOut]:
    """No full sitting at all, or none in the days it should lie in."""
    if asked.exam_on is None or not asked.topics:
        return []
    days = [block.day for block in blocks if block.kind in FULL_SITTINGS]
    recent = asked.last_mock_on
    if recent is not None and (asked.exam_on - recent).days <= 14:
        days.append(recent)
    window = {asked.exam_on - timedelta(days=before) for before in LAST_MOCK_WINDOW}
    if window & set(days) or max(window) < asked.today:
        return []
    values: dict[str, Value] = {"minutes": asked.mock_minutes}
    if not days:
        cost = spread_gain(asked, asked.mock_minutes, Kind.MOCK)
        reason = Reason(Why.NO_LONG_DAY, values | {"marks": round(cost, 3)})
        return [LeftOut("mock", "mock", "Mock exam", cost, reason)]
    last = max(days)
    tense = "is on" if last >= asked.today else "was on"
    reason = Reason(Why.NO_LONG_DAY_LAST, values | {"instead": f"{tense} {day_words(last)}"})
    return [LeftOut("mock", "last_mock", "Last mock exam", 0.0, reason)]


def _reviews(asked: PlanInput, blocks: Sequence[Block]) -> list[LeftOut]:
    """Questions known to fall due for which no review block has room."""
    if asked.exam_on is None:
        return []
    due = sum(count for on, count in asked.reviews_due.items() if on < asked.exam_on)
    count = due - sum(block.questions or 0 for block in blocks if block.kind == Kind.REVIEW)
    if count < FEWEST_REVIEWS:
        return []
    cost = MARKS_PER_REVIEW * count
    reason = Reason(Why.REVIEWS_CUT, {"count": count, "marks": round(cost, 3)})
    return [LeftOut("reviews", "reviews", "Due questions", cost, reason)]


def _gaps(asked: PlanInput, blocks: Sequence[Block]) -> list[LeftOut]:
    """The longest wait of each domain that waits more than 7 days. Mocks and rehearsals hold every domain."""
    with_work = {topic.domain for topic in asked.topics}
    if not blocks:
        return []
    last = max(block.day for block in blocks)
    found = []
    for domain in asked.domains:
        if domain.code not in with_work:
            continue
        days = [b.day for b in blocks if b.domain == domain.code or b.kind in FULL_SITTINGS]
        since = domain.last_studied_on
        if since is None or (asked.today - since).days > 7:
            since = asked.today
        gaps = long_gaps({domain.code: days}, since, last)
        if gaps:
            _, start, waited = max(gaps, key=lambda gap: gap[2])
            values: dict[str, Value] = {"name": domain.name, "days": waited, "since": day_words(start)}
            reason = Reason(Why.LONG_GAP, values)
            found.append(LeftOut("domain", domain.code, domain.name, 0.0, reason))
    return found
