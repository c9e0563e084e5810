"""Two blocks change their days: the candidate's own choice, with a warning where it breaks a rule."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import User
from study_plans import selectors, words
from study_plans.models import Block, PlanRevision, StudyPlan
from study_plans.services.adjusting import OwnChange, lock_plan, replan
from study_plans.services.blocks import BlockNotOpen, own_planned_block
from study_plans.services.snapshots import planned_blocks, snapshot_of

DAYS_BACK = 14  # far enough to see what ran before today


class SwapPointless(Exception):
    """The two blocks cannot trade places; the message says why."""


class SwapBreaksRules(Exception):
    """The plan would break rules after the swap; nothing was changed."""

    def __init__(self, broken: Sequence[str]) -> None:
        super().__init__(" ".join(broken))
        self.broken = tuple(broken)


@transaction.atomic
def swap_blocks(
    *, plan_owner: User, block_id: uuid.UUID, with_id: uuid.UUID, now: datetime, accepts_broken_rules: bool = False
) -> PlanRevision:
    """Let two planned blocks of different days trade places, pin both there, and plan the rest around them.

    BlockNotFound for what is not theirs, BlockNotOpen unless both are still to come, SwapPointless for blocks of one
    day or alike, SwapBreaksRules where the outcome breaks a rule of the planner and that is not accepted.
    """
    one, other = own_planned_block(plan_owner, block_id), own_planned_block(plan_owner, with_id)
    plan, _ = lock_plan(plan_owner)
    today = selectors.local_day(plan_owner, now)
    _check(one, other, today)
    before = snapshot_of(plan)
    one.day, other.day = other.day, one.day
    one.order, other.order = other.order, one.order
    for block in (one, other):
        block.is_pinned = True
        block.save(update_fields=["day", "order", "is_pinned"])
    own = OwnChange(
        words.swap_words(one, other),
        {str(a.pk): f"You swapped it with {b.title}." for a, b in ((one, other), (other, one))},
    )
    revision = replan(plan, before=before, now=now, reason=PlanRevision.Reason.CANDIDATE, own=own)
    broken = _broken(plan, (one.pk, other.pk), today)
    if broken and not accepts_broken_rules:
        raise SwapBreaksRules(broken)
    if revision is None:
        raise SwapPointless("Nothing would change.")
    return revision


def _check(one: Block, other: Block, today: date) -> None:
    for block in (one, other):
        if block.day < today:
            raise BlockNotOpen(block)
    if one.day == other.day:
        raise SwapPointless("Both are on the same day already: do them in the order you like.")
    if selectors.engine_block(one).identity == selectors.engine_block(other).identity:
        raise SwapPointless("Both ask for the same thing.")


def _broken(plan: StudyPlan, about: Sequence[uuid.UUID], today: date) -> list[str]:
    """Rules that the plan breaks on the days of these blocks, judged after everything else has found its place."""
    planned = [block for block in planned_blocks(plan) if block.day >= today and block.kind != Block.Kind.REST]
    lately = selectors.blocks_between(plan, today - timedelta(days=DAYS_BACK), today)
    done = [block for block in lately if block.state == Block.State.DONE]
    asked = selectors.planning_input(selectors.planning_ground(plan), plan, today=today, planned=planned)
    return selectors.broken_rules(
        plan, [*done, *planned], [block for block in planned if block.pk in about], asked.topics
    )
