"""The exam room: one page with the whole paper, which then talks to the API alone."""

import uuid
from datetime import UTC
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET
from rest_framework.utils.encoders import JSONEncoder

from exams import selectors, serializers
from exams.clock import exam_now
from exams.models import Attempt
from exams.selectors.copies import seal_key
from exams.views.own import own_attempt

# Drawn by the server once, copied by the scripts wherever they are needed.
ICONS = (
    *("alarm", "cards", "check", "clock", "cross", "flag", "hide", "lock", "notice", "offline"),
    *("people", "refresh", "show", "strike", "undo", "warning"),
)


@login_required
@require_GET
@never_cache
@gzip_page
@ensure_csrf_cookie
def room_show(request: HttpRequest, attempt_id: uuid.UUID) -> HttpResponse:
    now = exam_now()
    attempt = own_attempt(request, attempt_id, now)
    if attempt.is_final:
        return redirect("exams:result_show", attempt.pk)
    if attempt.paused_ms is not None:
        context = {"nav": "exams", "attempt": attempt, "answered_count": selectors.answered_count_of(attempt)}
        return render(request, "exams/room_paused.html", context)
    context = {
        "attempt": attempt,
        "sitting": _sitting(attempt),
        "api_address": reverse("api_attempt_detail", args=[attempt.pk]),
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "seconds_left": (attempt.remaining_ms_at(now) or 0) // 1000,
        "icons": ICONS,
        "modules": _modules(),
        "seal_key": seal_key(attempt.pk),
        "is_rehearsal": attempt.kind == Attempt.Kind.MOCK and selectors.rehearsal_of(attempt) is not None,
    }
    return render(request, "exams/room_show.html", context)


def _sitting(attempt: Attempt) -> SafeString:
    """The same body as the API's, so that the page and a later reading agree. It holds no key and no pilot mark."""
    now = exam_now()
    # Pages are written in the candidate's zone, API bodies in UTC.
    with timezone.override(UTC):
        body = {
            **serializers.attempt_fields(attempt),
            "server_now": now,
            "remaining_ms": attempt.remaining_ms_at(now),
            "questions": [
                serializers.shown(serializers.PaperQuestionSerializer, q) for q in selectors.paper_of(attempt)
            ],
        }
        return json_script(body, "sitting", encoder=JSONEncoder)


@lru_cache(maxsize=1)
def _modules() -> list[str]:
    """Static names of the room's script modules, fetched together instead of one after another."""
    first = finders.find("js/exams/room_show.js")
    folder = Path(str(first)).parent / "room" if first else Path(settings.STATIC_ROOT) / "js/exams/room"
    return [f"js/exams/room/{path.name}" for path in sorted(folder.glob("*.js"))]
