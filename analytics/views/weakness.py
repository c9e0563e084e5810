"""Weakness: where marks are, with ranges and the arithmetic; our own record; how fresh it all is."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from django_htmx.http import trigger_client_event

from analytics import words
from analytics.models import EstimateSet
from analytics.selectors import confusions_of, current_estimates, mastery_history, unresolved_mistakes
from analytics.selectors.certainty import certainty_of, certainty_words
from analytics.selectors.record import checked_forecasts, counted_record, forecast_record
from analytics.selectors.reports import domain_lines
from analytics.views.freshness import figures_of, only_freshness
from analytics.views.own import estimates_context, freshness_context, signed_in
from analytics.views.today import forecast_before
from engine.parameters import DEFAULTS
from exams.clock import exam_now
from exams.models import Attempt
from exams.selectors import EvidenceRow, evidence_of
from exams.services import settle_attempts_of
from questions.models import Domain
from study_plans.selectors import exam_reports_of, plan_of

MOST_CONFUSIONS = 3
MOST_MOVES = 3


@login_required
@require_GET
@never_cache
def weakness_show(request: HttpRequest) -> HttpResponse:
    candidate, now = signed_in(request), exam_now()
    settle_attempts_of(candidate, now)
    context = {"nav": "weakness", **estimates_context(candidate, now)}
    estimates: EstimateSet | None = context["estimates"]
    if estimates is None:
        return render(request, "analytics/weakness_show.html", context)
    rows = evidence_of(candidate)
    certainty, plan = certainty_of(rows), plan_of(candidate)
    confusions, mistakes = confusions_of(rows), unresolved_mistakes(candidate, rows)
    history = mastery_history(candidate)
    topics: dict[int, list[Any]] = {}
    for row in sorted(estimates.topics.all(), key=lambda row: -row.priority):
        topics.setdefault(row.topic.domain_id, []).append(row)
    ranked = sorted(estimates.domains.all(), key=lambda row: -row.priority)
    context |= {
        "blueprint": estimates.blueprint,
        "pass_percent": estimates.blueprint.pass_percent,
        "target_percent": min(estimates.blueprint.pass_percent + 8, 95),
        "lede": words.weakness_lede(estimates),
        "passed_on": plan.passed_on if plan else None,
        "evidence": words.evidence_words(estimates, _other_sittings(rows), _told_exams(estimates)),
        "domains": [(row, topics.get(row.domain_id, [])) for row in ranked],
        "lines": domain_lines(estimates, history),
        "history": history,
        "forecast_before": forecast_before(candidate, estimates),
        "moves": _moves(estimates),
        "points_per_hour": round(100 * DEFAULTS.study_gain_per_hour / 4),
        "confusions": confusions[:MOST_CONFUSIONS],
        "more_confusions": len(confusions[MOST_CONFUSIONS:]),
        "mistake_count": len(mistakes),
        "reasons": words.reason_words(one.note.reason if one.note else "" for one in mistakes),
        "pace": _pace(rows),
        "certainty": certainty,
        "certainty_words": certainty_words(certainty),
        "own_record": forecast_record(checked_forecasts(candidate)),
        **_everybodys_record(),
    }
    return render(request, "analytics/weakness_show.html", context)


def _everybodys_record() -> dict[str, Any]:
    record, counted_at = counted_record()
    return {"record": record, "record_counted_at": counted_at}


def _told_exams(estimates: EstimateSet) -> int:
    """Real exams whose percentages count in the estimates, and in the n of every domain."""
    reports = exam_reports_of(estimates.candidate, estimates.blueprint.code)
    return sum(bool(report.percents) for report in reports)


def _other_sittings(rows: list[EvidenceRow]) -> int:
    return len({row.attempt_id for row in rows if row.attempt_kind != Attempt.Kind.MOCK})


def _moves(estimates: EstimateSet) -> list[tuple[Domain, dict[str, Any]]]:
    if not estimates.has_forecast:
        return []
    domains = {row.domain.code: row.domain for row in estimates.domains.all()}
    moves = [move for move in estimates.forecast.moves if move["domain"] in domains]
    return [(domains[move["domain"]], move) for move in moves[:MOST_MOVES]]


def _pace(rows: list[EvidenceRow]) -> dict[str, Any] | None:
    """Seconds per answered question in the last mock, and the share of blanks."""
    mocks = [row for row in rows if row.attempt_kind == Attempt.Kind.MOCK and row.finished_at]
    if not mocks:
        return None
    last = max(mocks, key=lambda row: row.happened_at).attempt_id
    sitting = [row for row in mocks if row.attempt_id == last]
    answered = [row for row in sitting if row.answered]
    if not answered:
        return None
    seconds = round(sum(row.seconds_spent for row in answered) / len(answered))
    return {"seconds": seconds, "blanks": len(sitting) - len(answered), "count": len(sitting)}


@login_required
@require_GET
@never_cache
def freshness_show(request: HttpRequest) -> HttpResponse:
    """The line that says how fresh the numbers are; it asks again by itself and tells the page when they changed."""
    candidate, now = signed_in(request), exam_now()
    estimates = current_estimates(candidate)
    context = freshness_context(candidate, estimates, now)
    response = render(request, "analytics/partials/freshness.html", context)
    if request.GET.get("number", "").isdecimal() and int(request.GET["number"]) != context["freshness"].number:
        trigger_client_event(response, "estimates-changed", after="swap")
    return response


@login_required
@require_GET
@never_cache
def track_record_show(request: HttpRequest) -> HttpResponse:
    """Our forecasts against later mocks: everybody's, and one's own."""
    candidate, now = signed_in(request), exam_now()
    everybodys, estimates = _everybodys_record(), current_estimates(candidate)
    computed_at = estimates.computed_at if estimates else None
    figures = figures_of(request, "Updated", [computed_at], beside=str(everybodys["record_counted_at"]))
    if (line := only_freshness(request, figures, now)) is not None:
        return line
    own = checked_forecasts(candidate)
    context = {
        "nav": "weakness",
        "now": now,
        "figures": figures,
        **everybodys,
        "own_record": forecast_record(own),
        "own": own[::-1],
    }
    return render(request, "analytics/track_record_show.html", context)
