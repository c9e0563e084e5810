"""What a mentor may see of a plan and of the real exam, each under its own consent."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.models import User
from questions.selectors import current_blueprint
from study_plans.models import Block, PlanRevision
from study_plans.selectors import blocks_between, exam_reports_of, local_day, overall_percent, plan_of

KEPT_DAYS = 7
MOST_CHANGES = 5
MOST_ROWS = 8
MOST_AHEAD = 40


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One block that came, went or moved, with its reason as the candidate reads it."""

    change: str
    title: str
    day_from: str | None
    day_to: str | None
    why: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One revision of the plan: why it came, what it says, and its first rows."""

    number: int
    created_at: datetime
    because: str
    summary: str
    is_undone: bool
    rows: tuple[ChangeRow, ...]
    more_rows: int


@dataclass(frozen=True, slots=True)
class BlockLine:
    """A planned block of the next seven days."""

    block_id: uuid.UUID
    day: date
    title: str
    minutes: int
    is_pinned: bool

    @property
    def day_words(self) -> str:
        return f"{self.day:%a} {self.day.day} {self.day:%b}"

    @property
    def words(self) -> str:
        return f"{self.day_words}: {self.title}, {self.minutes} min"


@dataclass(frozen=True, slots=True)
class PlanLine:
    """The exam day, what of the last seven days' plan was done, what is next, and what changed lately."""

    exam_on: date | None
    days_left: int | None
    minutes_planned: int
    minutes_done: int
    days_planned: int
    days_done: int
    blocks_ahead: tuple[BlockLine, ...]
    changes: tuple[ChangeLine, ...]

    @property
    def ahead(self) -> tuple[str, ...]:
        return tuple(line.words for line in self.blocks_ahead)


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """A real exam as the candidate told it; overall is our own sum of its domains, None where they are untold."""

    sat_on: date
    passed: bool
    overall_percent: float | None


def plan_line(candidate: User, now: datetime, *, tells_outcome: bool, tells_changes: bool = True) -> PlanLine | None:
    """None without a plan. Changes that give a real exam's outcome away are left out unless that is shared."""
    plan = plan_of(candidate)
    if plan is None:
        return None
    today = local_day(candidate, now)
    past = [
        block
        for block in blocks_between(plan, today - timedelta(days=KEPT_DAYS), today - timedelta(days=1))
        if block.kind != Block.Kind.REST
    ]
    done = [block for block in past if block.state == Block.State.DONE]
    ahead = [
        BlockLine(block.pk, block.day, block.title, block.minutes, block.is_pinned)
        for block in blocks_between(plan, today, today + timedelta(days=6))
        if block.state == Block.State.PLANNED and block.kind != Block.Kind.REST
    ]
    revisions = plan.revisions.all()
    if not tells_outcome:
        revisions = revisions.exclude(reason=PlanRevision.Reason.EXAM)
    return PlanLine(
        exam_on=plan.exam_on,
        days_left=(plan.exam_on - today).days if plan.exam_on else None,
        minutes_planned=sum(block.minutes for block in past),
        minutes_done=sum(block.minutes for block in done),
        days_planned=len({block.day for block in past}),
        days_done=len({block.day for block in done}),
        blocks_ahead=tuple(ahead[:MOST_AHEAD]),
        changes=tuple(_change_line(revision) for revision in revisions[:MOST_CHANGES]) if tells_changes else (),
    )


def _change_line(revision: PlanRevision) -> ChangeLine:
    return ChangeLine(
        number=revision.number,
        created_at=revision.created_at,
        because=revision.get_reason_display(),
        summary=revision.summary,
        is_undone=revision.undone_at is not None,
        rows=tuple(
            ChangeRow(row["change"], row["title"], row["day_from"], row["day_to"], row["why"])
            for row in revision.diff[:MOST_ROWS]
        ),
        more_rows=max(len(revision.diff) - MOST_ROWS, 0),
    )


def outcome_lines(candidate: User) -> tuple[OutcomeLine, ...]:
    """Real exams that the candidate told us about, the latest first."""
    reports = exam_reports_of(candidate, current_blueprint().code)
    return tuple(OutcomeLine(report.sat_on, report.passed, overall_percent(report)) for report in reports)
