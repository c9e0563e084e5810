"""Making a plan anew from what is known: after an attempt, after missed days, after the candidate's own change.

Every adjustment takes the same steps: lock the plan, keep a snapshot, set missed blocks aside, ask the engine,
match its blocks with the old ones, write the difference, and keep a revision that says what changed and why.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from engine import planning
from questions.selectors import current_blueprint
from study_plans import selectors, words
from study_plans.models import Block, PlanRevision, StudyPlan
from study_plans.needs import PlanNeeds
from study_plans.services.differences import diff_row, diff_rows
from study_plans.services.snapshots import Snapshot, snapshot_of
from study_plans.services.writing import write_blocks

Reason = PlanRevision.Reason


@dataclass(frozen=True, slots=True)
class OwnChange:
    """What the candidate did themselves: told first in the summary, and as the reason of the blocks it was about."""

    said: str
    whys: Mapping[str, str] = field(default_factory=dict)


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
    why = Reason.CREATED if is_new or latest is None else Reason(reason)
    return replan(plan, before=before, now=now, reason=why, attempt_id=attempt_id)


@transaction.atomic
def replan_missed_days(*, candidate: User, now: datetime) -> PlanRevision | None:
    """Begin the candidate's day: blocks of days gone by are missed, and find a new place or are dropped by name.

    Nothing happens twice a day, nor without a plan. Returns the revision, or None where nothing changed.
    """
    plan = StudyPlan.objects.select_for_update(of=("self",)).filter(candidate=candidate).first()
    if plan is None:
        return None
    _follow_blueprint(plan)
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
    plan = locked.get(candidate=candidate)
    _follow_blueprint(plan)
    return plan, is_new


def _follow_blueprint(plan: StudyPlan) -> None:
    """Aim at the current blueprint, and plan for it at the next look.

    For another exam the plan begins anew; what was done stays.
    """
    current = current_blueprint()
    if plan.blueprint_id == current.pk:
        return
    if plan.blueprint.code != current.code:
        plan.blocks.filter(state=Block.State.PLANNED).delete()
        plan.exam_on = plan.exam_time = plan.passed_on = plan.taper_from = plan.needs_at = None
        plan.needs, plan.left_out, plan.target_minutes, plan.marks_left_out = {}, [], {}, 0.0
    plan.blueprint, plan.asked_digest, plan.planned_on = current, "", None
    plan.save()


def replan(
    plan: StudyPlan,
    *,
    before: Snapshot,
    now: datetime,
    reason: PlanRevision.Reason,
    attempt_id: uuid.UUID | None = None,
    own: OwnChange | None = None,
) -> PlanRevision | None:
    """The steps that all adjustments share. The plan must be locked and `before` taken before anything changed."""
    today = selectors.local_day(plan.candidate, now)
    _set_missed_aside(plan, today)
    plan.planned_on = today
    plan.minutes_on = {day: minutes for day, minutes in plan.minutes_on.items() if day >= today.isoformat()}
    if plan.is_over(today):
        return _end(plan, before, now=now, reason=reason)
    planned = _still_planned(plan, today)
    ground = selectors.planning_ground(plan)
    asked = selectors.planning_input(ground, plan, today=today, planned=planned)
    digest = selectors.asked_digest(asked)
    if digest == plan.asked_digest and reason != Reason.CREATED:
        plan.save()
        return None
    plan.asked_digest = digest
    made = planning.make_plan(asked)
    _keep_outcome(plan, made)
    written = write_blocks(plan, planned, made, ground)
    if reason == Reason.CREATED:
        summary, diff = words.created_words([row for row, _ in written], plan.exam_on), []
    else:
        asked_before = selectors.planning_input(ground, before.plan, today=today, planned=planned)
        diff = diff_rows(
            before, written, asked=asked, asked_before=asked_before, own=own.whys if own is not None else None
        )
        summary = words.summary_words(reason, diff, today)
        if own is not None:
            summary = words.own_change_words(own.said, [row for row in diff if row["block"] not in own.whys], today)
            diff = [row | {"why": own.whys.get(row["block"], row["why"])} for row in diff]
            diff.sort(key=lambda row: row["block"] not in own.whys)
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


def _end(plan: StudyPlan, before: Snapshot, *, now: datetime, reason: PlanRevision.Reason) -> PlanRevision | None:
    """Nothing more is planned. What still stood ahead goes, by name."""
    today = selectors.local_day(plan.candidate, now)
    ahead = [block for block in before.blocks if block.day >= today and block.kind != Block.Kind.REST]
    plan.blocks.filter(state=Block.State.PLANNED, day__gte=today).delete()
    plan.left_out, plan.marks_left_out, plan.taper_from, plan.asked_digest = [], 0.0, None, ""
    plan.save()
    if not ahead:
        return None
    diff = [diff_row(block, None, "dropped") | {"why": "Your exam is behind you."} for block in ahead]
    return add_revision(plan, before, now=now, reason=reason, summary=words.ended_words(len(ahead)), diff=diff)


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
