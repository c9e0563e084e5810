"""A candidate's plan and needs for tests."""

from datetime import UTC, date, datetime

from django.db.models import QuerySet

from accounts.models import User
from study_plans import services
from study_plans.models import Block, PlanRevision, StudyPlan
from study_plans.needs import DomainStanding, PlanNeeds, TopicStanding

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
EXAM = date(2027, 1, 16)
WEEK = [60, 60, 0, 60, 60, 150, 45]


def needs_with(weak: dict[str, float], **more: object) -> PlanNeeds:
    """Needs of somebody weak by these numbers in these topics, fine elsewhere."""
    topics = {
        f"{domain}-{n}": TopicStanding(
            marks_to_win=2.0 * weak.get(f"{domain}-{n}", 10) / 100,
            weakness=weak.get(f"{domain}-{n}", 10),
            uncertainty=0.1,
            answers=8,
            wrong_lately=4 if f"{domain}-{n}" in weak else 0,
            answers_lately=6,
        )
        for domain in ("platform", "data", "security", "enterprise", "applications", "integrations")
        for n in (1, 2, 3)
    }
    domains = {code.split("-")[0]: DomainStanding(60, 50, 70, 20) for code in topics}
    values: dict[str, object] = {"domains": domains, "topics": topics, "last_mock_on": "2026-11-22"}
    return PlanNeeds(**(values | more))  # type: ignore[arg-type]


def make_plan(candidate: User, now: datetime = NOW, exam_on: date | None = EXAM) -> StudyPlan:
    services.change_availability(
        candidate=candidate,
        now=now,
        exam_on=exam_on,
        exam_time=None,
        minutes_per_weekday=WEEK,
        days_off=[],
        block_minutes=30,
    )
    return StudyPlan.objects.select_related("candidate", "blueprint").get(candidate=candidate)


def adjust(
    candidate: User,
    weak: dict[str, float] | None = None,
    version: int = 1,
    now: datetime = NOW,
    reason: str = "attempt",
    **more: object,
) -> PlanRevision | None:
    return services.adjust_plan(
        candidate=candidate, needs=needs_with(weak or {}, **more), needs_version=version, now=now, reason=reason
    )


def study_blocks(plan: StudyPlan) -> QuerySet[Block]:
    return plan.blocks.filter(state="planned").exclude(kind="rest")
