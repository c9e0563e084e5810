"""A plan as it was before a change: what undo restores."""

import uuid
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any

from study_plans.models import Block, StudyPlan

WISHES = ("exam_on", "exam_time", "minutes_per_weekday", "days_off", "minutes_on", "block_minutes")
OUTCOMES = ("left_out", "marks_left_out", "target_minutes", "taper_from")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A plan, its wishes as plain values, and its planned blocks in order, before anything changed them."""

    plan: StudyPlan
    wishes: dict[str, Any]
    blocks: tuple[Block, ...]

    def block_rows(self) -> list[dict[str, Any]]:
        """The blocks as plain values for JSON."""
        return [_row(block) for block in self.blocks]


def snapshot_of(plan: StudyPlan) -> Snapshot:
    """Takes copies: later changes of the rows leave it as it is."""
    wishes = {name: _plain(getattr(plan, name)) for name in (*WISHES, *OUTCOMES)}
    return Snapshot(copy(plan), wishes, tuple(planned_blocks(plan)))


def planned_blocks(plan: StudyPlan) -> Sequence[Block]:
    """All planned blocks on any day, freshly read."""
    planned = plan.blocks.filter(state=Block.State.PLANNED)
    return list(planned.select_related("domain", "topic__domain", "lab", "misconception"))


def restored_wishes(wishes: dict[str, Any]) -> dict[str, Any]:
    """Values for the plan's fields from a revision's `plan_before`."""
    values = dict(wishes)
    for name in ("exam_on", "taper_from"):
        if values.get(name):
            values[name] = date.fromisoformat(values[name])
    return values


def restored_blocks(plan: StudyPlan, rows: Iterable[dict[str, Any]], today: date) -> list[Block]:
    """Unsaved blocks of a revision's `blocks_before` from `today` on, with the ids they had."""
    return [
        Block(plan=plan, **(row | {"id": uuid.UUID(row["id"]), "day": date.fromisoformat(row["day"])}))
        for row in rows
        if row["day"] >= today.isoformat()
    ]


def _row(block: Block) -> dict[str, Any]:
    return {
        "id": str(block.pk),
        "day": block.day.isoformat(),
        "order": block.order,
        "minutes": block.minutes,
        "kind": block.kind,
        "domain_id": block.domain_id,
        "topic_id": block.topic_id,
        "lab_id": block.lab_id,
        "misconception_id": block.misconception_id,
        "questions": block.questions,
        "reason": block.reason,
        "is_pinned": block.is_pinned,
    }


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return dict(value) if isinstance(value, dict) else list(value) if isinstance(value, list) else value
