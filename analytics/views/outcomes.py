"""After the exam: how it went, as the candidate tells it, with a way back for what was mistyped."""

import uuid
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from analytics import services
from analytics.forms import OutcomeForm
from analytics.views.own import signed_in
from questions.selectors import current_blueprint
from study_plans import services as plans
from study_plans.models import ExamReport, StudyPlan
from study_plans.selectors import (
    asks_for_outcome,
    earliest_retake,
    exam_reports_of,
    local_day,
    overall_percent,
    plan_of,
)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def outcome_report(request: HttpRequest) -> HttpResponse:
    """Say how the exam went. What was told before stands below, to correct or to take back."""
    candidate, now = signed_in(request), timezone.now()
    plan, today = plan_of(candidate), local_day(candidate, now)
    sat_on = plan.exam_on if plan and plan.exam_on and plan.exam_on <= today else today
    form = OutcomeForm(request.POST or None, blueprint=current_blueprint(), initial={"sat_on": sat_on})
    if request.method == "POST" and form.is_valid():
        answer = _move(request, form, plan, now) if form.is_moved else _keep(request, form, now)
        if answer is not None:
            return answer
    return _page(request, form, candidate, today)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def outcome_correct(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    """The same form for an earlier report."""
    candidate, now = signed_in(request), timezone.now()
    report, today = _own_report(candidate, report_id), local_day(candidate, now)
    plan = plan_of(candidate)
    coming = plan.exam_on if plan and plan.exam_on and plan.exam_on >= today and not plan.passed_on else None
    values = OutcomeForm.values_of(report, coming)
    form = OutcomeForm(request.POST or None, blueprint=report.blueprint, can_move=False, initial=values)
    if request.method == "POST" and form.is_valid():
        answer = _keep(request, form, now, report_id=report.pk)
        if answer is not None:
            return answer
    return _page(request, form, candidate, today, report)


@login_required
@require_POST
def outcome_take_back(request: HttpRequest, report_id: uuid.UUID) -> HttpResponse:
    candidate = signed_in(request)
    _own_report(candidate, report_id)
    services.take_exam_back(candidate=candidate, report_id=report_id, now=timezone.now())
    messages.success(request, "Taken back. It counts for nothing any more.")
    return redirect("analytics:outcome_report")


def _own_report(candidate: User, report_id: uuid.UUID) -> ExamReport:
    report = ExamReport.objects.select_related("blueprint").filter(candidate=candidate, pk=report_id).first()
    if report is None:
        raise Http404
    return report


def _page(
    request: HttpRequest, form: OutcomeForm, candidate: User, today: date, corrected: ExamReport | None = None
) -> HttpResponse:
    blueprint = current_blueprint()
    plan, reports = plan_of(candidate), exam_reports_of(candidate, blueprint.code)
    earliest = earliest_retake(candidate, blueprint)
    context: dict[str, Any] = {
        "nav": "plan",
        "form": form,
        "blueprint": blueprint,
        "plan": plan,
        "today": today,
        "corrected": corrected,
        "told": [(one, overall_percent(one)) for one in reports],
        "earliest": earliest if earliest and earliest > today else None,
        "asks": corrected is not None or form.is_bound or not reports or (plan and asks_for_outcome(plan, today)),
    }
    return render(request, "analytics/outcome_report.html", context, status=422 if form.errors else 200)


def _keep(
    request: HttpRequest, form: OutcomeForm, now: datetime, report_id: uuid.UUID | None = None
) -> HttpResponse | None:
    """None where a field is wrong; the form names it then."""
    try:
        report = services.report_exam(candidate=signed_in(request), now=now, report_id=report_id, **form.report())
    except plans.ReportInvalid as invalid:
        form.add_error(invalid.field if invalid.field in form.fields else None, str(invalid))
        return None
    if report.passed:
        messages.success(request, "Congratulations! Your plan ends here, and this is the way you came.")
        return redirect("analytics:journey_show")
    overall = overall_percent(report)
    if overall is not None and overall >= report.blueprint.pass_percent:
        messages.warning(
            request,
            f"Kept. By our sum your percentages make about {overall:.0f}%, above the pass mark of "
            f"{report.blueprint.pass_percent}%: look whether one of them is mistyped.",
        )
    else:
        messages.success(request, "Kept. The plan starts again from what your exam said.")
    return redirect("analytics:outcome_report")


def _move(request: HttpRequest, form: OutcomeForm, plan: StudyPlan | None, now: datetime) -> HttpResponse | None:
    """Another exam day, or none yet: the plan follows."""
    if plan is None:
        return redirect("study_plans:plan_setup")
    try:
        revision = plans.change_availability(
            candidate=signed_in(request),
            now=now,
            exam_on=form.cleaned_data["next_exam_on"],
            exam_time=None,
            minutes_per_weekday=plan.minutes_per_weekday,
            days_off=[date.fromisoformat(day) for day in plan.days_off],
            block_minutes=plan.block_minutes,
        )
    except plans.AvailabilityInvalid as invalid:
        form.add_error("next_exam_on" if invalid.field == "exam_on" else None, str(invalid))
        return None
    messages.success(request, revision.summary if revision else "Saved. Nothing had to move.")
    return redirect("study_plans:plan_show")
