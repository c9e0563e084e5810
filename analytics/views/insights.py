"""The aside of a result page: what this sitting changed. Asked for again until the analysis has heard of it."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from analytics.selectors.estimates import SETTLE
from analytics.selectors.insights import insight_of
from analytics.views.own import signed_in
from exams.models import Attempt
from exams.selectors import attempt_of

# Seconds. Who waits asks again after half of the time waited so far: where a whole cohort hands in together, the
# worker takes minutes, and 1,500 pages that ask every second would take the processors away from it.
SHORTEST_PAUSE, LONGEST_PAUSE = 1, 30


@login_required
@require_GET
@never_cache
def result_insight(request: HttpRequest, attempt_id: uuid.UUID) -> HttpResponse:
    attempt = attempt_of(signed_in(request), attempt_id)
    if attempt is None or not attempt.is_final or attempt.status == Attempt.Status.VOIDED:
        raise Http404
    now = timezone.now()
    insight = insight_of(attempt)
    waited = min(int(text) if (text := request.GET.get("waited", "")[:6]).isascii() and text.isdigit() else 0, 3600)
    pause = min(max(SHORTEST_PAUSE, waited // 2), LONGEST_PAUSE)
    context = {
        "attempt": attempt,
        "insight": insight,
        "now": now,
        "pause": pause,
        "waited": waited + pause,
        "is_late": attempt.finished_at is not None and now - attempt.finished_at > SETTLE,
        "changes": insight.revision.diff[:5] if insight.revision else [],
    }
    return render(request, "analytics/result_insight.html", context)
