"""Keeping or taking back what changed."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from study_plans import selectors, words
from study_plans.models import Block, PlanRevision, StudyPlan
from study_plans.services.adjusting import add_revision
from study_plans.services.differences import diff_row
from study_plans.services.snapshots import Snapshot, restored_blocks, restored_wishes, snapshot_of

NEVER_UNDONE = (PlanRevision.Reason.CREATED, PlanRevision.Reason.EXAM)


class RevisionNotFound(Exception):
    """There is no such revision, or it belongs to somebody else."""


class RevisionNotUndoable(Exception):
    """Only the latest change can be taken back, once, and never the first plan."""


@transaction.atomic
def accept_revision(*, plan_owner: User, revision_id: uuid.UUID, now: datetime) -> PlanRevision:
    """Note that the candidate looked at a change and keeps it. Twice is the same as once."""
    _lock(plan_owner)
    revision = _own_revision(plan_owner, revision_id)
    if revision.accepted_at is None and revision.undone_at is None:
        revision.accepted_at = now
        revision.save(update_fields=["accepted_at"])
    return revision


@transaction.atomic
def undo_revision(*, plan_owner: User, revision_id: uuid.UUID, now: datetime) -> PlanRevision:
    """Put the planned blocks and the wishes back as they were before a revision; the new revision says so.

    What was done meanwhile stays done, days gone by stay as they are, and today holds no more than it has minutes.
    RevisionNotUndoable unless it is the latest one, not undone yet, and neither the first plan nor what an exam's
    report brought: that report is corrected or taken back instead.
    """
    plan = _lock(plan_owner)
    revision = _own_revision(plan_owner, revision_id)
    latest = selectors.latest_revision(plan)
    is_latest = latest is not None and latest.pk == revision.pk
    if not is_latest or revision.undone_at is not None or revision.reason in NEVER_UNDONE:
        raise RevisionNotUndoable
    today = selectors.local_day(plan_owner, now)
    before = snapshot_of(plan)
    for name, value in restored_wishes(revision.plan_before).items():
        setattr(plan, name, value)
    if plan.exam_on is not None and plan.exam_on < today:
        raise RevisionNotUndoable
    plan.save()
    _restore(plan, revision, today)
    PlanRevision.objects.filter(pk=revision.pk).update(undone_at=now, accepted_at=None)
    diff = _undone_rows(before, snapshot_of(plan), today)
    summary = words.summary_words(PlanRevision.Reason.UNDO, diff, today) if diff else "You took the last change back."
    return add_revision(plan, before, now=now, reason=PlanRevision.Reason.UNDO, summary=summary, diff=diff)


def _lock(plan_owner: User) -> StudyPlan:
    plan = StudyPlan.objects.select_for_update(of=("self",)).filter(candidate=plan_owner).first()
    if plan is None:
        raise RevisionNotFound
    return plan


def _own_revision(plan_owner: User, revision_id: uuid.UUID) -> PlanRevision:
    revision = selectors.revision_of(plan_owner, revision_id)
    if revision is None:
        raise RevisionNotFound
    return revision


def _restore(plan: StudyPlan, revision: PlanRevision, today: date) -> None:
    wanted = restored_blocks(plan, revision.blocks_before, today)
    plan.blocks.filter(state=Block.State.PLANNED, day__gte=today).delete()
    skipped = plan.blocks.filter(state=Block.State.SKIPPED, pk__in=[block.pk for block in wanted])
    skipped.delete()
    kept = set(plan.blocks.filter(pk__in=[block.pk for block in wanted]).values_list("pk", flat=True))
    wanted = [block for block in wanted if block.pk not in kept]
    Block.objects.bulk_create(_fitting_today(plan, wanted, today))


def _fitting_today(plan: StudyPlan, wanted: Sequence[Block], today: date) -> list[Block]:
    """Leave out what today has no minutes for any more, after what was done meanwhile."""
    done = plan.blocks.filter(day=today, state=Block.State.DONE)
    used = sum(block.minutes for block in done)
    if not used:
        return list(wanted)
    left = selectors.minutes_of_day(plan, today) - used
    fitting = []
    for block in wanted:
        if block.day == today and not block.is_pinned and block.minutes:
            if block.minutes > left:
                continue
            left -= block.minutes
        fitting.append(block)
    return fitting


def _undone_rows(before: Snapshot, after: Snapshot, today: date) -> list[dict[str, Any]]:
    old, new = _studies(before, today), _studies(after, today)
    rows = []
    for pk in dict.fromkeys([*old, *new]):
        change = _change_of(old.get(pk), new.get(pk))
        if change is not None:
            rows.append(diff_row(old.get(pk), new.get(pk), change) | {"why": "As it was before the change."})
    return sorted(rows, key=lambda row: (row["day_to"] or row["day_from"], row["title"]))


def _studies(snapshot: Snapshot, today: date) -> dict[uuid.UUID, Block]:
    told = (block for block in snapshot.blocks if block.kind not in (Block.Kind.REST, Block.Kind.REVIEW))
    return {block.pk: block for block in told if block.day >= today}


def _change_of(old: Block | None, new: Block | None) -> str | None:
    if old is None or new is None:
        return "added" if old is None else "dropped"
    if old.day != new.day:
        return "moved"
    if old.minutes != new.minutes:
        return "longer" if new.minutes > old.minutes else "shorter"
    return None
