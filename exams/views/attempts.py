"""Past and open sittings, and the start of a mock."""

from datetime import timedelta
from typing import Any

import numpy as np
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exams import selectors, services
from exams.clock import exam_now
from exams.forms import StartForm
from exams.models import Attempt
from exams.selectors.terms import MockTerms, mock_terms_of
from exams.views.own import signed_in
from questions.models import ExamBlueprint

SITTINGS_PER_PAGE = 25


@login_required
@require_GET
def attempt_list(request: HttpRequest) -> HttpResponse:
    candidate = signed_in(request)
    services.settle_attempts_of(candidate, exam_now())
    past = (
        selectors.attempts_of(candidate).exclude(status=Attempt.Status.IN_PROGRESS).exclude(kind=Attempt.Kind.TUTORIAL)
    )
    context = {
        "nav": "exams",
        "open_mock": selectors.open_mock_of(candidate),
        "open_others": selectors.open_attempts_of(candidate).exclude(kind=Attempt.Kind.MOCK),
        "page": Paginator(past, SITTINGS_PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "exams/attempt_list.html", context)


@login_required
@require_POST
def tutorial_start(request: HttpRequest) -> HttpResponse:
    """A minute in the exam room that counts for nothing."""
    try:
        attempt = services.start_tutorial(candidate=signed_in(request), now=exam_now(), rng=np.random.default_rng())
    except (services.BankTooSmall, ExamBlueprint.DoesNotExist):
        messages.error(request, "There are not enough questions to try the exam room yet. Authors can add them.")
        return redirect("exams:attempt_list")
    return redirect("exams:room_show", attempt.pk)


@login_required
@require_http_methods(["GET", "POST"])
def mock_start(request: HttpRequest) -> HttpResponse:
    """What a mock will be like; POST begins it. An open mock is resumed, not joined by a second one."""
    now = exam_now()
    candidate = signed_in(request)
    form = StartForm(request.POST if request.method == "POST" else request.GET)
    block_id = form.cleaned_data["block"] if form.is_valid() else None
    open_mock = selectors.open_mock_of(candidate)
    if open_mock is not None and not services.settle_attempt(open_mock, now).is_final:
        return redirect("exams:room_show", open_mock.pk)
    try:
        if request.method == "POST":
            attempt = services.start_mock(candidate=candidate, now=now, rng=np.random.default_rng(), block_id=block_id)
            return redirect("exams:room_show", attempt.pk)
        terms = mock_terms_of(candidate, timezone.localdate(now))
    except services.MockAlreadyOpen as already:
        return redirect("exams:room_show", already.attempt.pk)
    except (services.BankTooSmall, ExamBlueprint.DoesNotExist):
        messages.error(request, "There are not enough questions for a whole mock exam yet. Authors can add them.")
        return redirect("exams:attempt_list")
    most_questions = terms.blueprint.scored_count + terms.blueprint.pilot_count
    context = {
        "nav": "exams",
        "terms": terms,
        "now": now,
        "deadline_at": now + timedelta(minutes=terms.minutes),
        "most_questions": most_questions,
        "seconds_per_question": 60 * terms.minutes // most_questions,
        "weights": _side_by_side(terms),
        "block_id": block_id,
    }
    return render(request, "exams/mock_start.html", context)


def _side_by_side(terms: MockTerms) -> list[dict[str, Any]]:
    """The domains as parts of one bar: each begins where the one before it ends."""
    parts, start = [], 0
    for weight in terms.weights:
        parts.append({"domain": weight.domain, "percent": weight.weight_percent, "start": start})
        start += weight.weight_percent
    return parts
