"""The rows of a revision: what came, moved, changed its length and went, and why."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine import planning
from study_plans import selectors
from study_plans.models import Block
from study_plans.services.snapshots import Snapshot
from study_plans.services.writing import Written

Row = dict[str, Any]


def diff_rows(
    before: Snapshot,
    after: Written,
    *,
    asked: planning.PlanInput,
    asked_before: planning.PlanInput,
    own: Mapping[str, str] | None = None,
) -> list[Row]:
    """One row for each change that the engine names, by day. Recall and rest follow from the others: no rows.

    What the candidate did themselves is told first and as theirs. own: block id to why. A block that they moved is
    its own counterpart, also where the planner holds another one like it nearer by.
    """
    own = own or {}
    skipped = set(
        Block.objects.filter(pk__in=[block.pk for block in before.blocks], state=Block.State.SKIPPED).values_list(
            "pk", flat=True
        )
    )
    moved = _moved_by_hand(before, after, own)
    old = [(_engine(row), row) for row in before.blocks if row.pk not in skipped]
    new = [(one, row) for row, one in after]
    found = _changes(old, new, asked, asked_before)
    told = {row.pk: was.pk for was, row, _ in found if row is not None and was is not None}
    if any(told.get(row.pk) != was.pk for was, row in moved):
        apart = {row.pk for _, row in moved}
        old = [(one, row) for one, row in old if row.pk not in apart]
        new = [(one, row) for one, row in new if row.pk not in apart]
        found = _changes(old, new, asked, asked_before)
        rows = [diff_row(was, row, "moved") | {"why": own[str(row.pk)]} for was, row in moved]
    else:
        rows = []
    rows += [diff_row(was, row, change.kind.value) | {"why": _sentence(change.reason)} for was, row, change in found]
    rows += [diff_row(row, None, "dropped") | {"why": "You left it out."} for row in before.blocks if row.pk in skipped]
    return rows


def _changes(
    old: Sequence[tuple[planning.Block, Block]],
    new: Sequence[tuple[planning.Block, Block]],
    asked: planning.PlanInput,
    asked_before: planning.PlanInput,
) -> list[tuple[Block | None, Block | None, planning.Change]]:
    """What the engine names, each change with its rows before and after."""
    were, are = {id(one): row for one, row in old}, {id(one): row for one, row in new}
    found = planning.changes([one for one, _ in old], [one for one, _ in new], asked=asked, asked_before=asked_before)
    return [
        (
            None if change.before is None else were[id(change.before)],
            None if change.after is None else are[id(change.after)],
            change,
        )
        for change in found
    ]


def _moved_by_hand(before: Snapshot, after: Written, own: Mapping[str, str]) -> list[tuple[Block, Block]]:
    """The candidate's own blocks that are on another day now, as they were and as they are."""
    were = {row.pk: row for row in before.blocks if str(row.pk) in own}
    pairs = [(were[row.pk], row) for row, _ in after if row.pk in were]
    return [(was, row) for was, row in pairs if was.day != row.day]


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
