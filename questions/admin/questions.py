"""The question list, the question's own page, and the coverage board."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from simple_history.admin import SimpleHistoryAdmin

from accounts.models import User
from questions import services
from questions.admin.filters import FreshnessFilter, LevelFilter, PreparationFilter, TopicFilter
from questions.coverage import LEVELS, coverage_of
from questions.forms import QuestionForm
from questions.freshness import is_fresh
from questions.models import ExamBlueprint, KeyCorrection, Question, QuestionReport, QuestionVersion
from questions.selectors import current_blueprint, published_questions, with_checked_on, written_blueprint


class AuthorHistoryAdmin(SimpleHistoryAdmin):
    """History that is read, not reverted: versions are how a question goes back."""

    object_history_list_template = "admin/questions/history_list.html"

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


@admin.register(Question)
class QuestionAdmin(AuthorHistoryAdmin):
    form = QuestionForm
    fields = ["slug", "first_topic", "second_topic", "is_pilot", "groups", "owner"]
    list_display = ["slug", "domain_letters", "state", "text", "level_shown", "is_pilot", "checked", "open_reports"]
    list_filter = [
        "status",
        "domain",
        TopicFilter,
        LevelFilter,
        FreshnessFilter,
        PreparationFilter,
        "is_pilot",
        ("current_version__select_count", admin.AllValuesFieldListFilter),
        "from_bank",
    ]
    search_fields = ["slug", "versions__stem", "versions__scenario"]
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    actions = ["mark_checked", "retire", "restore"]
    change_form_template = "admin/questions/question/change_form.html"
    change_list_template = "admin/questions/question/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        newest = QuestionVersion.objects.filter(question=OuterRef("pk")).order_by("-number")
        reports = Count(
            "versions__reports", filter=Q(versions__reports__status=QuestionReport.Status.OPEN), distinct=True
        )
        return (
            with_checked_on(super().get_queryset(request))
            .select_related("domain", "current_version")
            .annotate(
                level=Subquery(newest.values("author_level")[:1]),
                newest_id=Subquery(newest.values("pk")[:1]),
                newest_number=Subquery(newest.values("number")[:1]),
                newest_published_at=Subquery(newest.values("published_at")[:1]),
                newest_submitted_at=Subquery(newest.values("submitted_at")[:1]),
                report_count=reports,
            )
        )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Owners are staff; authors get no list of candidates, and no way into the user table."""
        if db_field.name == "owner":
            staff = User.objects.filter(is_staff=True, is_active=True)
            return db_field.formfield(queryset=staff, empty_label="nobody", required=False)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    # --- Columns ---

    @admin.display(description="Domain", ordering="domain__order")
    def domain_letters(self, question: Any) -> str:
        return question.domain.letters

    @admin.display(description="State", ordering="status")
    def state(self, question: Any) -> str:
        if question.newest_published_at or question.status != Question.Status.PUBLISHED:
            return question.get_status_display()
        following = "in review" if question.newest_submitted_at else "in preparation"
        return f"{question.get_status_display()}, next {following}"

    @admin.display(description="Text")
    def text(self, question: Any) -> SafeString | str:
        if question.newest_id is None:
            return "none yet"
        address = reverse("admin:questions_questionversion_change", args=[question.newest_id])
        word = "Read" if question.newest_published_at else "Write"
        return format_html('<a href="{}">{} version {}</a>', address, word, question.newest_number)

    @admin.display(description="Level", ordering="level")
    def level_shown(self, question: Any) -> int | None:
        return question.level

    @admin.display(description="Checked", ordering="checked_on")
    def checked(self, question: Any) -> str:
        if question.checked_on is None:
            return "never"
        fresh = is_fresh(question.checked_on, timezone.localdate())
        return f"{question.checked_on:%d %b %Y}" + ("" if fresh else ": out of mocks")

    @admin.display(description="Reports", ordering="report_count")
    def open_reports(self, question: Any) -> SafeString | str:
        if not question.report_count:
            return ""
        address = reverse("admin:questions_questionreport_changelist")
        return format_html('<a href="{}?q={}">{} open</a>', address, question.slug, question.report_count)

    # --- What may be done ---

    def has_delete_permission(self, request: HttpRequest, obj: Question | None = None) -> bool:
        """What was ever published is retired, not deleted: attempts refer to it."""
        if obj is None or obj.current_version_id is not None:
            return False
        return super().has_delete_permission(request, obj)

    def may_publish(self, request: HttpRequest) -> bool:
        return request.user.has_perm("questions.publish_question")

    @admin.action(description="Checked today: facts and pages still hold", permissions=["change"])
    def mark_checked(self, request: HttpRequest, queryset: QuerySet) -> None:
        versions = [question.current_version for question in queryset if question.current_version]
        for version in versions:
            services.record_check(version=version, checked_on=timezone.localdate())
        self.message_user(request, f"{len(versions)} questions are marked as checked today.", messages.SUCCESS)

    @admin.action(description="Retire: draw them no more", permissions=["publish"])
    def retire(self, request: HttpRequest, queryset: QuerySet) -> None:
        count = sum(services.retire_question(question=question) for question in queryset)
        self.message_user(request, f"{count} questions are retired.", messages.SUCCESS)

    @admin.action(description="Restore retired ones", permissions=["publish"])
    def restore(self, request: HttpRequest, queryset: QuerySet) -> None:
        count = sum(services.restore_question(question=question) for question in queryset)
        self.message_user(request, f"{count} questions are back.", messages.SUCCESS)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return self.may_publish(request)

    # --- Pages ---

    def get_urls(self) -> list[Any]:
        board = self.admin_site.admin_view(self.coverage_view)
        return [path("coverage/", board, name="questions_question_coverage"), *super().get_urls()]

    def coverage_view(self, request: HttpRequest) -> HttpResponse:
        """Domain × topic × level against need, with links to the questions behind each figure."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            blueprint = current_blueprint()
        except ExamBlueprint.DoesNotExist:
            coverage = []
        else:
            coverage = coverage_of(written_blueprint(blueprint), published_questions(blueprint))
        context = {
            **self.admin_site.each_context(request),
            "title": "Coverage",
            "opts": self.opts,
            "levels": LEVELS,
            "coverage": coverage,
        }
        return TemplateResponse(request, "admin/questions/question/coverage.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        question = self.get_object(request, object_id)
        more: dict[str, Any] = {"may_publish": self.may_publish(request)}
        if question is not None:
            more["versions"] = question.versions.all()
            more["corrections"] = KeyCorrection.objects.filter(version__question=question).select_related(
                "version", "corrected_by"
            )
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    # --- Saving ---

    def save_model(self, request: HttpRequest, obj: Question, form: Any, change: bool) -> None:
        if not change and obj.owner is None:
            obj.owner = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)
        form.save_topics()

    def response_add(self, request: HttpRequest, obj: Question, post_url_continue: str | None = None) -> HttpResponse:
        return self._to_next_version(obj)

    def response_change(self, request: HttpRequest, obj: Question) -> HttpResponse:
        if "_write" in request.POST:
            return self._to_next_version(obj)
        if "_retire" in request.POST and self.may_publish(request):
            services.retire_question(question=obj)
        if "_restore" in request.POST and self.may_publish(request):
            services.restore_question(question=obj)
        return super().response_change(request, obj)

    def _to_next_version(self, question: Question) -> HttpResponse:
        version = services.start_next_version(question=question, now=timezone.now())
        return HttpResponseRedirect(reverse("admin:questions_questionversion_change", args=[version.pk]))
