"""The rows of a revision: what came, moved, changed its length and went, and why."""

from typing import Any

from engine import planning
from study_plans import selectors
from study_plans.models import Block
from study_plans.services.snapshots import Snapshot
from study_plans.services.writing import Written

Row = dict[str, Any]


def diff_rows(
    before: Snapshot, after: Written, *, asked: planning.PlanInput, asked_before: planning.PlanInput
) -> list[Row]:
    """One row for each change that the engine names, by day. Recall and rest follow from the others: no rows.

    What the candidate just left out is told as theirs, not as the planner's.
    """
    skipped = set(
        Block.objects.filter(pk__in=[block.pk for block in before.blocks], state=Block.State.SKIPPED).values_list(
            "pk", flat=True
        )
    )
    old = {id(one): (one, row) for row in before.blocks if row.pk not in skipped for one in [_engine(row)]}
    new = {id(one): row for row, one in after}
    found = planning.changes(
        [one for one, _ in old.values()], [one for _, one in after], asked=asked, asked_before=asked_before
    )
    rows = []
    for change in found:
        row = diff_row(
            None if change.before is None else old[id(change.before)][1],
            None if change.after is None else new[id(change.after)],
            change.kind.value,
        )
        rows.append(row | {"why": _sentence(change.reason)})
    rows += [diff_row(row, None, "dropped") | {"why": "You left it out."} for row in before.blocks if row.pk in skipped]
    return rows


def diff_row(old: Block | None, new: Block | None, change: str) -> Row:
    """Plain values for JSON, without the reason. One side may be None."""
    block = new or old
    if block is None:
        raise ValueError("A change has a block before or after.")
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
    }


def _engine(row: Block) -> planning.Block:
    return selectors.engine_block(row)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
