"""Rows of one candidate's plan. Every id is looked up under its owner."""

import uuid
from datetime import date, datetime, timedelta

from django.db.models import F, Q, QuerySet

from accounts.models import User
from questions.selectors import current_blueprint
from study_plans.models import Block, PlanRevision, StudyPlan
from study_plans.selectors.days import local_day
from study_plans.selectors.planning_input import engine_block

SWAP_DAYS = 21


def plan_of(candidate: User) -> StudyPlan | None:
    return StudyPlan.objects.select_related("candidate", "blueprint").filter(candidate=candidate).first()


def _with_names(blocks: QuerySet[Block]) -> QuerySet[Block]:
    return blocks.select_related("domain", "topic__domain", "lab", "misconception")


def blocks_between(plan: StudyPlan, first: date, last: date) -> QuerySet[Block]:
    """Blocks from `first` to `last`, both included, with all that their titles need."""
    return _with_names(plan.blocks.filter(day__range=(first, last)))


def next_block(plan: StudyPlan, today: date) -> Block | None:
    """The next thing to do: planned, not rest, today or later."""
    planned = plan.blocks.filter(state=Block.State.PLANNED, day__gte=today).exclude(kind=Block.Kind.REST)
    return _with_names(planned).first()


def swap_choices(block: Block, today: date) -> list[Block]:
    """Planned blocks of other days within three weeks that ask for something else, in order."""
    last = max(block.day, today) + timedelta(days=SWAP_DAYS)
    planned = block.plan.blocks.filter(state=Block.State.PLANNED, day__range=(today, last))
    others = _with_names(planned.exclude(kind=Block.Kind.REST).exclude(day=block.day))
    own = engine_block(block).identity
    return [other for other in others if engine_block(other).identity != own]


def block_of(candidate: User, block_id: uuid.UUID) -> Block | None:
    """A block, if it is this candidate's."""
    blocks = Block.objects.filter(plan__candidate=candidate, pk=block_id)
    return _with_names(blocks).select_related("plan__candidate").first()


def latest_revision(plan: StudyPlan) -> PlanRevision | None:
    return plan.revisions.first()


def revision_of(candidate: User, revision_id: uuid.UUID) -> PlanRevision | None:
    """A revision, if it is of this candidate's plan."""
    return PlanRevision.objects.filter(plan__candidate=candidate, pk=revision_id).select_related("plan").first()


def plan_by_calendar_secret(secret: str) -> StudyPlan | None:
    """The plan whose feed this is. An empty secret is no secret."""
    if not secret:
        return None
    plans = StudyPlan.objects.select_related("candidate", "blueprint")
    return plans.filter(calendar_secret=secret, candidate__is_active=True).first()


def is_behind(plan: StudyPlan, now: datetime) -> bool:
    """Whether the plan was made for an earlier day of the candidate's, or for another exam or version of it."""
    is_of_today = plan.planned_on is not None and plan.planned_on >= local_day(plan.candidate, now)
    return not is_of_today or plan.blueprint_id != current_blueprint().pk


def plans_behind(now: datetime) -> list[uuid.UUID]:
    """Candidates whose local day began after their plan was last made, the longest behind first.

    Zones are few, so the day is worked out once for each of them.
    """
    people = User.objects.filter(is_active=True, study_plan__isnull=False)
    zones = list(people.order_by().values_list("time_zone", flat=True).distinct())
    if not zones:
        return []
    behind = Q(pk__in=[])
    for zone in zones:
        behind |= Q(candidate__time_zone=zone, planned_on__lt=local_day(User(time_zone=zone), now))
    plans = StudyPlan.objects.filter(behind | Q(planned_on__isnull=True), candidate__is_active=True)
    return list(plans.order_by(F("planned_on").asc(nulls_first=True), "pk").values_list("candidate_id", flat=True))
