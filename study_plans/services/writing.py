"""Bringing the rows of a plan in step with the engine's plan."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Max

from engine import planning
from engine.planning.changes import match
from study_plans import selectors
from study_plans.models import Block, StudyPlan
from study_plans.selectors.planning_input import PlanningGround

LONGEST_REASON = 300
BLOCK_FIELDS = ("day", "order", "minutes", "questions", "reason")
Written = list[tuple[Block, planning.Block]]


def write_blocks(plan: StudyPlan, planned: Sequence[Block], made: planning.Plan, ground: PlanningGround) -> Written:
    """The planned rows as they are then, in order, each with the engine's block that it stands for.

    A block keeps its row, and so its id and address, when the engine asks for the same thing again. Pinned rows
    keep everything but their place within the day.
    """
    orders = _orders(plan, made)
    written: Written = []
    changed: list[Block] = []
    created: list[Block] = []
    for row, block in _paired(planned, made.blocks):
        if block is None:
            continue
        if row is None:
            row = _new_row(plan, block, ground)
            created.append(row)
        elif _bring_in_step(row, block, orders[id(block)]):
            changed.append(row)
        row.order = orders[id(block)]
        written.append((row, block))
    kept = {row.pk for row, _ in written}
    plan.blocks.filter(pk__in=[row.pk for row in planned if row.pk not in kept]).delete()
    Block.objects.bulk_create(
        [*changed, *created], update_conflicts=True, unique_fields=["id"], update_fields=BLOCK_FIELDS
    )
    return sorted(written, key=lambda pair: (pair[0].day, pair[0].order))


def _orders(plan: StudyPlan, made: planning.Plan) -> dict[int, int]:
    """Place within the day by id() of the engine's block; those of today come after what is done today."""
    start = plan.blocks.filter(day=made.today).exclude(state=Block.State.PLANNED).aggregate(n=Max("order"))["n"]
    counts: dict[date, int] = {made.today: 0 if start is None else start + 1}
    orders = {}
    for block in made.blocks:
        orders[id(block)] = counts.get(block.day, 0)
        counts[block.day] = counts.get(block.day, 0) + 1
    return orders


def _paired(
    planned: Sequence[Block], blocks: Sequence[planning.Block]
) -> list[tuple[Block | None, planning.Block | None]]:
    """Rows and engine blocks that ask for the same thing; pinned ones pair only with pinned ones."""
    pairs: list[tuple[Block | None, planning.Block | None]] = []
    for is_pinned in (True, False):
        rows = {id(one): (one, row) for row in planned if row.is_pinned == is_pinned for one in [_engine(row)]}
        found = match([one for one, _ in rows.values()], [b for b in blocks if b.pinned == is_pinned])
        pairs += [(None if one is None else rows[id(one)][1], other) for one, other in found]
    return pairs


def _engine(row: Block) -> planning.Block:
    return selectors.engine_block(row)


def _bring_in_step(row: Block, block: planning.Block, order: int) -> bool:
    """Whether anything of the row changed."""
    if row.is_pinned:
        values: tuple[Any, ...] = (row.day, order, row.minutes, row.questions, row.reason)
    else:
        values = (block.day, order, block.minutes, block.questions, block.reason.words[:LONGEST_REASON])
    if values == tuple(getattr(row, name) for name in BLOCK_FIELDS):
        return False
    for name, value in zip(BLOCK_FIELDS, values, strict=True):
        setattr(row, name, value)
    return True


def _new_row(plan: StudyPlan, block: planning.Block, ground: PlanningGround) -> Block:
    return Block(
        plan=plan,
        day=block.day,
        minutes=block.minutes,
        kind=block.kind.value,
        domain=ground.weights[block.domain].domain if block.domain else None,
        topic=ground.topics[block.topic] if block.topic else None,
        lab=ground.labs[block.lab] if block.lab else None,
        misconception=ground.misconceptions[block.misconception] if block.misconception else None,
        questions=block.questions,
        reason=block.reason.words[:LONGEST_REASON],
    )
