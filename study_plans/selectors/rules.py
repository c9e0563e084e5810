"""Which of the planner's rules a plan breaks around some of its blocks: for choices that are the candidate's own.

The planner itself keeps them all; engine/planning/README.md has them exactly. Pinned blocks are what can break one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from engine.planning import TopicNeed
from engine.planning.days import LAST_MOCK_WINDOW
from engine.planning.rotation import LONGEST_RUN
from engine.planning.sittings import LEAST_GAP
from study_plans import words
from study_plans.models import Block, StudyPlan
from study_plans.selectors.days import minutes_of_day

NOTHING_NEW = (Block.Kind.READ, Block.Kind.LAB)


def broken_rules(
    plan: StudyPlan, blocks: Sequence[Block], about: Collection[Block], topics: Iterable[TopicNeed]
) -> list[str]:
    """A sentence for each rule that the days of `about` break; empty where all hold.

    blocks: planned ones from today on and those done lately, with their domains and topics, rest left out.
    topics: as the planner was told of them.
    """
    needs = {topic.code: topic for topic in topics}
    found: list[str] = []
    for block in sorted(about, key=lambda block: (block.day, block.order)):
        found += _minutes(plan, blocks, block.day)
        found += _run(blocks, block)
        found += _foundations(blocks, block, needs)
        found += _sittings(plan, blocks, block)
        found += _taper(plan, block)
    return list(dict.fromkeys(found))


def _minutes(plan: StudyPlan, blocks: Sequence[Block], day: date) -> list[str]:
    has, asked = minutes_of_day(plan, day), sum(block.minutes for block in blocks if block.day == day)
    if asked <= has:
        return []
    return [f"{words.day_words(day)} has {words.minutes_words(has)}, and would hold {words.minutes_words(asked)}."]


def _run(blocks: Sequence[Block], block: Block) -> list[str]:
    """A domain on too many study days running, the block's own day among them."""
    if block.domain is None:
        return []
    domains: dict[date, set[int]] = defaultdict(set)
    for other in blocks:
        if other.minutes:
            domains[other.day] |= {other.domain_id} if other.domain_id else set()
    run: list[date] = []
    for day in sorted(domains):
        run = [*run, day] if block.domain_id in domains[day] else []
        if len(run) > LONGEST_RUN and block.day in run:
            count = words.number_words(len(run))
            return [f"{block.domain.name} would come on {count} study days running, up to {words.day_words(day)}."]
    return []


def _foundations(blocks: Sequence[Block], block: Block, needs: dict[str, TopicNeed]) -> list[str]:
    """What the block builds on, or what builds on it, in the wrong order."""
    first: dict[str, tuple[date, int]] = {}
    for other in sorted(blocks, key=lambda other: (other.day, other.order), reverse=True):
        if other.topic is not None:
            first[other.topic.code] = (other.day, other.order)
    own = block.topic.code if block.topic else ""
    found = []
    for later in needs.values():
        for code in later.foundations:
            foundation = needs.get(code)
            if own not in (later.code, code) or foundation is None or foundation.is_grounded:
                continue
            if later.code in first and code in first and first[later.code] < first[code]:
                found.append(f"{later.name} builds on {foundation.name}, which would come after it.")
    return found


def _sittings(plan: StudyPlan, blocks: Sequence[Block], block: Block) -> list[str]:
    if not block.is_sitting:
        return []
    found = []
    if plan.exam_on is not None and (plan.exam_on - block.day).days < min(LAST_MOCK_WINDOW):
        left = (plan.exam_on - block.day).days
        days = f"{words.number_words(left)} day{'s' if left > 1 else ''}"
        found.append(f"A full exam only {days} before the real one leaves no time to rest.")
    near = [other for other in blocks if other.is_sitting and other.pk != block.pk]
    if any(abs(other.day - block.day) < timedelta(days=LEAST_GAP) for other in near):
        found.append(f"Two full exams would be fewer than {words.number_words(LEAST_GAP)} days apart.")
    return found


def _taper(plan: StudyPlan, block: Block) -> list[str]:
    if plan.taper_from is None or block.day < plan.taper_from or block.kind not in NOTHING_NEW:
        return []
    return [f"{block.title} would fall into the last days before the exam, which hold nothing new."]
