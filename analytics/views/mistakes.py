"""The mistake log: what is not yet put right, each with its reason and one's own rule."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from analytics import services
from analytics.forms import MistakeForm
from analytics.models import MistakeNote
from analytics.selectors import Mistake, mistakes_of
from analytics.selectors.mistakes import note_of, rules_of
from analytics.views.own import signed_in
from exams.models import AttemptQuestion
from exams.selectors import attempt_of, explained_answers
from exams.selectors.reviews import place_of
from study_plans.models import Block
from study_plans.selectors import block_of

PAGE_SIZE = 15
AGAIN = 10  # questions of a sitting that goes through mistakes


@login_required
@require_GET
@never_cache
def mistake_list(request: HttpRequest) -> HttpResponse:
    """Open mistakes, the latest first; `?reason=` keeps one reason, `none` those without."""
    candidate = signed_in(request)
    mistakes = mistakes_of(candidate)
    chosen = request.GET.get("reason", "")
    counts = {value: sum(_reason(one) == value for one in mistakes) for value in ["", *MistakeNote.Reason.values]}
    tabs = [("", "All", len(mistakes)), ("none", "Not sorted yet", counts[""])]
    tabs += [(value, label, counts[value]) for value, label in MistakeNote.Reason.choices]
    if chosen:
        mistakes = [one for one in mistakes if (_reason(one) or "none") == chosen]
    page = Paginator(mistakes, PAGE_SIZE).get_page(request.GET.get("page"))
    ids = [one.attempt_question_id for one in page.object_list]
    answers = list(AttemptQuestion.objects.filter(pk__in=ids).select_related("attempt"))
    shown = {question.attempt_question_id: question for question in explained_answers(answers)}
    attempts = {answer.pk: answer.attempt for answer in answers}
    context = {
        "nav": "practice",
        "tabs": tabs,
        "again_count": min(AGAIN, tabs[0][2]),
        "chosen": chosen,
        "page": page,
        "mistakes": [
            (one, shown[one.attempt_question_id], attempts[one.attempt_question_id]) for one in page.object_list
        ],
        "reasons": MistakeNote.Reason.choices,
        # Not "block": inside a block tag of Django that is the template's own.
        "asked_block": _asking_block(request),
    }
    return render(request, "analytics/mistake_list.html", context)


def _asking_block(request: HttpRequest) -> Block | None:
    """The candidate's own block of study that led here and is still to do, if the address names one."""
    try:
        block = block_of(signed_in(request), uuid.UUID(request.GET.get("block", "")))
    except ValueError:
        return None
    fits = block is not None and block.kind == Block.Kind.MISTAKES and block.state == Block.State.PLANNED
    return block if fits else None


def _reason(mistake: Mistake) -> str:
    return mistake.note.reason if mistake.note else ""


@login_required
@require_POST
def mistake_note(request: HttpRequest, attempt_question_id: int) -> HttpResponse:
    """Keep the reason and the rule of one miss; fields that were not sent stay as they are."""
    form = MistakeForm(request.POST)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, f"Not saved. {' '.join(map(str, errors))}")
        return _back(request)
    given = {name: form.cleaned_data[name] for name in ("reason", "rule") if name in request.POST}
    try:
        services.note_mistake(
            candidate=signed_in(request), attempt_question_id=attempt_question_id, now=timezone.now(), **given
        )
    except services.NotAMistake as missing:
        raise Http404 from missing
    messages.success(request, "Saved.")
    return _back(request)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def mistake_at(request: HttpRequest, attempt_id: uuid.UUID, position: int) -> HttpResponse:
    """What one noted on a question of a sitting, as JSON for scripts; POST keeps reason and rule of a miss.

    `rule` is the one to show: written on this miss, or on the same question earlier (then `written_on` says when).
    An answer that may still change is neither right nor wrong, so there is nothing of it here.
    """
    candidate = signed_in(request)
    attempt = attempt_of(candidate, attempt_id)
    place = place_of(attempt, position) if attempt else None
    if place is None or place.is_correct is None or (place.is_correct and request.method == "POST"):
        raise Http404
    if request.method == "POST":
        form = MistakeForm(request.POST)
        if not form.is_valid():
            words = " ".join(str(error) for errors in form.errors.values() for error in errors)
            return JsonResponse({"code": "invalid", "detail": f"Not saved. {words}"}, status=400)
        services.note_mistake(
            candidate=candidate, attempt_question_id=place.pk, now=timezone.now(), **form.cleaned_data
        )
    note, last = note_of(place), rules_of(candidate, [place.question_version.question_id])
    rule = last.get(place.question_version.question_id)
    is_earlier = rule is not None and rule.attempt_question_id != place.pk and not (note and note.rule)
    return JsonResponse(
        {
            "reason": note.reason if note else "",
            "rule": rule.rule if is_earlier and rule else note.rule if note else "",
            "written_on": timezone.localdate(rule.updated_at) if is_earlier and rule else None,
        }
    )


@login_required
@require_POST
def mistake_resolve(request: HttpRequest, attempt_question_id: int) -> HttpResponse:
    """Take one mistake off the list; `?back` puts it on again."""
    resolved = "back" not in request.POST
    try:
        services.resolve_mistake(
            candidate=signed_in(request),
            attempt_question_id=attempt_question_id,
            now=timezone.now(),
            resolved=resolved,
        )
    except services.NotAMistake as missing:
        raise Http404 from missing
    messages.success(request, "Taken off the list. It comes back if you miss it again." if resolved else "Put back.")
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """To where the form stood, if that is a page of this house."""
    address = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return redirect(address)
    return redirect("analytics:mistake_list")
