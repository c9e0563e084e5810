"""For staff: what the answers say about the questions."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from analytics.models import QuestionStatistic, Tally
from analytics.selectors.bank_drift import BankDrift, bank_drift
from analytics.views.freshness import figures_of, only_freshness
from analytics.views.own import signed_in
from engine.classical import FEWEST_ATTEMPTS, RELIABLE_ATTEMPTS
from engine.recalibration.population import LEAST_CANDIDATES
from questions.selectors import current_blueprint, domain_weights

PAGE_SIZE = 50
ORDERS = {
    "flags": "Flagged first",
    "facility": "Hardest first",
    "discrimination": "Least telling first",
    "shown": "Most shown first",
}


@login_required
@require_GET
@never_cache
def question_statistic_list(request: HttpRequest) -> HttpResponse:
    """Every question that mocks have met, with figures from 20 first answers on; 404 for all but staff."""
    if not signed_in(request).is_staff:
        raise Http404
    now, drift = timezone.now(), bank_drift(current_blueprint().code)
    figures = figures_of(request, "Counted", [_counted_at()], beside=_drift_mark(drift))
    if (line := only_freshness(request, figures, now)) is not None:
        return line
    order = request.GET.get("order", "flags")
    order = order if order in ORDERS else "flags"
    chosen = request.GET.get("domain", "")
    statistics = list(
        QuestionStatistic.objects.select_related("question__domain", "question__current_version").order_by("question")
    )
    if chosen:
        statistics = [row for row in statistics if row.question.domain.code == chosen]
    statistics.sort(key=lambda row: _place(row, order))
    first_mocks = Tally.objects.filter(subject=Tally.Subject.FIRST_MOCKS).first()
    context = {
        "page": Paginator(statistics, PAGE_SIZE).get_page(request.GET.get("page")),
        "quiz": first_mocks.figures["quiz"] if first_mocks else None,
        "candidates": first_mocks.figures["candidates"] if first_mocks else 0,
        "order": order,
        "orders": ORDERS.items(),
        "chosen": chosen,
        "domains": [weight.domain for weight in domain_weights(current_blueprint())],
        "figures": figures,
        "people_needed": LEAST_CANDIDATES,
        "drift": drift,
        "fewest": FEWEST_ATTEMPTS,
        "reliable": RELIABLE_ATTEMPTS,
        "flagged": sum(bool(row.flags) for row in statistics),
        "now": now,
    }
    return render(request, "analytics/question_statistic_list.html", context)


def _counted_at() -> datetime | None:
    return QuestionStatistic.objects.aggregate(newest=Max("computed_at"))["newest"]


def _drift_mark(drift: BankDrift | None) -> str:
    return "" if drift is None else f"{drift.current.pk} {drift.current.is_held}"


def _place(row: QuestionStatistic, order: str) -> tuple[Any, ...]:
    """Rows without the figure come last."""
    if order == "flags":
        return (-len(row.flags), -row.answer_count, row.question.slug)
    name, sign = {
        "facility": ("facility", 1),
        "discrimination": ("discrimination_index", 1),
        "shown": ("shown_percent", -1),
    }[order]
    value = row.figures.get(name)
    return (value is None, sign * (value or 0.0), row.question.slug)
