"""Today: the next block and its one button, where a minute is worth most, and what changed."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from accounts.selectors import cohorts_of
from analytics import services
from analytics.models import EstimateSet, MentorNote
from analytics.selectors import mastery_history
from analytics.views.own import estimates_context, signed_in
from exams.clock import exam_now
from exams.selectors import open_attempts_of
from exams.services import settle_attempts_of
from questions.selectors import current_blueprint
from study_plans.models import Block, PlanRevision, StudyPlan
from study_plans.selectors import (
    asks_for_outcome,
    blocks_between,
    is_behind,
    latest_revision,
    local_day,
    next_study_day,
    plan_of,
)
from study_plans.services import replan_missed_days

MOST_SHOWN = 3
NEWS_DAYS = 3


@login_required
@require_GET
@never_cache
def today_show(request: HttpRequest) -> HttpResponse:
    candidate, now = signed_in(request), exam_now()
    settle_attempts_of(candidate, now)
    context = estimates_context(candidate, now)
    estimates: EstimateSet | None = context["estimates"]
    plan = _plan_begun_today(candidate, now)
    day = local_day(candidate, now)
    context |= {
        "nav": "today",
        "day": day,
        "blueprint": current_blueprint(),
        "open_attempt": open_attempts_of(candidate).first(),
        "notes": MentorNote.objects.filter(candidate=candidate, read_at=None).select_related(
            "mentor", "topic", "misconception"
        ),
        "mentors_cohorts": cohorts_of(candidate).exists(),
        "plan": plan,
        **_standing(candidate, estimates),
    }
    if plan is not None:
        context |= _plan_of_the_day(plan, estimates, context["day"], now)
    return render(request, "analytics/today_show.html", context)


def _plan_begun_today(candidate: User, now: datetime) -> StudyPlan | None:
    """The plan, begun anew if the candidate's day began since it was last made: this page never waits for a worker."""
    plan = plan_of(candidate)
    if plan is not None and is_behind(plan, now):
        replan_missed_days(candidate=candidate, now=now)
        plan = plan_of(candidate)
    return plan


def _standing(candidate: User, estimates: EstimateSet | None) -> dict[str, Any]:
    if estimates is None:
        return {}
    most = sorted(estimates.domains.all(), key=lambda row: -row.priority)[:MOST_SHOWN]
    return {"most_to_win": most, "forecast_before": forecast_before(candidate, estimates)}


def forecast_before(candidate: User, estimates: EstimateSet) -> EstimateSet | None:
    """The forecast after the sitting before the last one."""
    earlier = [
        past
        for past in mastery_history(candidate)
        if past.has_forecast and past.last_attempt_id != estimates.last_attempt_id
    ]
    return earlier[-1] if earlier and estimates.has_forecast else None


def _plan_of_the_day(plan: StudyPlan, estimates: EstimateSet | None, day: date, now: datetime) -> dict[str, Any]:
    blocks = list(blocks_between(plan, day, day))
    study = [block for block in blocks if block.kind != Block.Kind.REST and block.state != Block.State.SKIPPED]
    planned = [block for block in study if block.state == Block.State.PLANNED]
    minutes = sum(block.minutes for block in study)
    following = next_study_day(plan, day)
    return {
        "blocks": [block for block in blocks if block.state != Block.State.SKIPPED],
        "study_count": len(study),
        "next_block": planned[0] if planned else None,
        "minutes_today": minutes,
        "minutes_done": sum(block.minutes for block in study if block.state == Block.State.DONE),
        "lede": _lede(study, estimates),
        "following": following,
        "asks_outcome": asks_for_outcome(plan, day),
        "days_left": (plan.exam_on - day).days if plan.exam_on and plan.exam_on >= day else None,
        "taper_from": plan.taper_from,
        "is_over": plan.is_over(day),
        "has_minutes": any(plan.minutes_per_weekday),
        "revision": None if plan.is_over(day) else _news(plan, now),
    }


def _lede(study: list[Block], estimates: EstimateSet | None) -> str:
    """What most of the day is about, and why."""
    if not study:
        return ""
    minutes: dict[str, int] = {}
    for block in study:
        if block.domain is not None:
            minutes[block.domain.name] = minutes.get(block.domain.name, 0) + block.minutes
    if not minutes:
        return study[0].reason
    name = max(minutes, key=lambda domain: minutes[domain])
    if estimates is None or 2 * minutes[name] < sum(block.minutes for block in study):
        return study[0].reason
    row = next((row for row in estimates.domains.all() if row.domain.name == name), None)
    if row is None or row.priority < 0.05:
        return study[0].reason
    return (
        f"Mostly {name}: it is {row.weight_percent}% of the exam, and about "
        f"{row.priority:.1f} marks of 100 can be won there."
    )


def _news(plan: StudyPlan, now: datetime) -> PlanRevision | None:
    """The last change that the plan made by itself, while it is news and was neither accepted nor undone."""
    revision = latest_revision(plan)
    own = (PlanRevision.Reason.ATTEMPT, PlanRevision.Reason.MISSED_DAY, PlanRevision.Reason.NIGHTLY)
    if revision is None or revision.reason not in own or revision.undone_at or revision.accepted_at:
        return None
    return revision if now - revision.created_at < timedelta(days=NEWS_DAYS) else None


@login_required
@require_POST
def note_read(request: HttpRequest, note_id: uuid.UUID) -> HttpResponse:
    """The candidate has read their mentor's note."""
    if not services.read_mentor_note(candidate=signed_in(request), note_id=note_id, now=exam_now()):
        raise Http404
    return redirect("analytics:today_show")
