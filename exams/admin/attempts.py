"""Attempts for staff: to look at, and to grant minutes, void or reopen with a reason. Nothing is edited by hand."""

import uuid
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import CharField, IntegerField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path

from accounts.models import User
from exams import services
from exams.admin.steering import REFUSALS, STEERINGS, Steering, possible_steerings
from exams.admin.words import as_it_was, copy_words, letters_of, minutes_words, state_words, when_words
from exams.clock import exam_now
from exams.forms import CopyForm, SteerForm
from exams.models import Attempt, AttemptChange, AttemptQuestion


class _ReadOnly:
    """Rows that only services write."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AttemptActionForm(ActionForm):
    """What the actions need, beside the choice of the action."""

    minutes = IntegerField(min_value=1, max_value=600, required=False)
    reason = CharField(max_length=300, required=False, strip=True)


class QuestionInline(_ReadOnly, admin.TabularInline):
    model = AttemptQuestion
    fields = ["position", "question_version", "is_pilot", "answer", "key", "revision", "answered_at", "is_correct"]
    readonly_fields = ["answer", "key"]
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[AttemptQuestion]:
        return super().get_queryset(request).select_related("question_version__question")

    @admin.display(description="answer")
    def answer(self, place: AttemptQuestion) -> str:
        return letters_of(place, place.selected)

    @admin.display(description="key")
    def key(self, place: AttemptQuestion) -> str:
        return letters_of(place, place.question_version.key_ids)


class ChangeInline(_ReadOnly, admin.TabularInline):
    model = AttemptChange
    verbose_name_plural = "What staff did, the latest first"
    fields = ["changed_at", "kind", "minutes", "reason", "changed_by", "found"]
    readonly_fields = ["found"]
    extra = 0

    @admin.display(description="as it was before")
    def found(self, change: AttemptChange) -> str:
        return as_it_was(change.before)


@admin.register(Attempt)
class AttemptAdmin(_ReadOnly, admin.ModelAdmin):
    list_display = ["title", "candidate", "status", "when", "minutes", "score", "passed"]
    list_filter = ["kind", "status", "passed"]
    list_select_related = ["candidate", "blueprint"]
    search_fields = ["candidate__email", "candidate__display_name", "id"]
    date_hierarchy = "started_at"
    readonly_fields = ["minutes", "score"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    *("candidate", "kind", "number", "status"),
                    *("started_at", "deadline_at", "finished_at", "minutes", "time_factor", "paused_ms"),
                    *("score", "passed"),
                ]
            },
        ),
        (
            "How it was set up and marked",
            {
                "classes": ["collapse"],
                "fields": [
                    *("blueprint", "scoring_rule", "pass_percent", "question_target", "is_tutored", "is_adaptive"),
                    *("focus", "block_id", "score_status", "score_version", "checked_version", "domain_scores"),
                ],
            },
        ),
    ]
    inlines = [ChangeInline, QuestionInline]
    action_form = AttemptActionForm
    actions = ["grant_minutes", "void", "reopen"]

    @admin.display(description="score")
    def score(self, attempt: Attempt) -> str:
        return "" if attempt.scored_right is None else f"{attempt.scored_right} of {attempt.scored_total}"

    @admin.display(description="when", ordering="started_at")
    def when(self, attempt: Attempt) -> str:
        return when_words(attempt)

    @admin.display(description="minutes", ordering="minutes_allowed")
    def minutes(self, attempt: Attempt) -> str:
        return minutes_words(attempt)

    def has_steer_permission(self, request: HttpRequest) -> bool:
        """Looking is one right, changing the course of an attempt another."""
        return request.user.has_perm("exams.change_attempt")

    @admin.action(permissions=["steer"], description="Grant minutes (while it runs)")
    def grant_minutes(self, request: HttpRequest, attempts: QuerySet[Attempt]) -> None:
        self._apply(request, attempts, STEERINGS["minutes"])

    @admin.action(permissions=["steer"], description="Void")
    def void(self, request: HttpRequest, attempts: QuerySet[Attempt]) -> None:
        self._apply(request, attempts, STEERINGS["void"])

    @admin.action(permissions=["steer"], description="Reopen for some minutes from now")
    def reopen(self, request: HttpRequest, attempts: QuerySet[Attempt]) -> None:
        self._apply(request, attempts, STEERINGS["reopen"])

    def get_urls(self) -> list[Any]:
        copy, steer = self.admin_site.admin_view(self.copy_view), self.admin_site.admin_view(self.steer_view)
        return [
            path("<uuid:pk>/copy/", copy, name="exams_attempt_copy"),
            path("<uuid:pk>/steer/<slug:what>/", steer, name="exams_attempt_steer"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["may_steer"] = self.has_steer_permission(request)
        attempt = context.get("original")
        if isinstance(attempt, Attempt):
            context["steerings"] = [(what, STEERINGS[what].title) for what in possible_steerings(attempt)]
        return super().render_change_form(request, context, *args, **kwargs)

    def steer_view(self, request: HttpRequest, pk: uuid.UUID, what: str) -> HttpResponse:
        """One change of course of one attempt, with what it means and where the attempt stands."""
        attempt, steering = self._to_steer(request, pk), STEERINGS.get(what)
        if steering is None:
            return redirect("admin:exams_attempt_change", pk)
        form = SteerForm(request.POST if request.method == "POST" else None, needs_minutes=steering.needs_minutes)
        if form.is_valid() and self._steer(request, attempt, steering, form):
            return redirect("admin:exams_attempt_change", pk)
        context = {
            "title": steering.title,
            "lede": [steering.words, state_words(attempt, exam_now())],
            "button": steering.title,
            "form": form,
        }
        return self._page(request, attempt, context)

    def copy_view(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Take in the file of a candidate whose answers never reached us."""
        attempt = self._to_steer(request, pk)
        form = CopyForm(*([request.POST, request.FILES] if request.method == "POST" else []), attempt_id=pk)
        if form.is_valid() and self._take_copy(request, attempt, form):
            return redirect("admin:exams_attempt_change", pk)
        context = {
            "title": "Take in a copy",
            "lede": [
                "The candidate's device wrote this file because it could not reach us. Taking it in reopens the"
                " attempt, saves what was changed before its end and has not been changed here since, and hands it in"
                " again. All of it is logged with your reason.",
                "The seal says that the file is still as the exam room wrote it. It cannot prove when that was:"
                " whether to believe it is for you to decide.",
                state_words(attempt, exam_now()),
            ],
            "button": "Take in",
            "form": form,
        }
        return self._page(request, attempt, context)

    def _to_steer(self, request: HttpRequest, pk: uuid.UUID) -> Attempt:
        if not self.has_steer_permission(request):
            raise PermissionDenied
        return get_object_or_404(Attempt.objects.select_related("candidate", "blueprint"), pk=pk)

    def _page(self, request: HttpRequest, attempt: Attempt, context: dict[str, Any]) -> HttpResponse:
        site = self.admin_site.each_context(request)
        return TemplateResponse(request, "admin/exams/attempt/steer.html", {**site, "attempt": attempt, **context})

    def _steer(self, request: HttpRequest, attempt: Attempt, steering: Steering, form: SteerForm) -> bool:
        if problem := self._problem_of(request, attempt, steering, form.cleaned_data):
            form.add_error(None, f"{attempt.title} {problem}")
            return False
        self.message_user(request, f"{attempt}: done. {steering.title} is in the log below.", messages.SUCCESS)
        return True

    def _take_copy(self, request: HttpRequest, attempt: Attempt, form: CopyForm) -> bool:
        assert isinstance(request.user, User), "the admin lets nobody else in"
        given = form.cleaned_data
        if attempt.status == Attempt.Status.VOIDED:
            form.add_error(None, "This attempt is void; reopen it first.")
            return False
        try:
            outcome = services.take_in_copy(
                attempt_id=attempt.pk,
                answers=given["answers"],
                reason=given["reason"],
                by=request.user,
                now=exam_now(),
            )
        except services.NothingToTake as nothing:
            form.add_error("file", f"Nothing to take in. {copy_words(nothing.outcome)}")
        except services.AnswerInvalid as invalid:
            form.add_error("file", f"An answer in it does not fit its question: {invalid}")
        except services.AttemptNotFound:
            form.add_error("file", "It names a question that this attempt does not have.")
        except (services.AttemptOpen, services.MockAlreadyOpen) as refused:
            form.add_error(None, f"This attempt {REFUSALS[type(refused)]}.")
        else:
            self.log_change(request, attempt, f"Copy taken in: {given['reason']}")
            self.message_user(request, f"{attempt}: {copy_words(outcome)}", messages.SUCCESS)
            return True
        return False

    def _apply(self, request: HttpRequest, attempts: QuerySet[Attempt], steering: Steering) -> None:
        form = SteerForm(request.POST, needs_minutes=steering.needs_minutes)
        if not form.is_valid():
            for field, errors in form.errors.items():
                self.message_user(request, f"{field.capitalize()}: {errors[0]}", messages.ERROR)
            return
        for attempt in attempts:
            if problem := self._problem_of(request, attempt, steering, form.cleaned_data):
                self.message_user(request, f"{attempt} {problem}", messages.ERROR)
            else:
                self.message_user(request, f"{attempt}: done.", messages.SUCCESS)

    def _problem_of(self, request: HttpRequest, attempt: Attempt, steering: Steering, options: dict[str, Any]) -> str:
        """Does it and logs it; else what the attempt is or has, as the end of a sentence."""
        assert isinstance(request.user, User), "the admin lets nobody else in"
        try:
            steering.change(attempt_id=attempt.pk, by=request.user, now=exam_now(), **options)
        except tuple(REFUSALS) as refused:
            return f"{REFUSALS[type(refused)]}."
        except services.MinutesUnfit as refused:
            return f"cannot take them: {refused}"
        self.log_change(request, attempt, f"{steering.title}: {options['reason']}")
        return ""
