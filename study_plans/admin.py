"""Plans for staff: to look at, so that a question about a plan can be answered. Changing them is their owner's."""

from django.contrib import admin
from django.http import HttpRequest

from study_plans.models import Block, ExamReport, PlanRevision, StudyPlan


class ReadOnlyAdmin(admin.ModelAdmin):
    """Shows rows and changes none."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(StudyPlan)
class StudyPlanAdmin(ReadOnlyAdmin):
    list_display = ("candidate", "exam_on", "planned_on", "needs_version")
    list_select_related = ("candidate",)
    search_fields = ("candidate__email", "candidate__display_name")
    exclude = ("calendar_secret",)


@admin.register(PlanRevision)
class PlanRevisionAdmin(ReadOnlyAdmin):
    list_display = ("plan", "number", "reason", "summary", "created_at", "undone_at")
    list_select_related = ("plan__candidate",)
    list_filter = ("reason",)
    search_fields = ("plan__candidate__email",)


@admin.register(Block)
class BlockAdmin(ReadOnlyAdmin):
    list_display = ("plan", "day", "kind", "minutes", "state", "is_pinned")
    list_select_related = ("plan__candidate",)
    list_filter = ("state", "kind")
    search_fields = ("plan__candidate__email",)
    date_hierarchy = "day"


@admin.register(ExamReport)
class ExamReportAdmin(ReadOnlyAdmin):
    list_display = ("candidate", "sat_on", "passed", "reported_at")
    list_select_related = ("candidate",)
    list_filter = ("passed",)
    search_fields = ("candidate__email",)
