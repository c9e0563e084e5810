"""Attempts for staff: to look at, and to grant minutes, void or reopen with a reason. Nothing is edited by hand."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path

from accounts.models import User
from exams import services
from exams.clock import exam_now
from exams.forms import CopyForm
from exams.models import Attempt, AttemptChange, AttemptQuestion, MinutesGrant

REFUSALS: dict[type[Exception], str] = {
    services.AttemptClosed: "has ended; reopen it to give more time",
    services.AttemptVoided: "is void already",
    services.AttemptOpen: "is still in progress",
    services.MockAlreadyOpen: "cannot reopen: its candidate has another mock in progress",
}


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

    minutes = forms.IntegerField(min_value=1, max_value=600, required=False)
    reason = forms.CharField(max_length=300, required=False, strip=True)


class QuestionInline(_ReadOnly, admin.TabularInline):
    model = AttemptQuestion
    fields = ["position", "question_version", "is_pilot", "selected", "revision", "answered_at", "is_correct"]
    extra = 0


class ChangeInline(_ReadOnly, admin.TabularInline):
    model = AttemptChange
    fields = ["changed_at", "kind", "minutes", "reason", "changed_by", "before"]
    extra = 0


@admin.register(Attempt)
class AttemptAdmin(_ReadOnly, admin.ModelAdmin):
    list_display = ["title", "candidate", "status", "started_at", "deadline_at", "finished_at", "score", "passed"]
    list_filter = ["kind", "status", "passed"]
    list_select_related = ["candidate"]
    search_fields = ["candidate__email", "candidate__display_name", "id"]
    date_hierarchy = "started_at"
    inlines = [ChangeInline, QuestionInline]
    action_form = AttemptActionForm
    actions = ["grant_minutes", "void", "reopen"]

    @admin.display(description="score")
    def score(self, attempt: Attempt) -> str:
        return "" if attempt.scored_right is None else f"{attempt.scored_right} of {attempt.scored_total}"

    def has_steer_permission(self, request: HttpRequest) -> bool:
        """Looking is one right, changing the course of an attempt another."""
        return request.user.has_perm("exams.change_attempt")

    @admin.action(permissions=["steer"], description="Grant minutes (while it runs)")
    def grant_minutes(self, request: HttpRequest, attempts: QuerySet[Attempt]) -> None:
        self._apply(request, attempts, services.grant_minutes, needs_minutes=True)

    @admin.action(permissions=["steer"], description="Void")
    def void(self, request: HttpRequest, attempts: QuerySet[Attempt]) -> None:
        self._apply(request, attempts, services.void_attempt)

    @admin.action(permissions=["steer"], description="Reopen for some minutes from now")
    def reopen(self, request: HttpRequest, attempts: QuerySet[Attempt]) -> None:
        self._apply(request, attempts, services.reopen_attempt, needs_minutes=True)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.copy_view)
        return [path("<uuid:pk>/copy/", view, name="exams_attempt_copy"), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["may_steer"] = self.has_steer_permission(request)
        return super().render_change_form(request, context, *args, **kwargs)

    def copy_view(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Take in the file of a candidate whose answers never reached us."""
        if not self.has_steer_permission(request):
            raise PermissionDenied
        attempt = get_object_or_404(Attempt.objects.select_related("candidate"), pk=pk)
        form = CopyForm(request.POST or None, request.FILES or None, attempt_id=pk)
        if form.is_valid() and self._take_copy(request, attempt, form):
            return redirect("admin:exams_attempt_change", pk)
        context = {**self.admin_site.each_context(request), "title": "Take in a copy", "attempt": attempt, "form": form}
        return TemplateResponse(request, "admin/exams/attempt/take_copy.html", context)

    def _take_copy(self, request: HttpRequest, attempt: Attempt, form: CopyForm) -> bool:
        assert isinstance(request.user, User), "the admin lets nobody else in"
        given = form.cleaned_data
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

    def _apply(
        self,
        request: HttpRequest,
        attempts: QuerySet[Attempt],
        change: Callable[..., Attempt],
        *,
        needs_minutes: bool = False,
    ) -> None:
        form = AttemptActionForm(request.POST)
        del form.fields["action"]  # which one it is, is known by now
        form.fields["reason"].required = True
        form.fields["minutes"].required = needs_minutes
        if not form.is_valid():
            for field, errors in form.errors.items():
                self.message_user(request, f"{field.capitalize()}: {errors[0]}", messages.ERROR)
            return
        options = {"minutes": form.cleaned_data["minutes"]} if needs_minutes else {}
        for attempt in attempts:
            self._apply_to(request, attempt, change, {**options, "reason": form.cleaned_data["reason"]})

    def _apply_to(
        self, request: HttpRequest, attempt: Attempt, change: Callable[..., Attempt], options: dict[str, Any]
    ) -> None:
        assert isinstance(request.user, User), "the admin lets nobody else in"
        try:
            change(attempt_id=attempt.pk, by=request.user, now=exam_now(), **options)
        except tuple(REFUSALS) as refused:
            self.message_user(request, f"{attempt} {REFUSALS[type(refused)]}.", messages.ERROR)
        except services.MinutesUnfit as refused:
            self.message_user(request, f"{attempt}: {refused}", messages.ERROR)
        else:
            self.log_change(request, attempt, options["reason"])
            self.message_user(request, f"{attempt}: done.", messages.SUCCESS)


def copy_words(outcome: services.CopyOutcome) -> str:
    """What became of the answers of a copy, by question."""
    parts = {"taken": outcome.taken, "changed after the end": outcome.too_late, "newer here": outcome.newer}
    return "; ".join(f"{words}: {', '.join(map(str, sorted(set(found))))}" for words, found in parts.items() if found)


@admin.register(MinutesGrant)
class MinutesGrantAdmin(admin.ModelAdmin):
    """Minutes for a candidate's next mock. Once taken up they are history."""

    list_display = ["candidate", "minutes", "reason", "granted_by", "granted_at", "used_in"]
    list_select_related = ["candidate", "granted_by", "used_in__candidate"]
    search_fields = ["candidate__email"]
    autocomplete_fields = ["candidate"]
    fields = ["candidate", "minutes", "reason"]

    def has_change_permission(self, request: HttpRequest, obj: MinutesGrant | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: MinutesGrant | None = None) -> bool:
        return (obj is None or obj.used_in_id is None) and super().has_delete_permission(request, obj)

    def save_model(
        self, request: HttpRequest, obj: MinutesGrant, form: "forms.ModelForm[MinutesGrant]", change: bool
    ) -> None:
        assert isinstance(request.user, User), "the admin lets nobody else in"
        grant = services.grant_minutes_ahead(
            candidate=obj.candidate, minutes=obj.minutes, reason=obj.reason, by=request.user, now=exam_now()
        )
        obj.pk = grant.pk
