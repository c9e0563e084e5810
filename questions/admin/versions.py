"""Writing a version: options and references inline, a live preview, review, publishing, correcting a key."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator

from questions import services
from questions.admin.questions import AuthorHistoryAdmin
from questions.bankfiles import BankQuestion
from questions.forms import (
    KeyCorrectionForm,
    OptionForm,
    OptionFormSet,
    ReferenceForm,
    ReferenceFormSet,
    VersionForm,
    draft_from_post,
)
from questions.lint import Finding, Weight, check_question
from questions.models import Misconception, Option, QuestionVersion, Reference
from questions.preview import preview_of
from questions.selectors import written_question

START_OPTIONS = 4


class _DraftInline(admin.StackedInline):
    """Rows of a version; read only once it is published."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_draft(obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_draft(obj) and super().has_delete_permission(request, obj)


class OptionInline(_DraftInline):
    model = Option
    form = OptionForm
    formset = OptionFormSet
    fields = [("text", "place"), "is_key", "rationale", "misconception"]
    min_num = 0
    max_num = 8

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj is not None and obj.options.exists() else START_OPTIONS

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Misconceptions as a plain choice: pairs have a page of their own."""
        if db_field.name == "misconception":
            return db_field.formfield(queryset=Misconception.objects.order_by("name"), empty_label="none")
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if _is_draft(obj) else ["text", "is_key", "rationale", "misconception"]


class ReferenceInline(_DraftInline):
    model = Reference
    form = ReferenceForm
    formset = ReferenceFormSet
    fields = ["title", "url", ("verified_on", "page_updated")]
    max_num = 5

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj is not None and obj.references.exists() else 1


@admin.register(QuestionVersion)
class QuestionVersionAdmin(AuthorHistoryAdmin):
    form = VersionForm
    fields = ["scenario", "stem", ("select_count", "author_level", "verified_on")]
    inlines = [OptionInline, ReferenceInline]
    change_form_template = "admin/questions/questionversion/change_form.html"
    list_select_related = ["question"]

    # --- Who may what ---

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """Not in the index: versions are reached from their question."""
        return {}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return (obj is None or _is_draft(obj)) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and _is_draft(obj) and super().has_delete_permission(request, obj)

    # --- Addresses ---

    def get_urls(self) -> list[Any]:
        def page(view: Any) -> Any:
            return self.admin_site.admin_view(view)

        return [
            path("<int:pk>/preview/", page(self.preview_view), name="questions_questionversion_preview"),
            path("<int:pk>/shown/", page(self.shown_view), name="questions_questionversion_shown"),
            path("<int:pk>/next/", page(self.next_view), name="questions_questionversion_next"),
            path("<int:pk>/correct-key/", page(self.correct_key_view), name="questions_questionversion_key"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:questions_question_changelist"))

    def _version(self, request: HttpRequest, pk: int) -> QuestionVersion:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(QuestionVersion.objects.select_related("question__domain"), pk=pk)

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Both states and the hints as JSON: of the stored version, or of the form as it stands (POST)."""
        version = self._version(request, pk)
        written = draft_from_post(request.POST, version.question) if request.POST else written_question(version)
        context = {"preview": preview_of(written)}
        return JsonResponse(
            {
                "exam": render_to_string("questions/partials/exam_state.html", context),
                "review": render_to_string("questions/partials/review_state.html", context),
                "findings": [
                    {"weight": finding.weight, "field": finding.field, "text": finding.text}
                    for finding in check_question(written)
                ],
            }
        )

    def shown_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The stored version as a page of its own, exactly as candidates see it."""
        version = self._version(request, pk)
        context = {"version": version, "preview": preview_of(written_question(version))}
        return TemplateResponse(request, "questions/version_show.html", context)

    def next_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = self._version(request, pk)
        if request.method != "POST":
            raise Http404
        if not super().has_change_permission(request):
            raise PermissionDenied
        draft = services.start_next_version(question=version.question, now=timezone.now())
        return HttpResponseRedirect(reverse("admin:questions_questionversion_change", args=[draft.pk]))

    @method_decorator(reauthentication_required)
    def correct_key_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A wrong key of a published version: which options, and why. Asks for the password again first."""
        version = self._version(request, pk)
        if not request.user.has_perm("questions.correct_key"):
            raise PermissionDenied
        if not version.is_published:
            raise Http404
        form = KeyCorrectionForm(request.POST or None, version=version)
        if form.is_valid():
            try:
                services.correct_key(
                    version=version,
                    keys=form.cleaned_data["keys"],
                    by=request.user,  # type: ignore[arg-type]
                    reason=form.cleaned_data["reason"],
                    now=timezone.now(),
                )
            except services.KeyIsUnfit as refusal:
                form.add_error("keys", str(refusal))
            else:
                self.log_change(request, version, f"Corrected the key: {form.cleaned_data['reason']}")
                text = "The key is corrected. Attempts that showed this version are graded again."
                self.message_user(request, text, messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:questions_question_change", args=[version.question_id]))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Correct the key of {version}",
            "opts": self.opts,
            "version": version,
            "form": form,
        }
        return TemplateResponse(request, "admin/questions/questionversion/correct_key.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        version = self.get_object(request, object_id)
        more = {
            "version": version,
            "is_draft": _is_draft(version),
            "may_publish": request.user.has_perm("questions.publish_question"),
            "may_correct_key": request.user.has_perm("questions.correct_key"),
            "may_write": super().has_change_permission(request),
            "title": "Write a version" if _is_draft(version) else "Read a version",
            "is_nav_sidebar_enabled": False,
        }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    # --- Saving, review, publishing ---

    def response_change(self, request: HttpRequest, obj: QuestionVersion) -> HttpResponse:
        version = QuestionVersion.objects.select_related("question").get(pk=obj.pk)
        here = reverse("admin:questions_questionversion_change", args=[version.pk])
        now = timezone.now()
        if "_publish" in request.POST:
            if not request.user.has_perm("questions.publish_question"):
                raise PermissionDenied
            version = services.publish_version(version=version, now=now, by=request.user)  # type: ignore[arg-type]
            self.message_user(request, f"{version} is published. New attempts show it.", messages.SUCCESS)
        elif "_submit" in request.POST:
            services.submit_version(version=version, now=now)
            self.message_user(request, f"{version} waits for review.", messages.SUCCESS)
        elif "_return" in request.POST:
            services.return_version(version=version)
            self.message_user(request, f"{version} is with its author again.", messages.SUCCESS)
        else:
            self.message_user(request, f"{version} is saved.", messages.SUCCESS)
        self._say_hints(request, written_question(version))
        return HttpResponseRedirect(here)

    def _say_hints(self, request: HttpRequest, written: BankQuestion) -> None:
        """The checks of check_bank on this one question, so that nobody learns of a cue from CI."""
        for finding in check_question(written):
            self.message_user(request, _hint(finding), messages.WARNING)

    def delete_model(self, request: HttpRequest, obj: QuestionVersion) -> None:
        obj.options.all().delete()
        obj.references.all().delete()
        super().delete_model(request, obj)


def _is_draft(version: Any) -> bool:
    return version is not None and not version.is_published


def _hint(finding: Finding) -> str:
    need = "Needed before publishing" if finding.weight == Weight.ERROR else "Worth a look"
    return f"{need}: {finding.field} {finding.text}."
