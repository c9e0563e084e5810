"""What a candidate does with a block: do it, leave it out, move it, keep it where it is."""

import uuid
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from study_plans import selectors, words
from study_plans.models import Block, PlanRevision, StudyPlan
from study_plans.services.adjusting import OwnChange, lock_plan, replan
from study_plans.services.snapshots import snapshot_of

LONGEST_EVIDENCE = 4000


class BlockNotFound(Exception):
    """There is no such block, or it belongs to somebody else."""


class BlockNotOpen(Exception):
    """The block's state does not allow this any more."""

    def __init__(self, block: Block) -> None:
        super().__init__(f"This block is {block.get_state_display()}.")
        self.block = block


class NoDayLeft(Exception):
    """No later day has time for the block before the exam."""


@transaction.atomic
def complete_block(*, plan_owner: User, block_id: uuid.UUID, now: datetime, evidence: str = "") -> Block:
    """Note a block as done, on the candidate's day of `now` whatever day it was planned for.

    Doing it twice changes nothing but the evidence, if some is given. Rest cannot be done: BlockNotOpen.
    """
    block = own_block(plan_owner, block_id)
    if block.kind == Block.Kind.REST:
        raise BlockNotOpen(block)
    if evidence:
        block.evidence = evidence[:LONGEST_EVIDENCE]
    if block.state != Block.State.DONE:
        block.state, block.done_at, block.day = Block.State.DONE, now, selectors.local_day(plan_owner, now)
    block.save(update_fields=["state", "done_at", "day", "evidence"])
    return block


@transaction.atomic
def reopen_block(*, plan_owner: User, block_id: uuid.UUID, now: datetime) -> Block:
    """Take "done" or "skipped" back on the same day. BlockNotOpen for any other state or day."""
    block = own_block(plan_owner, block_id)
    today = selectors.local_day(plan_owner, now)
    if block.state not in (Block.State.DONE, Block.State.SKIPPED) or block.day < today:
        raise BlockNotOpen(block)
    if block.state == Block.State.SKIPPED:
        plan, _ = lock_plan(plan_owner)
        _give_back_minutes(plan, block)
    block.state, block.done_at = Block.State.PLANNED, None
    block.save(update_fields=["state", "done_at"])
    return block


@transaction.atomic
def skip_block(*, plan_owner: User, block_id: uuid.UUID, now: datetime) -> PlanRevision | None:
    """Leave a block out. Its minutes of that day stay free, and what it was for is weighed again.

    A skipped lab is not offered again. BlockNotOpen unless it is planned.
    """
    block = own_planned_block(plan_owner, block_id)
    plan, _ = lock_plan(plan_owner)
    before = snapshot_of(plan)
    _free_minutes(plan, block)
    block.state, block.is_pinned = Block.State.SKIPPED, False
    block.save(update_fields=["state", "is_pinned"])
    own = OwnChange(f"You left {block.title} out.", {str(block.pk): "You left it out."})
    return replan(plan, before=before, now=now, reason=PlanRevision.Reason.CANDIDATE, own=own)


@transaction.atomic
def postpone_block(
    *, plan_owner: User, block_id: uuid.UUID, now: datetime, to_day: date | None = None
) -> PlanRevision | None:
    """Move a block to a later day, the next study day unless one is named, and pin it there.

    The minutes it leaves behind stay free. BlockNotOpen unless it is planned; NoDayLeft if no such day comes before
    the exam, or the named one is not later than today or is past the eve.
    """
    block = own_planned_block(plan_owner, block_id)
    plan, _ = lock_plan(plan_owner)
    today = selectors.local_day(plan_owner, now)
    day = to_day or selectors.next_study_day(plan, max(block.day, today))
    if day is None or day <= today or (plan.exam_on is not None and day >= plan.exam_on):
        raise NoDayLeft
    before = snapshot_of(plan)
    _free_minutes(plan, block)
    block.day, block.is_pinned = day, True
    block.save(update_fields=["day", "is_pinned"])
    own = OwnChange(f"You moved {block.title} to {words.day_words(day)}.", {str(block.pk): "You moved it there."})
    return replan(plan, before=before, now=now, reason=PlanRevision.Reason.CANDIDATE, own=own)


@transaction.atomic
def pin_block(*, plan_owner: User, block_id: uuid.UUID, is_pinned: bool) -> Block:
    """Keep a planned block where it is whatever changes, or let it move again. BlockNotOpen unless planned."""
    block = own_planned_block(plan_owner, block_id)
    block.is_pinned = is_pinned
    block.save(update_fields=["is_pinned"])
    return block


def own_block(plan_owner: User, block_id: uuid.UUID) -> Block:
    """The block with its plan locked, so that nothing re-plans meanwhile."""
    StudyPlan.objects.select_for_update().filter(candidate=plan_owner).first()
    block = selectors.block_of(plan_owner, block_id)
    if block is None:
        raise BlockNotFound
    return block


def own_planned_block(plan_owner: User, block_id: uuid.UUID) -> Block:
    block = own_block(plan_owner, block_id)
    if block.state != Block.State.PLANNED or block.kind == Block.Kind.REST:
        raise BlockNotOpen(block)
    return block


def _free_minutes(plan: StudyPlan, block: Block) -> None:
    """Leave the block's minutes of its day free, so that nothing else moves in."""
    left = max(selectors.minutes_of_day(plan, block.day) - block.minutes, 0)
    plan.minutes_on = plan.minutes_on | {block.day.isoformat(): left}


def _give_back_minutes(plan: StudyPlan, block: Block) -> None:
    """The day holds the block again, but no more than its weekday would."""
    day = block.day.isoformat()
    if day in plan.minutes_on:
        most = max(int(plan.minutes_per_weekday[block.day.weekday()]), plan.minutes_on[day])
        plan.minutes_on = plan.minutes_on | {day: min(plan.minutes_on[day] + block.minutes, most)}
        plan.save(update_fields=["minutes_on"])
