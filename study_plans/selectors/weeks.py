"""A plan as pages show it: days, weeks, months, minutes by domain, the way to the exam."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from questions.models import Domain
from questions.selectors import domain_weights
from study_plans.models import Block, PlanRevision, StudyPlan
from study_plans.needs import PlanNeeds
from study_plans.selectors.plans import blocks_between, latest_revision

COUNTED = (Block.State.PLANNED, Block.State.DONE)


@dataclass(frozen=True, slots=True)
class DayBlock:
    """A block on a page, with what the latest revision did to it: '', added, moved, longer or shorter.

    `again` is the block that took the place of a missed one, if the plan holds or held one since.
    """

    block: Block
    change: str
    again: Block | None = None


@dataclass(frozen=True, slots=True)
class DaySummary:
    """One of the candidate's days. Minutes left out and missed count in neither number."""

    day: date
    blocks: tuple[DayBlock, ...]
    minutes_planned: int
    minutes_done: int
    free_why: str
    is_today: bool
    is_past: bool
    is_exam: bool

    @property
    def is_all_done(self) -> bool:
        """Nothing that was planned for the day is open, and nothing of it went by."""
        return self.minutes_planned > 0 and self.minutes_done >= self.minutes_planned and not self.missed

    @property
    def kept(self) -> tuple[DayBlock, ...]:
        return tuple(shown for shown in self.blocks if shown.block.state != Block.State.MISSED)

    @property
    def missed(self) -> tuple[DayBlock, ...]:
        return tuple(shown for shown in self.blocks if shown.block.state == Block.State.MISSED)


@dataclass(frozen=True, slots=True)
class DomainMinutes:
    """Minutes of a week in a domain, and what need alone would ask for of the same total."""

    domain: Domain
    planned: int
    needed: int
    planned_percent: float
    needed_percent: float


@dataclass(frozen=True, slots=True)
class Milestone:
    """A stretch of the way to the exam. `kind` is week, taper, eve or exam."""

    kind: str
    first: date
    last: date
    minutes: int
    mocks: int
    number: int
    is_now: bool


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def changed_blocks(plan: StudyPlan) -> Mapping[str, str]:
    """Block id to what the latest revision did to it, until the candidate has kept or undone it."""
    revision = latest_revision(plan)
    if revision is None or revision.accepted_at or revision.undone_at:
        return {}
    if revision.reason == PlanRevision.Reason.CREATED:
        return {}
    return {row["block"]: row["change"] for row in revision.diff if row["change"] != "dropped"}


def blocks_again(plan: StudyPlan, blocks: Sequence[Block]) -> dict[uuid.UUID, Block]:
    """For each missed block the first later one, done or still planned, that asks for the same; one query."""
    missed = [block for block in blocks if block.state == Block.State.MISSED]
    if not missed:
        return {}
    later = plan.blocks.filter(day__gt=min(block.day for block in missed), state__in=COUNTED)
    later_alike: dict[tuple[object, ...], list[Block]] = defaultdict(list)
    for block in later.exclude(kind=Block.Kind.REST):
        later_alike[_alike(block)].append(block)
    found = {}
    for block in missed:
        follows = next((other for other in later_alike[_alike(block)] if other.day > block.day), None)
        if follows is not None:
            found[block.pk] = follows
    return found


def _alike(block: Block) -> tuple[object, ...]:
    return block.kind, block.domain_id, block.topic_id, block.lab_id, block.misconception_id


def day_summaries(plan: StudyPlan, first: date, last: date, today: date) -> list[DaySummary]:
    """Every date from `first` to `last` exactly once, with its blocks."""
    by_day: dict[date, list[Block]] = defaultdict(list)
    for block in blocks_between(plan, first, last):
        by_day[block.day].append(block)
    changes = changed_blocks(plan)
    again = blocks_again(plan, [block for blocks in by_day.values() for block in blocks])
    return [
        _summary(plan, day, by_day[day], changes, again, today)
        for day in (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
    ]


def day_summary(plan: StudyPlan, day: date, today: date | None = None) -> DaySummary:
    """One day; `today` is the same day unless given."""
    return day_summaries(plan, day, day, today or day)[0]


def _summary(
    plan: StudyPlan,
    day: date,
    blocks: Sequence[Block],
    changes: Mapping[str, str],
    again: Mapping[uuid.UUID, Block],
    today: date,
) -> DaySummary:
    study = [block for block in blocks if block.kind != Block.Kind.REST]
    rest = next((block.reason for block in blocks if block.kind == Block.Kind.REST), "")
    return DaySummary(
        day=day,
        blocks=tuple(DayBlock(block, changes.get(str(block.pk), ""), again.get(block.pk)) for block in study),
        minutes_planned=sum(block.minutes for block in study if block.state in COUNTED),
        minutes_done=sum(block.minutes for block in study if block.state == Block.State.DONE),
        free_why=rest if not study else "",
        is_today=day == today,
        is_past=day < today,
        is_exam=day == plan.exam_on,
    )


def minutes_by_domain(plan: StudyPlan, monday: date) -> list[DomainMinutes]:
    """Minutes of the week that begins on `monday`, the domain with most need first.

    Blocks that mix domains (full exams, recall, mistakes) are shared out by exam weight.
    """
    weights = domain_weights(plan.blueprint)
    total_weight = sum(weight.weight_percent for weight in weights) or 1
    own: dict[int, float] = defaultdict(float)
    mixed = 0
    for block in blocks_between(plan, monday, monday + timedelta(days=6)).filter(state__in=COUNTED):
        if block.domain_id is None:
            mixed += block.minutes
        else:
            own[block.domain_id] += block.minutes
    planned = {w.domain.code: own[w.domain_id] + mixed * w.weight_percent / total_weight for w in weights}
    total = sum(planned.values())
    target = {code: float(minutes) for code, minutes in plan.target_minutes.items()}
    shared = sum(target.values())
    if shared <= 0:
        target, shared = {w.domain.code: float(w.weight_percent) for w in weights}, float(total_weight)
    needed = {code: total * target.get(code, 0.0) / shared for code in planned}
    longest = max([*planned.values(), *needed.values(), 1.0]) * 1.1
    rows = [
        DomainMinutes(
            w.domain,
            round(planned[w.domain.code]),
            round(needed[w.domain.code]),
            round(100 * planned[w.domain.code] / longest, 1),
            round(100 * needed[w.domain.code] / longest, 1),
        )
        for w in weights
    ]
    return sorted(rows, key=lambda row: (-row.needed, row.domain.order))


def way_to_exam(plan: StudyPlan, today: date) -> list[Milestone]:
    """Weeks from this one on, then the lighter days, the eve and the exam; four weeks without an exam day.

    What is over is left out, so the first stretch is now; nothing once the exam is behind.
    """
    if plan.is_over(today):
        return []
    study = plan.blocks.filter(state__in=COUNTED, day__gte=monday_of(today)).values_list("day", "minutes", "kind")
    rows = [(day, minutes, kind) for day, minutes, kind in study if plan.exam_on is None or day < plan.exam_on]
    taper = plan.taper_from if plan.exam_on else None
    end = max((day for day, _, _ in rows), default=today)
    if plan.exam_on is not None:
        end = plan.exam_on - timedelta(days=1)
    last_full = taper - timedelta(days=1) if taper else end
    stretches = []
    monday, number = monday_of(today), week_number(plan, today)
    while last_full >= today and monday <= last_full:
        stretches.append(_stretch("week", monday, min(monday + timedelta(days=6), last_full), rows, number, today))
        monday, number = monday + timedelta(days=7), number + 1
    if plan.exam_on is not None and plan.exam_on >= today:
        eve = plan.exam_on - timedelta(days=1)
        if taper is not None and max(taper, today) < eve:
            stretches.append(_stretch("taper", max(taper, today), eve - timedelta(days=1), rows, 0, today))
        if eve >= today:
            stretches.append(_stretch("eve", eve, eve, rows, 0, today))
        stretches.append(_stretch("exam", plan.exam_on, plan.exam_on, rows, 0, today))
    return stretches


def chance_left_out(plan: StudyPlan) -> int | None:
    """Points of the chance of passing that what does not fit would win; None before a forecast."""
    outlook = PlanNeeds.from_dict(plan.needs).outlook
    if outlook is None:
        return None
    return round(100 * (outlook.chance(plan.marks_left_out) - outlook.chance()))


def _stretch(
    kind: str, first: date, last: date, rows: Iterable[tuple[date, int, str]], number: int, today: date
) -> Milestone:
    within = [(minutes, what) for day, minutes, what in rows if first <= day <= last]
    full = (Block.Kind.MOCK, Block.Kind.REHEARSAL)
    return Milestone(
        kind=kind,
        first=first,
        last=last,
        minutes=sum(minutes for minutes, _ in within),
        mocks=sum(what in full for _, what in within),
        number=number,
        is_now=first <= today <= last,
    )


def week_count(plan: StudyPlan) -> int | None:
    """Weeks from the plan's first to the exam's; None without an exam day."""
    return None if plan.exam_on is None else week_number(plan, plan.exam_on)


def week_number(plan: StudyPlan, day: date) -> int:
    """1 for the week in which the plan was made."""
    return (monday_of(day) - monday_of(first_day(plan) or day)).days // 7 + 1


def first_day(plan: StudyPlan) -> date | None:
    """The first day that ever held a block; None without any."""
    return plan.blocks.order_by("day").values_list("day", flat=True).first()


def study_streak(plan: StudyPlan, today: date) -> int:
    """Study days in a row up to today. Free days neither count nor break it; today only counts once it is done."""
    days: dict[date, set[str]] = defaultdict(set)
    past = plan.blocks.filter(day__lte=today).exclude(kind=Block.Kind.REST)
    for day, state in past.values_list("day", "state"):
        days[day].add(state)
    streak = 0
    for day in sorted(days, reverse=True):
        if Block.State.DONE in days[day]:
            streak += 1
        elif day < today and days[day] & {Block.State.PLANNED, Block.State.MISSED}:
            break
    return streak
