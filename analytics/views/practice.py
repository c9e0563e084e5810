"""Practise: build a drill, recall what is due, put mistakes right, tell pairs apart."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from accounts.selectors import time_factor_of
from analytics import services
from analytics.forms import COUNTS, MODES, PracticeForm
from analytics.selectors import confusions_of
from analytics.selectors.practice import ONLY, PracticeGround, allowed_questions, practice_ground
from analytics.selectors.practice import PracticeWish as Wish
from analytics.services.sittings import LONGEST_DRILL
from analytics.views.own import estimates_context, signed_in
from exams.clock import exam_now
from exams.models import Attempt
from exams.selectors import open_attempts_of
from questions.models import ExamBlueprint, Misconception
from questions.selectors import current_blueprint, domain_weights, topics_of

MOST_CONFUSIONS = 6


@login_required
@require_GET
@never_cache
def practice_show(request: HttpRequest) -> HttpResponse:
    """The drill builder; the address may fill it in (?topic=…&count=…&block=…)."""
    return _builder_page(request, PracticeForm(request.GET, blueprint=current_blueprint()))


@login_required
@require_GET
@never_cache
def practice_fit(request: HttpRequest) -> HttpResponse:
    """The builder's line under its choices: how many questions fit them now."""
    blueprint = current_blueprint()
    form = PracticeForm(request.GET, blueprint=blueprint)
    ground = practice_ground(signed_in(request), blueprint, exam_now())
    return render(request, "analytics/practice_fit.html", {"fit": _fit(ground, form)})


def _builder_page(request: HttpRequest, form: PracticeForm, problem: str = "") -> HttpResponse:
    """The page with the builder filled in as the form has it. problem: why the drill that was asked for cannot be."""
    candidate, now = signed_in(request), exam_now()
    ground = practice_ground(candidate, form.blueprint, now)
    asked = request.POST if request.method == "POST" else request.GET
    confusions = confusions_of(ground.evidence.rows)
    context = {
        **estimates_context(candidate, now),
        **_builder(form.blueprint, ground, asked),
        "nav": "practice",
        "problem": problem,
        # What an address says wrongly is left out; what somebody sent is answered.
        "errors": form.errors if request.method == "POST" else {},
        "fit": _fit(ground, form),
        "confusions": confusions[:MOST_CONFUSIONS],
        "more_confusions": confusions[MOST_CONFUSIONS:],
        "open_sitting": open_attempts_of(candidate).exclude(kind=Attempt.Kind.MOCK).first(),
    }
    return render(request, "analytics/practice_show.html", context)


def _fit(ground: PracticeGround, form: PracticeForm) -> dict[str, Any]:
    """How many questions fit a valid choice, and the minutes on the clock, where there is one."""
    if not form.is_valid():
        return {}
    wish = form.wish()
    fitting = len(allowed_questions(ground, wish))
    standard = services.minutes_at_exam_pace(min(fitting, wish.count), form.blueprint) if wish.is_timed else 0
    return {
        "fitting": fitting,
        "wanted": wish.count,
        # As the start gives them: extra time stretches practice on the clock too.
        "minutes": int(standard * time_factor_of(ground.candidate)),
        "standard_minutes": standard,
    }


def _builder(blueprint: ExamBlueprint, ground: PracticeGround, asked: QueryDict) -> Mapping[str, Any]:
    """Domains with their topics and sizes, and how many questions each filter would leave."""
    sizes: dict[int, int] = {}
    for question in ground.drawable.values():
        for topic_id in question.topic_ids:
            sizes[topic_id] = sizes.get(topic_id, 0) + 1
    topics: dict[int, list[Any]] = {}
    for topic in topics_of(blueprint):
        topics.setdefault(topic.domain_id, []).append((topic, sizes.get(topic.pk, 0)))
    counts = {only: len(allowed_questions(ground, Wish(only=only))) for only in ONLY}
    return {
        "domains": [(weight.domain, topics.get(weight.domain_id, [])) for weight in domain_weights(blueprint)],
        "filters": [(only, words, counts[only]) for only, words in ONLY.items()],
        "counts": _counts(asked.get("count", "")),
        "due_count": counts["due"],
        "missed_count": counts["missed"],
        "chosen_domains": asked.getlist("domain"),
        "chosen_topics": asked.getlist("topic"),
        "chosen_only": asked.get("only", ""),
        "chosen_count": asked.get("count", ""),
        "chosen_mode": asked.get("mode", ""),
        "modes": MODES,
        # Not "block": inside a block tag of Django that is the template's own.
        "asked_block": asked.get("block", ""),
    }


def _counts(asked: str) -> list[int]:
    """The counts to choose from, with the one that was asked for, such as a block's."""
    others = {int(asked)} if asked.isascii() and asked.isdigit() and 1 <= int(asked[:6]) <= LONGEST_DRILL else set()
    return sorted({*COUNTS, *others})


@login_required
@require_POST
def drill_start(request: HttpRequest) -> HttpResponse:
    """Begin what the form asks for and go to the room. A sitting that a block already began is gone on with.

    What the builder cannot begin comes back with every choice as it was; from elsewhere the way leads to the builder.
    """
    candidate, now = signed_in(request), exam_now()
    form = PracticeForm(request.POST, blueprint=current_blueprint())
    if not form.is_valid():
        return _builder_page(request, form)
    wish = form.wish()
    running = _running_block_sitting(candidate, wish)
    if running is not None:
        return redirect("exams:room_show", running.pk)
    try:
        attempt = services.start_drill(candidate=candidate, wish=wish, now=now, rng=np.random.default_rng())
    except services.NoQuestionFits:
        if wish.kind == Attempt.Kind.DRILL and not wish.misconception:
            return _builder_page(request, form, problem="No question fits these choices. Take a wider one.")
        messages.info(request, _nothing_words(wish))
        return redirect("analytics:practice_show")
    return redirect("exams:room_show", attempt.pk)


def _running_block_sitting(candidate: User, wish: Wish) -> Attempt | None:
    if wish.block_id is None:
        return None
    return open_attempts_of(candidate).filter(block_id=wish.block_id).first()


def _nothing_words(wish: Wish) -> str:
    if wish.kind == Attempt.Kind.REVIEW:
        return "Nothing is due for recall today, and no mistake is open."
    if wish.misconception:
        return "The bank has no question on this pair yet."
    return "There is no question for a first map yet."


@login_required
@require_GET
@never_cache
def confusion_show(request: HttpRequest, code: str) -> HttpResponse:
    """One pair side by side: how often it was mixed up, when to choose which, and a drill on it."""
    candidate, now = signed_in(request), exam_now()
    blueprint = current_blueprint()
    pair = Misconception.objects.filter(exam_code=blueprint.code, code=code).select_related("domain").first()
    if pair is None:
        raise Http404
    ground = practice_ground(candidate, blueprint, now)
    own = next((one for one in confusions_of(ground.evidence.rows) if one.misconception.pk == pair.pk), None)
    offered = [question for question in ground.drawable.values() if pair.pk in question.misconception_ids]
    context = {
        "nav": "practice",
        "pair": pair,
        "sides": [pair.left, pair.right],
        "domain": pair.domain,
        "own": own,
        "question_count": len(offered),
        "drill_count": min(len(offered), 8),
    }
    return render(request, "analytics/confusion_show.html", context)
