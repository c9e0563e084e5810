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
from analytics import services
from analytics.forms import COUNTS, PracticeForm
from analytics.selectors import confusions_of
from analytics.selectors.practice import ONLY, PracticeGround, allowed_questions, practice_ground
from analytics.selectors.practice import PracticeWish as Wish
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
    candidate, now = signed_in(request), exam_now()
    blueprint = current_blueprint()
    ground = practice_ground(candidate, blueprint, now)
    form = PracticeForm(request.GET or None, blueprint=blueprint)
    confusions = confusions_of(ground.evidence.rows)
    context = {
        **estimates_context(candidate, now),
        **_builder(blueprint, ground, request.GET),
        "nav": "practice",
        "form": form,
        "confusions": confusions[:MOST_CONFUSIONS],
        "more_confusions": confusions[MOST_CONFUSIONS:],
        "open_sitting": open_attempts_of(candidate).exclude(kind=Attempt.Kind.MOCK).first(),
    }
    return render(request, "analytics/practice_show.html", context)


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
        "counts": COUNTS,
        "due_count": counts["due"],
        "missed_count": counts["missed"],
        "chosen_domains": asked.getlist("domain"),
        "chosen_topics": asked.getlist("topic"),
        "chosen_only": asked.get("only", ""),
        "chosen_count": asked.get("count", "10"),
        # Not "block": inside a block tag of Django that is the template's own.
        "asked_block": asked.get("block", ""),
    }


@login_required
@require_POST
def drill_start(request: HttpRequest) -> HttpResponse:
    """Begin what the form asks for and go to the room. A sitting that a block already began is gone on with."""
    candidate, now = signed_in(request), exam_now()
    form = PracticeForm(request.POST, blueprint=current_blueprint())
    if not form.is_valid():
        for field, errors in form.errors.items():
            messages.error(request, f"{form.fields[field].label or field}: {' '.join(map(str, errors))}")
        return redirect("analytics:practice_show")
    wish = form.wish()
    running = _running_block_sitting(candidate, wish)
    if running is not None:
        return redirect("exams:room_show", running.pk)
    try:
        attempt = services.start_drill(candidate=candidate, wish=wish, now=now, rng=np.random.default_rng())
    except services.NoQuestionFits:
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
    return "No question fits this choice. Take a wider one."


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
