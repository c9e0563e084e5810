"""The rehearsal: a checklist, the hour of the real exam, and a mock under its conditions."""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import Any

import numpy as np
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from analytics.forms import RehearsalForm
from analytics.views.own import signed_in
from exams import services as exams
from exams.clock import exam_now
from exams.selectors import open_mock_of
from exams.selectors.rehearsals import (
    AT_THE_HOUR_MINUTES,
    CHECKLIST,
    ITEMS,
    minutes_after,
    rehearsal_in_preparation,
)
from exams.selectors.terms import mock_terms_of
from questions.models import ExamBlueprint
from study_plans import services as plans
from study_plans.models import Block, StudyPlan
from study_plans.selectors import block_of, local_day, plan_of

NOT_ENOUGH = "There are not enough questions for a whole mock exam yet. Authors can add them."


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def rehearsal_show(request: HttpRequest) -> HttpResponse:
    """The checklist; POST keeps the ticks and the hour. A mock that is running is gone on with."""
    candidate, now = signed_in(request), exam_now()
    running = open_mock_of(candidate)
    if running is not None and not exams.settle_attempt(running, now).is_final:
        return redirect("exams:room_show", running.pk)
    form = RehearsalForm(request.POST or None)
    kept = False
    if request.method == "POST" and form.is_valid():
        keep(candidate, form.cleaned_data, now)
        kept = True
        if not request.htmx:  # type: ignore[attr-defined]
            messages.success(request, "Kept. The list waits here until you begin.")
            return redirect("analytics:rehearsal_show")
    try:
        context = _context(request, candidate, now)
        if form.errors:
            context |= _as_sent(request.POST.getlist("ticked"))
    except ExamBlueprint.DoesNotExist:
        messages.error(request, NOT_ENOUGH)
        return redirect("exams:attempt_list")
    return render(request, "analytics/rehearsal_show.html", {**context, "form": form, "kept": kept})


@login_required
@require_POST
def rehearsal_start(request: HttpRequest) -> HttpResponse:
    """Begin the mock with the list as it was sent."""
    candidate, now = signed_in(request), exam_now()
    form = RehearsalForm(request.POST)
    if not form.is_valid():
        return rehearsal_show(request)
    given = form.cleaned_data
    keep(candidate, given, now)
    try:
        attempt = exams.start_rehearsal(
            candidate=candidate,
            exam_time=given["exam_time"],
            ticked=given["ticked"],
            now=now,
            rng=np.random.default_rng(),
            block_id=given["block"],
        )
    except exams.MockAlreadyOpen as already:
        return redirect("exams:room_show", already.attempt.pk)
    except (exams.BankTooSmall, ExamBlueprint.DoesNotExist):
        messages.error(request, NOT_ENOUGH)
        return redirect("exams:attempt_list")
    return redirect("exams:room_show", attempt.pk)


def keep(candidate: User, given: dict[str, Any], now: datetime) -> None:
    """The list for the rehearsal, the hour for the plan too where it knows the exam's day."""
    exams.prepare_rehearsal(candidate=candidate, exam_time=given["exam_time"], ticked=given["ticked"], now=now)
    plans.keep_exam_time(candidate=candidate, exam_time=given["exam_time"])


def _context(request: HttpRequest, candidate: User, now: datetime) -> dict[str, Any]:
    prepared, plan = rehearsal_in_preparation(candidate), plan_of(candidate)
    exam_time = _exam_time(plan, prepared.exam_time if prepared else None)
    terms = mock_terms_of(candidate, local_day(candidate, now))
    block = _asked_block(candidate, request)
    return {
        "nav": "exams",
        "terms": terms,
        **_as_sent(prepared.ticked if prepared else []),
        "exam_time": exam_time,
        "now": now,
        "hour": hour_words(exam_time, timezone.localtime(now)),
        "ends_at": now + timedelta(minutes=terms.minutes),
        "plan": plan,
        "planned": block,
        "planned_later": block is not None and block.day > local_day(candidate, now),
    }


def _as_sent(ticked: Collection[str]) -> dict[str, Any]:
    return {
        "groups": [(group.title, [(item, item.code in ticked) for item in group.items]) for group in CHECKLIST],
        "ticked_count": sum(code in ticked for code in ITEMS),
        "item_count": len(ITEMS),
    }


def _exam_time(plan: StudyPlan | None, prepared: time | None) -> time | None:
    """The plan's hour where it knows the exam's day, else the one given here."""
    return plan.exam_time if plan is not None and plan.exam_on is not None and plan.exam_time else prepared


def _asked_block(candidate: User, request: HttpRequest) -> Block | None:
    form = RehearsalForm(request.POST or request.GET)
    form.is_valid()
    asked = form.cleaned_data.get("block")
    block = block_of(candidate, asked) if asked else None
    return block if block is not None and block.state == Block.State.PLANNED else None


def hour_words(exam_time: time | None, local: datetime) -> dict[str, Any]:
    """How the exam's hour stands to now: is it now, when is it next, and the sentence that says so."""
    if exam_time is None:
        return {"is_known": False}
    off = minutes_after(exam_time, local)
    at, clock = f"{exam_time:%H:%M}", f"{local:%H:%M}"
    if abs(off) <= AT_THE_HOUR_MINUTES:
        return {
            "is_known": True,
            "is_now": True,
            "words": f"Your exam is at {at}, and it is {clock} now. This is the hour.",
        }
    today = exam_time > local.time()
    when = f"at {at} today" if today else f"at {at} tomorrow"
    words = f"Your exam is at {at}, and it is {clock} now. Come back {when}, or start anyway."
    return {"is_known": True, "is_now": False, "words": words}
