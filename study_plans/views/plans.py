"""The week, the month, the set-up, and what changed."""

import uuid
from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from study_plans import selectors, services, words
from study_plans.forms import DAY_NAMES, MessagesForm, SetupForm
from study_plans.models import Block, PlanRevision, StudyPlan
from study_plans.views.own import asked_day, own_plan, signed_in

REVISIONS_SHOWN = 50
ROWS_SHOWN = 8
NEAR = timedelta(days=14)
Row = dict[str, Any]


@login_required
@require_GET
def plan_show(request: HttpRequest) -> HttpResponse:
    """The seven days of a week, what changed, the balance and the way to the exam."""
    plan = own_plan(request, timezone.now())
    if plan is None:
        return render(request, "study_plans/plan_empty.html", {"nav": "plan"})
    today = selectors.local_day(signed_in(request), timezone.now())
    monday = selectors.monday_of(asked_day(request.GET.get("week", ""), today))
    days = selectors.day_summaries(plan, monday, monday + timedelta(days=6), today)
    revision = selectors.latest_revision(plan)
    near, later = _near_first(revision, today)
    balance = selectors.minutes_by_domain(plan, monday)
    context = {
        "nav": "plan",
        "plan": plan,
        "today": today,
        "monday": monday,
        "near_rows": near,
        "later_rows": later,
        "days": days,
        "head": _week_words(plan, days, today),
        "title": words.span_words(monday, monday + timedelta(days=6)),
        "week_number": selectors.week_number(plan, monday),
        "week_count": selectors.week_count(plan),
        "asks_outcome": selectors.asks_for_outcome(plan, today),
        "earliest": _earliest(plan, today) if plan.exam_on is None else None,
        "days_left": (plan.exam_on - today).days if plan.exam_on else None,
        "is_this_week": monday == selectors.monday_of(today),
        "previous_week": monday - timedelta(days=7),
        "next_week": monday + timedelta(days=7),
        "revision": revision,
        "streak": selectors.study_streak(plan, today) if plan.shows_streak else 0,
        "welcome": _welcome(revision),
        "may_undo": may_undo(plan, revision, today),
        "has_minutes": any(plan.minutes_per_weekday),
        "balance": [row for row in balance if row.planned or row.needed],
        "chance_left_out": selectors.chance_left_out(plan),
        "hands_on": selectors.hands_on(plan),
        "ahead": selectors.way_to_exam(plan, today),
    }
    return render(request, "study_plans/plan_show.html", context)


def _earliest(plan: StudyPlan, today: date) -> date | None:
    """The first day of the next try, while there is still to wait for it."""
    earliest = selectors.earliest_retake(plan.candidate, plan.blueprint)
    return earliest if earliest is not None and earliest > today else None


def _week_words(plan: StudyPlan, days: list[selectors.DaySummary], today: date) -> str:
    """'About 7 h 45 of study, 2 free days, with a mock exam on Saturday.'

    A day whose blocks went by was not free, and neither is one before the plan began.
    """
    total = sum(day.minutes_planned for day in days)
    if not total:
        is_now = days[0].day <= today <= days[-1].day
        return f"Nothing {'more ' if is_now and any(day.blocks for day in days) else ''}is planned in this week."
    parts = [f"{words.minutes_words(total)} of study"]
    began = selectors.first_day(plan)
    free = sum(1 for day in days if not day.blocks and not day.is_exam and began is not None and day.day >= began)
    if free:
        parts.append(f"{words.number_words(free)} free day{'s' if free > 1 else ''}")
    said = words.listed(parts)
    full = [day for day in days if any(shown.block.is_sitting for shown in day.blocks)]
    if full:
        block = next(shown.block for shown in full[0].blocks if shown.block.is_sitting)
        said += f", with a {words.KIND_WORDS[block.Kind(block.kind)][0]} on {full[0].day:%A}"
        if block.kind == block.Kind.REHEARSAL and plan.exam_time:
            said += f" at {plan.exam_time:%H:%M}, your real exam hour"
    return f"{said}."


def _welcome(revision: PlanRevision | None) -> str:
    """What a return after missed days moved, until it was kept or undone; empty otherwise."""
    if revision is None or revision.reason != PlanRevision.Reason.MISSED_DAY:
        return ""
    if revision.accepted_at or revision.undone_at:
        return ""
    return revision.summary.removeprefix(words.FROM_TODAY).strip()


def _near_first(revision: PlanRevision | None, today: date) -> tuple[list[Row], list[Row]]:
    """Rows of a revision that touch the next days, few enough to read, and all others."""
    rows = revision.diff if revision else []
    edge = (today + NEAR).isoformat()
    near = [row for row in rows if (row["day_from"] or edge) < edge or (row["day_to"] or edge) < edge][:ROWS_SHOWN]
    return near, [row for row in rows if row not in near]


def may_undo(plan: StudyPlan, revision: PlanRevision | None, today: date) -> bool:
    """Whether the undo button stands on a revision; the service decides in the end."""
    if revision is None or plan.is_over(today):
        return False
    return revision.undone_at is None and revision.reason not in services.NEVER_UNDONE


@login_required
@require_GET
def plan_month(request: HttpRequest) -> HttpResponse:
    plan = own_plan(request, timezone.now())
    if plan is None:
        return redirect("study_plans:plan_show")
    today = selectors.local_day(signed_in(request), timezone.now())
    first = asked_day(f"{request.GET.get('month', '')}-01", today).replace(day=1)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    start, end = selectors.monday_of(first), selectors.monday_of(last) + timedelta(days=6)
    days = selectors.day_summaries(plan, start, end, today)
    context = {
        "nav": "plan",
        "plan": plan,
        "today": today,
        "first": first,
        "weekdays": DAY_NAMES,
        "kinds": _kinds(days),
        "weeks": [days[at : at + 7] for at in range(0, len(days), 7)],
        "minutes": sum(day.minutes_planned for day in days if day.day.month == first.month),
        "previous_month": first - timedelta(days=1),
        "next_month": last + timedelta(days=1),
    }
    return render(request, "study_plans/plan_month.html", context)


def _kinds(days: list[selectors.DaySummary]) -> list[Block]:
    """One block of each kind that has a sign of its own instead of a domain, for the legend."""
    found: dict[str, Block] = {}
    for day in days:
        for shown in day.kept:
            if shown.block.domain_id is None:
                found.setdefault(shown.block.kind, shown.block)
    return list(found.values())


@login_required
@require_http_methods(["GET", "POST"])
def plan_setup(request: HttpRequest) -> HttpResponse:
    """When the exam is and when there is time; a POST plans anew."""
    user, now = signed_in(request), timezone.now()
    plan = selectors.plan_of(user)
    form = SetupForm(request.POST or None, today=selectors.local_day(user, now), time_zone=user.time_zone, plan=plan)
    if request.method == "POST" and form.is_valid():
        try:
            revision = services.change_availability(candidate=user, now=now, **form.wishes())
        except services.AvailabilityInvalid as invalid:
            form.add_error(invalid.field if invalid.field in form.fields else None, str(invalid))
        else:
            messages.success(request, revision.summary if revision else "Saved. Nothing had to move.")
            return redirect("study_plans:plan_show")
    return _setup_page(request, plan, form, now)


def _setup_page(
    request: HttpRequest,
    plan: StudyPlan | None,
    form: SetupForm,
    now: datetime,
    messages_form: MessagesForm | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {"nav": "plan", "plan": plan, "form": form}
    if plan is not None:
        context["messages_form"] = messages_form or MessagesForm(initial=vars(plan))
        context["earliest"] = _earliest(plan, selectors.local_day(signed_in(request), now))
    is_wrong = bool(form.errors or (messages_form and messages_form.errors))
    return render(request, "study_plans/plan_setup.html", context, status=422 if is_wrong else 200)


@login_required
@require_POST
def messages_change(request: HttpRequest) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    plan = selectors.plan_of(user)
    if plan is None:
        raise Http404
    form = MessagesForm(request.POST)
    if not form.is_valid():
        setup = SetupForm(None, today=selectors.local_day(user, now), time_zone=user.time_zone, plan=plan)
        return _setup_page(request, plan, setup, now, messages_form=form)
    services.change_messages(plan=plan, **form.cleaned_data)
    messages.success(request, "Saved.")
    return redirect("study_plans:plan_setup")


@login_required
@require_GET
def revision_list(request: HttpRequest) -> HttpResponse:
    plan = own_plan(request, timezone.now())
    if plan is None:
        return redirect("study_plans:plan_show")
    revisions = list(plan.revisions.all()[:REVISIONS_SHOWN])
    latest = revisions[0] if revisions else None
    today = selectors.local_day(signed_in(request), timezone.now())
    context = {
        "nav": "plan",
        "plan": plan,
        "revisions": revisions,
        "undoable": latest.pk if latest is not None and may_undo(plan, latest, today) else None,
        "shown": REVISIONS_SHOWN,
    }
    return render(request, "study_plans/revision_list.html", context)


@login_required
@require_POST
def revision_undo(request: HttpRequest, revision_id: uuid.UUID) -> HttpResponse:
    try:
        services.undo_revision(plan_owner=signed_in(request), revision_id=revision_id, now=timezone.now())
    except services.RevisionNotFound as missing:
        raise Http404 from missing
    except services.RevisionNotUndoable:
        messages.warning(request, "Only the latest change can be undone. The plan stays as it is.")
    else:
        messages.success(request, "Undone. The plan is as it was before.")
    return redirect("study_plans:plan_show")


@login_required
@require_POST
def revision_accept(request: HttpRequest, revision_id: uuid.UUID) -> HttpResponse:
    try:
        services.accept_revision(plan_owner=signed_in(request), revision_id=revision_id, now=timezone.now())
    except services.RevisionNotFound as missing:
        raise Http404 from missing
    messages.success(request, "Kept.")
    return redirect("study_plans:plan_show")
