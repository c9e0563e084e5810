"""The analysis for staff: to look at, never to edit. What failed shows first."""

import json
from typing import cast

from django.contrib import admin, messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import Truncator

from accounts.models import User
from analytics import services
from analytics.models import CandidateModel, ParameterSet
from engine.parameters import DEFAULTS


@admin.register(CandidateModel)
class CandidateModelAdmin(admin.ModelAdmin):
    list_display = ["candidate", "computed_at", "failure_count", "failed_at", "failure"]
    list_filter = [("failed_at", admin.DateFieldListFilter)]
    ordering = ["-failure_count", "-computed_at"]
    search_fields = ["candidate__email"]
    fields = ("candidate", "computed_at", "failure_count", "failed_at", "failure")
    readonly_fields = ("candidate", "computed_at", "failure_count", "failed_at", "failure")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: CandidateModel | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: CandidateModel | None = None) -> bool:
        return False


@admin.register(ParameterSet)
class ParameterSetAdmin(admin.ModelAdmin):
    """What was fitted when, on how many people, and what it gained. An earlier set can be brought back."""

    list_display = ("fitted_at", "standing", "people", "first_answers", "log_loss", "about", "exam_code")
    fields = (
        "fitted_at",
        "standing",
        "people",
        "first_answers",
        "log_loss",
        "note",
        "exam_code",
        "own_constants",
        "constants",
    )
    readonly_fields = fields
    actions = ("restore", "release")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ParameterSet]:
        return super().get_queryset(request).defer("difficulties")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ParameterSet | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ParameterSet | None = None) -> bool:
        return False

    @admin.display(description="Standing")
    def standing(self, obj: ParameterSet) -> str:
        if not obj.is_current:
            return "earlier"
        return "current, held by hand" if obj.is_held else "current"

    @admin.display(description="People", ordering="candidate_count")
    def people(self, obj: ParameterSet) -> str:
        return intcomma(obj.candidate_count) if obj.candidate_count else "none: authors’ levels"

    @admin.display(description="First answers", ordering="answer_count")
    def first_answers(self, obj: ParameterSet) -> str:
        return intcomma(obj.answer_count)

    @admin.display(description="Log loss of forecasts")
    def log_loss(self, obj: ParameterSet) -> str:
        """With the set before it, and with this one: less is better."""
        if obj.score_before is None or obj.score_after is None:
            return "–"
        return f"{obj.score_before:.4f} → {obj.score_after:.4f}"

    @admin.display(description="Note")
    def about(self, obj: ParameterSet) -> str:
        return Truncator(obj.note).chars(90)

    @admin.display(description="Other than the product’s own")
    def own_constants(self, obj: ParameterSet) -> str:
        usual = DEFAULTS.to_dict()
        other = [(name, value, usual.get(name)) for name, value in obj.values.items() if value != usual.get(name)]
        lines = format_html_join(mark_safe("<br>"), "{}: {} instead of {}", other)
        return lines or "none"

    @admin.display(description="All constants")
    def constants(self, obj: ParameterSet) -> str:
        return format_html("<pre>{}</pre>", json.dumps(obj.values, indent=2, ensure_ascii=False))

    def has_restore_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("analytics.change_parameterset")

    @admin.action(description="Bring this set back, and hold it", permissions=["restore"])
    def restore(self, request: HttpRequest, queryset: QuerySet[ParameterSet]) -> None:
        chosen = list(queryset[:2])
        if len(chosen) != 1:
            self.message_user(request, "Choose exactly one set.", messages.ERROR)
            return
        try:
            restored = services.restore_parameter_set(
                parameter_set_id=chosen[0].pk, by=cast(User, request.user), now=timezone.now()
            )
        except services.RecalibrationRefused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return
        self.log_change(request, restored, "Restored")
        self.message_user(request, "The set is current again. Estimates follow within minutes.")

    @admin.action(description="Let the nightly recalibration go on", permissions=["restore"])
    def release(self, request: HttpRequest, queryset: QuerySet[ParameterSet]) -> None:
        for chosen in queryset:
            services.release_parameter_set(parameter_set_id=chosen.pk)
            self.log_change(request, chosen, "Released")
        self.message_user(request, "The nightly recalibration goes on.")
