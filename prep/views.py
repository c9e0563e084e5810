"""The home page with its sample question, the page about the API, and the export of one's own data."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from prep.own_data import own_data_archive
from prep.sample import checked_sample, sample_question, shown_sample, specimen_rows
from questions.models import ExamBlueprint
from questions.selectors import current_blueprint, domain_weights


@require_GET
def home_show(request: HttpRequest) -> HttpResponse:
    """The promise to a stranger; a signed-in person goes on to Today."""
    if request.user.is_authenticated:
        return redirect("analytics:today_show")
    try:
        blueprint = current_blueprint()
    except ExamBlueprint.DoesNotExist:
        return render(request, "prep/no_bank.html")
    weights = domain_weights(blueprint)
    question = sample_question()
    context = {
        "blueprint": blueprint,
        "weights": weights,
        "specimen": specimen_rows(weights),
        "sample": shown_sample(question) if question else None,
    }
    return render(request, "prep/home_show.html", context)


@require_POST
def sample_check(request: HttpRequest) -> HttpResponse:
    """The sample question explained, after an answer was given."""
    question = sample_question()
    if question is None:
        raise Http404
    explained, options = checked_sample(question, request.POST.get("option", ""))
    if not any(option.was_chosen for option in options):
        return redirect("home_show")
    context = {
        "question": explained,
        "options": options,
        "was_right": all(option.option.is_key for option in options if option.was_chosen),
    }
    return render(request, "prep/sample_check.html", context)


@require_GET
def api_docs_show(request: HttpRequest) -> HttpResponse:
    """What the API offers, in words; the schema has every field."""
    return render(request, "prep/api_docs_show.html")


@login_required
@require_GET
def own_data_export(request: HttpRequest) -> HttpResponse:
    """Everything we keep about the person, as a zip of JSON files."""
    user = cast(User, request.user)
    response = HttpResponse(own_data_archive(user, now=timezone.now()), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="prep-my-data.zip"'
    response["Cache-Control"] = "no-store"
    return response
