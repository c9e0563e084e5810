"""Pausing and resuming practice on the clock."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from exams import services
from exams.clock import exam_now
from exams.views.own import signed_in


@login_required
@require_POST
def attempt_pause(request: HttpRequest, attempt_id: uuid.UUID) -> HttpResponse:
    try:
        services.pause_attempt(attempt_id=attempt_id, candidate=signed_in(request), now=exam_now())
    except services.AttemptNotFound as missing:
        raise Http404 from missing
    except services.NotPausable:
        messages.warning(request, "A mock exam cannot be paused; a sitting without a clock can be left as it is.")
    except services.AttemptClosed:
        messages.info(request, "Its time was up already.")
    return redirect("exams:room_show", attempt_id)


@login_required
@require_POST
def attempt_resume(request: HttpRequest, attempt_id: uuid.UUID) -> HttpResponse:
    try:
        services.resume_attempt(attempt_id=attempt_id, candidate=signed_in(request), now=exam_now())
    except services.AttemptNotFound as missing:
        raise Http404 from missing
    return redirect("exams:room_show", attempt_id)
