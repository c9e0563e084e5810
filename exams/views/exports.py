"""Own results to take along, as CSV for a spreadsheet or JSON for a program."""

import csv
import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from exams import selectors, services
from exams.clock import exam_now
from exams.models import Attempt
from exams.selectors.results import ResultNotReady
from exams.selectors.reviews import Review, review_of
from exams.views.own import own_attempt, signed_in
from questions.selectors import current_blueprint, domain_weights

# What a spreadsheet would run as a formula, full-width forms included.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@login_required
@require_GET
@never_cache
def results_export(request: HttpRequest, file_type: str) -> HttpResponse:
    """One row for each graded sitting, oldest first. Tutorials count for nothing, so they are not among them."""
    candidate = signed_in(request)
    services.settle_attempts_of(candidate, exam_now())
    counting = selectors.attempts_of(candidate).exclude(kind=Attempt.Kind.TUTORIAL)
    graded = [attempt for attempt in counting if attempt.is_graded]
    domains = [weight.domain.code for weight in domain_weights(current_blueprint())]
    return _file("prep-results", file_type, [_result_row(attempt, domains) for attempt in reversed(graded)])


@login_required
@require_GET
@never_cache
def answers_export(request: HttpRequest, attempt_id: uuid.UUID, file_type: str) -> HttpResponse:
    """One row for each question of a graded sitting."""
    attempt = own_attempt(request, attempt_id, exam_now())
    try:
        review = review_of(attempt)
    except ResultNotReady:
        raise Http404 from None
    name = f"prep-{attempt.kind}-{attempt.number}"
    return _file(name, file_type, list(_answer_rows(review)))


def _result_row(attempt: Attempt, domains: Iterable[str]) -> dict[str, Any]:
    percents = {score["domain"]: score["percent"] for score in attempt.domain_scores}
    return {
        "attempt": str(attempt.pk),
        "kind": attempt.kind,
        "number": attempt.number,
        "started_at": attempt.started_at.isoformat(),
        "finished_at": attempt.finished_at.isoformat() if attempt.finished_at else None,
        "status": attempt.status,
        "minutes_allowed": attempt.minutes_allowed,
        "right": attempt.scored_right,
        "scored": attempt.scored_total,
        "passed": attempt.passed,
        **{f"{domain}_percent": percents.get(domain) for domain in domains},
    }


def _answer_rows(review: Review) -> Iterable[dict[str, Any]]:
    for reviewed in review.questions:
        question, trace = reviewed.question, reviewed.trace
        letters = {option.id: chr(65 + index) for index, option in enumerate(question.options)}
        yield {
            "position": question.position,
            "question": question.slug,
            "domain": question.domain_code,
            "topics": ", ".join(question.topic_names),
            "scored": not question.is_pilot,
            "answer": " ".join(sorted(letters[pk] for pk in question.selected)),
            "key": " ".join(letters[option.id] for option in question.options if option.is_key),
            "right": reviewed.is_right,
            "confidence": question.confidence,
            "flagged": question.flagged,
            "seconds": question.seconds_spent,
            "first_pass_seconds": trace.first_pass_seconds if trace else 0,
            "change": trace.change if trace else "",
            "answers_in_order": " > ".join(map(" ".join, reviewed.letters_in_order)),
            "note": question.note,
        }


def _file(name: str, file_type: str, rows: list[dict[str, Any]]) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.{file_type}"'}
    if file_type == "json":
        return JsonResponse(rows, safe=False, headers=headers, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response = HttpResponse(content_type="text/csv; charset=utf-8", headers=headers)
    if rows:
        writer = csv.DictWriter(response, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    return response


def _cell(value: Any) -> Any:
    """Text that a spreadsheet could take for a formula gets an apostrophe in front; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value
