"""The mistake log: what is not yet put right, each with its reason and one's own rule."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from analytics import services
from analytics.forms import MistakeForm
from analytics.models import MistakeNote
from analytics.selectors import Mistake, mistakes_of
from analytics.views.own import signed_in
from exams.models import AttemptQuestion
from exams.selectors import explained_answers

PAGE_SIZE = 15


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
        "chosen": chosen,
        "page": page,
        "mistakes": [
            (one, shown[one.attempt_question_id], attempts[one.attempt_question_id]) for one in page.object_list
        ],
        "reasons": MistakeNote.Reason.choices,
        # Not "block": inside a block tag of Django that is the template's own.
        "asked_block": request.GET.get("block", ""),
    }
    return render(request, "analytics/mistake_list.html", context)


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
