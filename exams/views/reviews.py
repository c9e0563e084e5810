"""Going through a final attempt: one question at a time or all on one page, and saying what is wrong with one."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from exams.clock import exam_now
from exams.forms import ReportForm
from exams.models import AttemptQuestion
from exams.selectors.results import ResultNotReady
from exams.selectors.reviews import FILTERS, Review, ReviewedQuestion, place_of, review_of
from exams.views.own import own_attempt, signed_in
from questions.services import ReportIsEmpty, TooManyReports, report_question


@login_required
@require_GET
@never_cache
def review_show(request: HttpRequest, attempt_id: uuid.UUID) -> HttpResponse:
    attempt = own_attempt(request, attempt_id, exam_now())
    if not attempt.is_final:
        return redirect("exams:room_show", attempt.pk)
    try:
        review = review_of(attempt)
    except ResultNotReady:
        return redirect("exams:result_show", attempt.pk)
    chosen = _chosen_filter(request, review)
    questions = review.filtered(chosen)
    context: dict[str, Any] = {
        "nav": "exams",
        "attempt": attempt,
        "review": review,
        "tabs": [(name, label, len(review.filtered(name))) for name, (label, _) in FILTERS.items()],
        "chosen": chosen,
        "chosen_label": FILTERS[chosen][0],
        "questions": questions,
        "layout": request.GET.get("layout", ""),
        "report_form": ReportForm(auto_id="report_%s"),
    }
    if request.GET.get("layout") == "print":
        return render(request, "exams/review_print.html", context)
    context |= _in_front(request, questions)
    if context["reviewed"]:
        context["place"] = place_of(attempt, context["reviewed"].position)
    return render(request, "exams/review_show.html", context)


def _chosen_filter(request: HttpRequest, review: Review) -> str:
    """What was asked for; else the misses, or the right ones when there are none."""
    asked = request.GET.get("show", "")
    if asked in FILTERS:
        return asked
    return "wrong" if review.missed_count else "right"


def _in_front(request: HttpRequest, questions: list[ReviewedQuestion]) -> dict[str, Any]:
    """The question in front, its place among the filtered ones, and its neighbours."""
    if not questions:
        return {"reviewed": None}
    asked = request.GET.get("question", "")
    index = next((i for i, question in enumerate(questions) if str(question.position) == asked), 0)
    reviewed = questions[index]
    return {
        "reviewed": reviewed,
        "rank": index + 1,
        "previous": questions[index - 1] if index else None,
        "next": questions[index + 1] if index + 1 < len(questions) else None,
        "contrasts": _contrasts(reviewed),
    }


def _contrasts(reviewed: ReviewedQuestion) -> list[dict[str, object]]:
    """The pairs behind the wrong options that were chosen, each once."""
    wrong = [option for option in reviewed.question.options if option.is_selected and not option.is_key]
    pairs = {option.misconception.id: option.misconception for option in wrong if option.misconception}
    return [
        {"id": pair.id, "code": pair.code, "left": pair.left, "right": pair.right, "sides": [pair.left, pair.right]}
        for pair in pairs.values()
    ]


@login_required
@require_POST
def question_report(request: HttpRequest, attempt_id: uuid.UUID, position: int) -> HttpResponse:
    """From the exam room (answers JSON) and from the review (goes back there)."""
    now = exam_now()
    attempt = own_attempt(request, attempt_id, now)
    place = place_of(attempt, position)
    if place is None:
        raise Http404
    form = ReportForm(request.POST)
    problem = _send_report(form, place, request)
    if request.accepts("text/html"):
        messages.add_message(
            request,
            messages.WARNING if problem else messages.SUCCESS,
            problem or "Thank you. The authors will read it.",
        )
        query = urlencode({"show": request.POST.get("show", "all"), "question": str(position)})
        return redirect(f"{reverse('exams:review_show', args=[attempt.pk])}?{query}")
    if problem:
        return JsonResponse({"code": "invalid", "detail": problem}, status=400)
    return JsonResponse({}, status=201)


def _send_report(form: ReportForm, place: AttemptQuestion, request: HttpRequest) -> str:
    """Empty when it was sent, else why it was not."""
    if not form.is_valid():
        return " ".join(str(error) for error in form.errors["text"])
    try:
        report_question(
            version=place.question_version,
            reporter=signed_in(request),
            text=form.cleaned_data["text"],
            now=exam_now(),
        )
    except ReportIsEmpty:
        return "Please say in a few words what the problem is."
    except TooManyReports:
        return "You have many reports waiting to be read. Please send this one when some of them are answered."
    return ""
