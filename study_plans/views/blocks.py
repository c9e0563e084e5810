"""A block: what it is, where it leads, and what may be done with it. Notes and labs that blocks open."""

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from questions.markdown import render_markdown
from questions.models import Lab, Topic
from questions.selectors import current_blueprint, note_html
from study_plans import selectors, services, words
from study_plans.forms import PostponeForm, SwapForm
from study_plans.models import Block
from study_plans.views.own import own_block, own_plan, signed_in


@login_required
@require_GET
def block_show(request: HttpRequest, block_id: uuid.UUID) -> HttpResponse:
    own_plan(request, timezone.now())
    block = own_block(request, block_id)
    return render(request, "study_plans/block_show.html", _block_context(request, block))


def _block_context(
    request: HttpRequest,
    block: Block,
    *,
    swap_form: SwapForm | None = None,
    postpone_form: PostponeForm | None = None,
) -> dict[str, Any]:
    today = selectors.local_day(signed_in(request), timezone.now())
    is_open = block.state == Block.State.PLANNED and block.kind != Block.Kind.REST
    choices = selectors.swap_choices(block, today) if is_open else []
    return {
        "nav": "plan",
        "planned": block,
        "today": today,
        "is_open": is_open,
        "may_reopen": block.state in (Block.State.DONE, Block.State.SKIPPED) and block.day >= today,
        "next_day": selectors.next_study_day(block.plan, max(block.day, today)),
        "again": selectors.blocks_again(block.plan, [block]).get(block.pk),
        "postpone_form": postpone_form or PostponeForm(),
        "swap_form": swap_form or (SwapForm(blocks=choices) if choices else None),
    }


@login_required
@require_http_methods(["GET", "POST"])
def block_open(request: HttpRequest, block_id: uuid.UUID) -> HttpResponse:
    """Lead to what the block asks for. Sittings begin with a button on the block's own page: a GET starts nothing."""
    block = own_block(request, block_id)
    address = block_address(block)
    return redirect(address or reverse("study_plans:block_show", args=[block.pk]))


def block_address(block: Block) -> str | None:
    """Where a GET can lead, or None for kinds that a POST must start."""
    kind, asked = block.kind, f"?{urlencode({'block': block.pk})}"
    if kind == Block.Kind.MOCK:
        return reverse("exams:mock_start") + asked
    if kind == Block.Kind.REHEARSAL:
        return reverse("analytics:rehearsal_show") + asked
    if kind == Block.Kind.MISTAKES:
        return reverse("analytics:mistake_list") + asked
    if kind == Block.Kind.LAB and block.lab is not None:
        return reverse("study_plans:lab_show", args=[block.lab.slug]) + asked
    if kind == Block.Kind.READ and block.topic is not None:
        return reverse("study_plans:topic_show", args=[block.topic.code]) + asked
    return None


def _back(request: HttpRequest, fallback: str = "study_plans:plan_show") -> HttpResponse:
    """To the page that asked, if it is one of ours."""
    address = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(address, allowed_hosts=None) and address.startswith("/"):
        return redirect(address)
    return redirect(fallback)


def _acted(request: HttpRequest, block_id: uuid.UUID, act: Callable[[Block], str]) -> HttpResponse:
    """Do it, say what happened, and go back."""
    block = own_block(request, block_id)
    own_plan(request, timezone.now())
    try:
        messages.success(request, act(block))
    except services.BlockNotFound as missing:
        raise Http404 from missing
    except services.BlockNotOpen as closed:
        messages.warning(request, f"Nothing to do: {closed.block.title} is {closed.block.get_state_display()}.")
    except services.NoDayLeft:
        messages.warning(request, "No later day has time for it before your exam. It stays where it is.")
    return _back(request)


@login_required
@require_POST
def block_complete(request: HttpRequest, block_id: uuid.UUID) -> HttpResponse:
    def act(block: Block) -> str:
        services.complete_block(
            plan_owner=signed_in(request),
            block_id=block.pk,
            now=timezone.now(),
            evidence=request.POST.get("evidence", ""),
        )
        return f"{block.title}: done."

    return _acted(request, block_id, act)


@login_required
@require_POST
def block_reopen(request: HttpRequest, block_id: uuid.UUID) -> HttpResponse:
    def act(block: Block) -> str:
        services.reopen_block(plan_owner=signed_in(request), block_id=block.pk, now=timezone.now())
        return f"{block.title} is planned again."

    return _acted(request, block_id, act)


@login_required
@require_POST
def block_skip(request: HttpRequest, block_id: uuid.UUID) -> HttpResponse:
    def act(block: Block) -> str:
        services.skip_block(plan_owner=signed_in(request), block_id=block.pk, now=timezone.now())
        return f"{block.title} is left out, and its {words.minutes_words(block.minutes)} stay free."

    return _acted(request, block_id, act)


@login_required
@require_POST
def block_postpone(request: HttpRequest, block_id: uuid.UUID) -> HttpResponse:
    """To the next study day, or to the one that the form names."""
    block = own_block(request, block_id)
    today = selectors.local_day(signed_in(request), timezone.now())
    form = PostponeForm(request.POST, today=today, exam_on=block.plan.exam_on)
    if not form.is_valid():
        context = _block_context(request, block, postpone_form=form)
        return render(request, "study_plans/block_show.html", context, status=400)
    to_day = form.cleaned_data["to_day"]

    def act(block: Block) -> str:
        services.postpone_block(plan_owner=signed_in(request), block_id=block.pk, now=timezone.now(), to_day=to_day)
        moved = own_block(request, block.pk)
        return f"{block.title} is now on {words.day_words(moved.day)}, pinned."

    return _acted(request, block_id, act)


@login_required
@require_POST
def block_swap(request: HttpRequest, block_id: uuid.UUID) -> HttpResponse:
    """Trade places; where that breaks a rule, ask first and say which."""
    own_block(request, block_id)
    own_plan(request, timezone.now())
    block = own_block(request, block_id)
    today = selectors.local_day(signed_in(request), timezone.now())
    form = SwapForm(request.POST, blocks=selectors.swap_choices(block, today))
    if not form.is_valid():
        return render(
            request, "study_plans/block_show.html", _block_context(request, block, swap_form=form), status=400
        )
    try:
        revision = services.swap_blocks(
            plan_owner=signed_in(request),
            block_id=block.pk,
            with_id=form.cleaned_data["with_block"],
            now=timezone.now(),
            accepts_broken_rules=request.POST.get("anyway") == "yes",
        )
    except services.SwapBreaksRules as breaks:
        other = own_block(request, form.cleaned_data["with_block"])
        context = {"nav": "plan", "planned": block, "other": other, "broken": breaks.broken}
        return render(request, "study_plans/block_swap.html", context)
    except services.BlockNotFound as missing:
        raise Http404 from missing
    except (services.BlockNotOpen, services.SwapPointless) as refused:
        messages.warning(request, str(refused))
        return redirect("study_plans:block_show", block_id=block.pk)
    messages.success(request, revision.summary)
    return redirect(f"{reverse('study_plans:plan_show')}?{urlencode({'week': block.day})}")


@login_required
@require_POST
def block_pin(request: HttpRequest, block_id: uuid.UUID) -> HttpResponse:
    def act(block: Block) -> str:
        pinned = services.pin_block(
            plan_owner=signed_in(request), block_id=block.pk, is_pinned=request.POST.get("pinned") != "no"
        )
        if pinned.is_pinned:
            return f"{block.title} stays on {words.day_words(block.day)}, whatever else moves."
        return f"{block.title} may move again."

    return _acted(request, block_id, act)


def _asking_block(request: HttpRequest, **what: Any) -> Block | None:
    """The candidate's planned block that led here, if the address names one that fits."""
    try:
        block = own_block(request, uuid.UUID(request.GET.get("block", "")))
    except (ValueError, Http404):
        return None
    fits = all(getattr(block, name) == value for name, value in what.items())
    return block if fits else None


@login_required
@require_GET
def topic_show(request: HttpRequest, code: str) -> HttpResponse:
    """The notes of a topic, what it builds on, its labs."""
    topics = Topic.objects.select_related("domain").filter(domain__exam_code=current_blueprint().code)
    topic = get_object_or_404(topics, code=code)
    context = {
        "nav": "plan",
        "topic": topic,
        "notes": note_html(topic),
        "foundations": topic.foundations.select_related("domain"),
        "builds_up_to": topic.builds_up_to.select_related("domain"),
        "labs": topic.labs.filter(is_retired=False),
        "planned": _asking_block(request, topic_id=topic.pk),
    }
    return render(request, "study_plans/topic_show.html", context)


@login_required
@require_GET
def lab_show(request: HttpRequest, slug: str) -> HttpResponse:
    """A hands-on exercise: steps, self-checks, and room for what was seen."""
    lab = get_object_or_404(Lab.objects.select_related("topic__domain"), slug=slug)
    context = {
        "nav": "plan",
        "lab": lab,
        "steps": render_markdown(lab.body),
        "planned": _asking_block(request, lab_id=lab.pk),
        "earlier": Block.objects.filter(plan__candidate=signed_in(request), lab=lab, state=Block.State.DONE).order_by(
            "-done_at"
        ),
    }
    return render(request, "study_plans/lab_show.html", context)
