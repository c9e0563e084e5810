"""Contrast pairs, the queue of reports, and what the bank files own (read only)."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from questions import services
from questions.forms import MisconceptionForm, ReportAnswerForm
from questions.models import Domain, DomainWeight, ExamBlueprint, Lab, Misconception, QuestionReport, Topic


class _FromFiles(admin.ModelAdmin):
    """Kept by load_bank: a change here would be gone after the next deploy, so there is none to make."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class WeightInline(admin.TabularInline):
    model = DomainWeight
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ExamBlueprint)
class ExamBlueprintAdmin(_FromFiles):
    list_display = ["name", "version", "minutes", "scored_count", "pilot_count", "pass_percent", "is_current"]
    inlines = [WeightInline]


@admin.register(Domain)
class DomainAdmin(_FromFiles):
    list_display = ["name", "letters", "order", "exam_code"]


@admin.register(Topic)
class TopicAdmin(_FromFiles):
    list_display = ["name", "domain", "summary"]
    list_filter = ["domain"]
    search_fields = ["name", "code"]
    fields = ["domain", "code", "name", "summary", "foundations", "notes"]


@admin.register(Lab)
class LabAdmin(_FromFiles):
    list_display = ["title", "topic", "minutes", "is_retired"]
    list_filter = ["is_retired", "topic__domain"]


@admin.register(Misconception)
class MisconceptionAdmin(admin.ModelAdmin):
    form = MisconceptionForm
    list_display = ["name", "domain", "code", "used"]
    list_filter = ["domain"]
    search_fields = ["name", "code"]
    fieldsets = [
        (None, {"fields": [("exam_code", "code"), "name", "domain"]}),
        ("Left", {"fields": ["left_name", "left_choose_when", "left_points"]}),
        ("Right", {"fields": ["right_name", "right_choose_when", "right_points"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(uses=Count("options__version__question", distinct=True))

    @admin.display(description="Questions", ordering="uses")
    def used(self, misconception: Any) -> int:
        return misconception.uses

    def get_readonly_fields(self, request: HttpRequest, obj: Misconception | None = None) -> list[str]:
        return ["exam_code", "code"] if obj else []


class OpenFirstFilter(admin.SimpleListFilter):
    """The queue: what is open, unless somebody asks for the rest."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("all", "All"), *((value, label) for value, label in QuestionReport.Status.choices if value != "open")]

    def choices(self, changelist: Any) -> Any:
        for choice in super().choices(changelist):
            yield choice | ({"display": "Open"} if choice["query_string"] == changelist.get_query_string({}, ["state"])
                            else {})  # fmt: skip

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "all":
            return queryset
        return queryset.filter(status=self.value() or QuestionReport.Status.OPEN)


@admin.register(QuestionReport)
class QuestionReportAdmin(admin.ModelAdmin):
    form = ReportAnswerForm
    list_display = ["slug", "excerpt", "status", "created_at", "answered_at"]
    list_filter = [OpenFirstFilter, "version__question__domain"]
    search_fields = ["version__question__slug", "text"]
    list_select_related = ["version__question"]
    readonly_fields = ["question", "text", "created_at", "answered_by", "answered_at"]
    fields = ["question", "text", "created_at", "status", "reply", "answered_by", "answered_at"]

    @admin.display(description="Question", ordering="version__question__slug")
    def slug(self, report: QuestionReport) -> str:
        return str(report.version)

    @admin.display(description="Says")
    def excerpt(self, report: QuestionReport) -> str:
        return report.text if len(report.text) <= 90 else report.text[:89] + "…"

    @admin.display(description="Question")
    def question(self, report: QuestionReport) -> SafeString:
        version = report.version
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:questions_questionversion_change", args=[version.pk]), version
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: QuestionReport | None = None) -> bool:
        # By the moment, not the status: a refused form has changed the status of the row in hand already.
        return (obj is None or obj.answered_at is None) and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: QuestionReport, form: Any, change: bool) -> None:
        try:
            services.answer_report(
                report=obj,
                status=QuestionReport.Status(obj.status),
                reply=obj.reply,
                by=request.user,  # type: ignore[arg-type]
                now=timezone.now(),
            )
        except services.ReportIsAnswered:
            self.message_user(request, "Somebody answered this report already.", messages.WARNING)
