"""The analysis for staff: to look at, never to edit. What failed shows first."""

from django.contrib import admin
from django.http import HttpRequest

from analytics.models import CandidateModel


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
