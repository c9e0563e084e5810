"""The calendar feed: its secret address, one-off downloads, and the page that makes and revokes the address."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from study_plans import selectors, services
from study_plans.models import StudyPlan
from study_plans.views.own import signed_in


def _own(request: HttpRequest) -> StudyPlan:
    plan = selectors.plan_of(signed_in(request))
    if plan is None:
        raise Http404
    return plan


@login_required
@require_GET
def calendar_show(request: HttpRequest) -> HttpResponse:
    plan = _own(request)
    link = ""
    if plan.calendar_secret:
        link = request.build_absolute_uri(reverse("study_plans:calendar_feed", args=[plan.calendar_secret]))
    context = {"nav": "plan", "plan": plan, "link": link, "webcal": f"webcal:{link.partition(':')[2]}" if link else ""}
    return render(request, "study_plans/calendar_show.html", context)


@login_required
@require_POST
def calendar_renew(request: HttpRequest) -> HttpResponse:
    plan = _own(request)
    had_one = bool(plan.calendar_secret)
    services.renew_calendar_secret(plan=plan)
    said = "There is a new address. The old one no longer works." if had_one else "Your feed has an address now."
    messages.success(request, said)
    return redirect("study_plans:calendar_show")


@login_required
@require_POST
def calendar_forget(request: HttpRequest) -> HttpResponse:
    services.forget_calendar_secret(plan=_own(request))
    messages.success(request, "The address no longer works.")
    return redirect("study_plans:calendar_show")


@require_http_methods(["GET", "HEAD"])
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Read by calendar programs without signing in; whoever has the address sees the plan."""
    plan = selectors.plan_by_calendar_secret(secret)
    if plan is None:
        raise Http404
    return _calendar(request, plan)


@login_required
@require_GET
def calendar_download(request: HttpRequest) -> HttpResponse:
    response = _calendar(request, _own(request))
    response["Content-Disposition"] = 'attachment; filename="study-plan.ics"'
    return response


def _calendar(request: HttpRequest, plan: StudyPlan) -> HttpResponse:
    body = selectors.plan_calendar(plan, now=timezone.now(), site=request.build_absolute_uri("/"))
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, max-age=300"
    response["X-Robots-Tag"] = "noindex"
    return response
