"""The way to the exam, to look back on, to print and to take along."""

from dataclasses import asdict

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from analytics.selectors.journey import journey_of
from analytics.views.own import signed_in
from questions.selectors import current_blueprint, domain_weights


@login_required
@require_GET
@never_cache
def journey_show(request: HttpRequest) -> HttpResponse:
    blueprint = current_blueprint()
    journey = journey_of(signed_in(request), blueprint)
    last = journey.exams[-1] if journey.exams else None
    longest = max((week.minutes for week in journey.weeks), default=0)
    context = {
        "nav": "plan",
        "blueprint": blueprint,
        "journey": journey,
        "last_exam": last,
        "letters": {weight.domain.code: weight.domain.letters for weight in domain_weights(blueprint)},
        "has_percents": any(exam.percents for exam in journey.exams),
        "weeks": [(week, round(100 * week.minutes / longest, 1) if longest else 0.0) for week in journey.weeks],
        "now": timezone.now(),
    }
    return render(request, "analytics/journey_show.html", context)


@login_required
@require_GET
@never_cache
def journey_export(request: HttpRequest) -> HttpResponse:
    """The same as JSON."""
    journey = journey_of(signed_in(request), current_blueprint())
    content = asdict(journey) | {"minutes": journey.minutes, "exported_at": timezone.now()}
    headers = {"Content-Disposition": 'attachment; filename="prep-journey.json"'}
    return JsonResponse(content, headers=headers, json_dumps_params={"indent": 2, "ensure_ascii": False})
