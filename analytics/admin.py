"""The analysis for staff: to look at, never to edit. What failed shows first."""

from typing import cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from analytics import services
from analytics.models import CandidateModel, ParameterSet


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

    list_display = (
        "fitted_at", "is_current", "is_held", "candidate_count", "answer_count", "score_before", "score_after", "note",
    )  # fmt: skip
    list_filter = ("exam_code", "is_current")
    fields = (*list_display, "exam_code", "values")
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
