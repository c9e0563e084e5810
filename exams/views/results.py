"""The result of a sitting: the outcome in words, six percentages, what the sitting shows, and the one next step."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from exams.clock import exam_now
from exams.models import Attempt
from exams.selectors.copies import seal_key
from exams.selectors.rehearsals import rehearsal_of, rehearsal_report
from exams.selectors.results import ResultNotReady
from exams.selectors.reviews import Review, review_of
from exams.views.own import own_attempt
from questions.selectors import domain_weights

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MINUTES_PER_MISS = 2
CHART_HEIGHT = 96
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class DomainLine:
    """One line of the score report. before: the percentage in the sitting compared with, if any."""

    letters: str
    name: str
    order: int
    weight_percent: int
    right: int
    total: int
    percent: int
    before: int | None


@login_required
@require_GET
@never_cache
def result_show(request: HttpRequest, attempt_id: uuid.UUID) -> HttpResponse:
    attempt = own_attempt(request, attempt_id, exam_now())
    if not attempt.is_final:
        return redirect("exams:room_show", attempt.pk)
    try:
        review = review_of(attempt)
    except ResultNotReady:
        return render(request, "exams/result_missing.html", {"nav": "exams", "attempt": attempt})
    before = _mock_before(attempt)
    rehearsal = rehearsal_of(attempt) if attempt.kind == Attempt.Kind.MOCK else None
    context = {
        "nav": "exams",
        "attempt": attempt,
        "review": review,
        "result": review.result,
        "before": before,
        "headline": headline(review),
        "comparison": comparison(review, before),
        "domains": _domain_lines(attempt, before),
        "overall": _overall(attempt),
        "minutes_used": _minutes_used(attempt),
        "review_minutes": max(5, MINUTES_PER_MISS * review.missed_count),
        "slowest": _slowest(review),
        "times": _times(review),
        "seal_key": seal_key(attempt.pk),
        "rehearsal": rehearsal_report(rehearsal, review) if rehearsal else None,
    }
    return render(request, "exams/result_show.html", context)


def in_words(number: int) -> str:
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def headline(review: Review) -> str:
    """What is so, in one line: “Not passed this time, by five questions”."""
    result = review.result
    if result.passed is None:
        return f"{result.scored_right} of {result.scored_total} right"
    gap = result.scored_right - result.pass_count
    if result.passed and gap == 0:
        return "Passed, exactly at the mark"
    questions = f"{in_words(abs(gap))} {'question' if abs(gap) == 1 else 'questions'}"
    return f"Passed, with {questions} in hand" if result.passed else f"Not passed this time, by {questions}"


def comparison(review: Review, before: Attempt | None) -> str:
    """Against the mock before this one; empty when there is none of the same length."""
    result = review.result
    if before is None or before.scored_right is None or before.scored_total != result.scored_total:
        return ""
    gap = result.scored_right - before.scored_right
    if gap == 0:
        return f"That is as many as in {before.title.lower()}."
    return f"That is {in_words(abs(gap))} {'more' if gap > 0 else 'fewer'} than in {before.title.lower()}."


def _mock_before(attempt: Attempt) -> Attempt | None:
    """The graded mock sat before this one."""
    if attempt.kind != Attempt.Kind.MOCK:
        return None
    earlier = Attempt.objects.filter(
        candidate=attempt.candidate_id, kind=Attempt.Kind.MOCK, number__lt=attempt.number
    ).order_by("-number")
    return next((mock for mock in earlier if mock.is_graded), None)


def _domain_lines(attempt: Attempt, before: Attempt | None) -> list[DomainLine]:
    earlier = {score["domain"]: score["percent"] for score in before.domain_scores} if before else {}
    scores = {score["domain"]: score for score in attempt.domain_scores}
    return [
        DomainLine(
            letters=weight.domain.letters,
            name=weight.domain.name,
            order=weight.domain.order,
            weight_percent=weight.weight_percent,
            right=score["right"],
            total=score["total"],
            percent=score["percent"],
            before=earlier.get(weight.domain.code),
        )
        for weight in domain_weights(attempt.blueprint)
        if (score := scores.get(weight.domain.code))
    ]


def _overall(attempt: Attempt) -> int | None:
    """Our one figure of a mock: the percentages weighted as the exam is; only where every domain was asked.

    Practice has none: its questions were chosen for this candidate, so its share says nothing of the exam.
    """
    if attempt.kind != Attempt.Kind.MOCK:
        return None
    weights = domain_weights(attempt.blueprint)
    percents = {score["domain"]: 100 * score["right"] / score["total"] for score in attempt.domain_scores}
    if any(weight.domain.code not in percents for weight in weights):
        return None
    return round(sum(weight.weight_percent * percents[weight.domain.code] for weight in weights) / 100)


def _minutes_used(attempt: Attempt) -> int:
    assert attempt.finished_at is not None, "only final attempts have a result"
    if attempt.deadline_at is not None and attempt.minutes_allowed is not None:
        # From the end, so that minutes of a pause do not count.
        return (timedelta(minutes=attempt.minutes_allowed) - (attempt.deadline_at - attempt.finished_at)) // MINUTE
    return (attempt.finished_at - attempt.started_at) // MINUTE


def _slowest(review: Review) -> dict[str, Any]:
    slow = review.slow
    if not slow:
        return {}
    seconds = sum(question.question.seconds_spent for question in slow) // len(slow)
    return {"count": len(slow), "seconds": seconds, "right": sum(question.is_right for question in slow)}


def _times(review: Review) -> dict[str, Any]:
    """Seconds on every question as the bars of a chart; {} where nobody spent any.

    A bar is cut at three even shares, so that one long coffee does not flatten all the others.
    """
    attempt, questions = review.result.attempt, review.questions
    if not review.first_pass_seconds:
        return {}
    share = 60 * attempt.minutes_allowed // len(questions) if attempt.minutes_allowed else None
    spent = [(one.trace.first_pass_seconds, one.trace.later_seconds) if one.trace else (0, 0) for one in questions]
    top = max(1, min(max(map(sum, spent)), 3 * share if share else 10**6))
    width = 100 / len(questions)
    bars = []
    for index, (one, (first, later)) in enumerate(zip(questions, spent, strict=True)):
        low = min(CHART_HEIGHT, round(CHART_HEIGHT * first / top))
        high = min(CHART_HEIGHT, round(CHART_HEIGHT * (first + later) / top))
        bars.append(
            {
                "reviewed": one,
                "x": round(index * width, 2),
                "first": low,
                "first_y": CHART_HEIGHT - low,
                "later": high - low,
                "later_y": CHART_HEIGHT - high,
            }
        )
    back = [one for one in questions if one.trace and one.trace.later_seconds]
    return {
        "bars": bars,
        "width": round(0.72 * width, 2),
        "height": CHART_HEIGHT,
        "share": share,
        "share_y": CHART_HEIGHT - round(CHART_HEIGHT * share / top) if share and share <= top else None,
        "back_count": len(back),
        "back_right": sum(one.is_right for one in back),
    }
