"""Making a plan anew from what is known: after an attempt, after missed days, after the candidate's own change.

Every adjustment takes the same steps: lock the plan, keep a snapshot, set missed blocks aside, ask the engine,
match its blocks with the old ones, write the difference, and keep a revision that says what changed and why.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from engine import planning
from questions.selectors import current_blueprint
from study_plans import selectors, words
from study_plans.changes import Match, match_blocks
from study_plans.models import Block, PlanRevision, StudyPlan
from study_plans.needs import PlanNeeds
from study_plans.selectors.planning_input import PlanningInput, engine_block
from study_plans.services.explaining import why_changed
from study_plans.services.snapshots import Snapshot, snapshot_of

Reason = PlanRevision.Reason
LONGEST_REASON = 300
BLOCK_FIELDS = ("day", "order", "minutes", "questions", "reason")


@transaction.atomic
def adjust_plan(
    *,
    candidate: User,
    needs: PlanNeeds,
    needs_version: int,
    now: datetime,
    reason: str,
    attempt_id: uuid.UUID | None = None,
) -> PlanRevision | None:
    """Plan again from new needs; makes the plan first where there is none.

    Needs of an older or the same version change nothing, so a repeated or late message is harmless. A nightly
    drift leaves alone what the candidate took back. Returns the revision, or None where nothing changed.
    """
    plan, is_new = lock_plan(candidate)
    if needs_version <= plan.needs_version:
        return None
    before = snapshot_of(plan)
    plan.needs, plan.needs_version, plan.needs_at = needs.to_dict(), needs_version, now
    plan.save(update_fields=["needs", "needs_version", "needs_at"])
    latest = selectors.latest_revision(plan)
    if reason == Reason.NIGHTLY and latest is not None and latest.reason == Reason.UNDO:
        return None
    why = Reason.CREATED if is_new else Reason(reason)
    return replan(plan, before=before, now=now, reason=why, attempt_id=attempt_id)


@transaction.atomic
def replan_missed_days(*, candidate: User, now: datetime) -> PlanRevision | None:
    """Begin the candidate's day: blocks of days gone by are missed, and find a new place or are dropped by name.

    Nothing happens twice a day, nor without a plan. Returns the revision, or None where nothing changed.
    """
    plan = StudyPlan.objects.select_for_update(of=("self",)).filter(candidate=candidate).first()
    if plan is None:
        return None
    today = selectors.local_day(candidate, now)
    if plan.planned_on is not None and plan.planned_on >= today:
        return None
    before = snapshot_of(plan)
    is_missed = any(block.day < today and block.kind != Block.Kind.REST for block in before.blocks)
    if not is_missed and plan.exam_on is not None and plan.planned_on is not None:
        plan.planned_on = today
        plan.save(update_fields=["planned_on"])
        return None
    return replan(plan, before=before, now=now, reason=Reason.MISSED_DAY if is_missed else Reason.NIGHTLY)


def lock_plan(candidate: User) -> tuple[StudyPlan, bool]:
    """The candidate's plan, locked until the transaction ends, and whether it was made just now."""
    _, is_new = StudyPlan.objects.get_or_create(candidate=candidate, defaults={"blueprint": current_blueprint()})
    locked = StudyPlan.objects.select_for_update(of=("self",)).select_related("candidate", "blueprint")
    return locked.get(candidate=candidate), is_new


def replan(
    plan: StudyPlan,
    *,
    before: Snapshot,
    now: datetime,
    reason: PlanRevision.Reason,
    attempt_id: uuid.UUID | None = None,
) -> PlanRevision | None:
    """The steps that all adjustments share. The plan must be locked and `before` taken before anything changed."""
    today = selectors.local_day(plan.candidate, now)
    _set_missed_aside(plan, today)
    plan.planned_on = today
    plan.minutes_on = {day: minutes for day, minutes in plan.minutes_on.items() if day >= today.isoformat()}
    if plan.exam_on is not None and plan.exam_on < today:
        plan.save(update_fields=["planned_on", "minutes_on"])
        return None
    past = list(plan.blocks.filter(state__in=[Block.State.DONE, Block.State.SKIPPED]).select_related("domain"))
    planned = _still_planned(plan, today)
    known = selectors.planning_input(
        plan, today=today, planned=planned, needs=PlanNeeds.from_dict(plan.needs), past=past
    )
    made = planning.make_plan(known.asked)
    _keep_outcome(plan, made)
    written = _write(plan, planned, made, known)
    if reason == Reason.CREATED:
        summary, diff = words.created_words(written, plan.exam_on), []
    else:
        diff = _diff(before, written, known, made, today)
        summary = words.summary_words(reason, diff, today)
    if not diff and reason != Reason.CREATED:
        return None
    return add_revision(plan, before, now=now, reason=reason, summary=summary, diff=diff, attempt_id=attempt_id)


def add_revision(
    plan: StudyPlan,
    before: Snapshot,
    *,
    now: datetime,
    reason: PlanRevision.Reason,
    summary: str,
    diff: list[dict[str, Any]],
    attempt_id: uuid.UUID | None = None,
) -> PlanRevision:
    number = plan.revisions.aggregate(n=Max("number"))["n"] or 0
    revision = PlanRevision.objects.create(
        plan=plan,
        number=number + 1,
        reason=reason,
        summary=summary,
        diff=diff,
        blocks_before=before.block_rows(),
        plan_before=before.wishes,
        attempt_id=attempt_id,
        created_at=now,
    )
    new = [row["block"] for row in diff if row["change"] == "added"]
    plan.blocks.filter(pk__in=new).update(created_in=revision)
    return revision


def _set_missed_aside(plan: StudyPlan, today: date) -> None:
    gone = plan.blocks.filter(state=Block.State.PLANNED, day__lt=today)
    gone.exclude(kind=Block.Kind.REST).update(state=Block.State.MISSED, is_pinned=False)


def _still_planned(plan: StudyPlan, today: date) -> list[Block]:
    planned = plan.blocks.filter(state=Block.State.PLANNED, day__gte=today)
    return list(planned.select_related("domain", "topic__domain", "lab", "misconception"))


def _keep_outcome(plan: StudyPlan, made: planning.Plan) -> None:
    plan.left_out = [
        {
            "what": item.what,
            "code": item.code,
            "name": item.name,
            "cost_marks": round(item.cost_marks, 3),
            "why": item.reason.words,
        }
        for item in made.left_out
    ]
    plan.marks_left_out = made.marks_left_out
    plan.target_minutes = {code: round(minutes, 1) for code, minutes in made.target_minutes.items()}
    plan.taper_from = made.taper_from
    plan.save()


@dataclass(slots=True)
class _Placed:
    """An engine block and its place within the day."""

    block: planning.Block
    order: int


def _write(plan: StudyPlan, planned: Sequence[Block], made: planning.Plan, known: PlanningInput) -> list[Block]:
    """Bring the rows in step with the engine's plan; the planned rows as they are then.

    A block keeps its row, and so its id and address, when the engine asks for the same thing again. Pinned rows
    keep everything but their place within the day.
    """
    placed = _placed(plan, made)
    pinned = [row for row in planned if row.is_pinned]
    free = [row for row in planned if not row.is_pinned]
    matches = _matched(pinned, [one for one in placed if one.block.pinned])
    matches += _matched(free, [one for one in placed if not one.block.pinned])
    changed: list[Block] = []
    created: list[Block] = []
    kept: list[Block] = list(pinned)
    dropped: list[uuid.UUID] = []
    for match in matches:
        row, one = match.before, match.after
        if one is None:
            if row is not None and not row.is_pinned:
                dropped.append(row.pk)
        elif row is None:
            created.append(_new_row(plan, one, known))
        else:
            if _bring_in_step(row, one):
                changed.append(row)
            if not row.is_pinned:
                kept.append(row)
    plan.blocks.filter(pk__in=dropped).delete()
    Block.objects.bulk_create(
        [*changed, *created], update_conflicts=True, unique_fields=["id"], update_fields=BLOCK_FIELDS
    )
    return sorted([*kept, *created], key=lambda row: (row.day, row.order))


def _placed(plan: StudyPlan, made: planning.Plan) -> list[_Placed]:
    """Engine blocks with their order; those of today come after what is done today."""
    start = plan.blocks.filter(day=made.today).exclude(state=Block.State.PLANNED).aggregate(n=Max("order"))["n"]
    counts: dict[date, int] = {made.today: 0 if start is None else start + 1}
    placed = []
    for block in made.blocks:
        order = counts.get(block.day, 0)
        counts[block.day] = order + 1
        placed.append(_Placed(block, order))
    return placed


def _matched(rows: Sequence[Block], placed: Sequence[_Placed]) -> list[Match[Block, _Placed]]:
    return match_blocks(
        rows,
        placed,
        identity_before=lambda row: engine_block(row).identity,
        identity_after=lambda one: one.block.identity,
        day_before=lambda row: row.day,
        day_after=lambda one: one.block.day,
    )


def _bring_in_step(row: Block, one: _Placed) -> bool:
    """Whether anything of the row changed."""
    if row.is_pinned:
        values: tuple[Any, ...] = (row.day, one.order, row.minutes, row.questions, row.reason)
    else:
        block = one.block
        values = (block.day, one.order, block.minutes, block.questions, block.reason.words[:LONGEST_REASON])
    if values == tuple(getattr(row, name) for name in BLOCK_FIELDS):
        return False
    for name, value in zip(BLOCK_FIELDS, values, strict=True):
        setattr(row, name, value)
    return True


def _new_row(plan: StudyPlan, one: _Placed, known: PlanningInput) -> Block:
    block = one.block
    return Block(
        plan=plan,
        day=block.day,
        order=one.order,
        minutes=block.minutes,
        kind=block.kind.value,
        domain=known.weights[block.domain].domain if block.domain else None,
        topic=known.topics[block.topic] if block.topic else None,
        lab=known.labs[block.lab] if block.lab else None,
        misconception=known.misconceptions[block.misconception] if block.misconception else None,
        questions=block.questions,
        reason=block.reason.words[:LONGEST_REASON],
    )


def _diff(
    before: Snapshot, after: Iterable[Block], known: PlanningInput, made: planning.Plan, today: date
) -> list[dict[str, Any]]:
    """Rows of a revision, by day. Rest is not a change, and neither is a rolling plan growing by a day at its end."""
    old = [block for block in before.blocks if block.kind != Block.Kind.REST]
    new = [block for block in after if block.kind != Block.Kind.REST]
    if made.exam_on is None and before.blocks:
        edge = max(block.day for block in before.blocks)
        known_ids = {block.pk for block in old}
        new = [block for block in new if block.day <= edge or block.pk in known_ids]
    matches = match_blocks(
        old,
        new,
        identity_before=lambda row: engine_block(row).identity,
        identity_after=lambda row: engine_block(row).identity,
        day_before=lambda row: row.day,
        day_after=lambda row: row.day,
    )
    rows = [change_row(match.before, match.after) for match in matches]
    found = [row for row in rows if row is not None]
    why_changed(found, known=known, left_out=made.left_out, today=today)
    return sorted(found, key=lambda row: (row["day_to"] or row["day_from"], row["title"]))


def change_row(old: Block | None, new: Block | None) -> dict[str, Any] | None:
    block = new or old
    if block is None:
        return None
    change = change_words(old, new)
    if change is None:
        return None
    return {
        "change": change,
        "title": block.title,
        "kind": block.kind,
        "domain": block.domain.code if block.domain else None,
        "topic": block.topic.code if block.topic else None,
        "day_from": old.day.isoformat() if old else None,
        "day_to": new.day.isoformat() if new else None,
        "minutes_from": old.minutes if old else None,
        "minutes_to": new.minutes if new else None,
        "block": str(block.pk),
        "why": new.reason if new else "",
    }


def change_words(old: Block | None, new: Block | None) -> str | None:
    """One of the words that LOOK.md names for a change, or None if a reader would see none."""
    if old is None:
        return "added"
    if new is None:
        return "dropped"
    if old.day != new.day:
        return "moved"
    if old.minutes != new.minutes:
        return "longer" if new.minutes > old.minutes else "shorter"
    return None
