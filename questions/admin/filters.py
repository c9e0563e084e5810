"""Filters of the question list."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from questions.forms.version import AUTHOR_LEVELS
from questions.freshness import stale_before
from questions.models import Topic


class TopicFilter(admin.SimpleListFilter):
    """Topics of the chosen domain, or all."""

    title = "topic"
    parameter_name = "topic"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        topics = Topic.objects.all()
        if domain := request.GET.get("domain__id__exact"):
            topics = topics.filter(domain_id=domain) if domain.isdigit() else topics.none()
        return [(topic.code, topic.name) for topic in topics]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(topics__code=self.value()) if self.value() else queryset


class LevelFilter(admin.SimpleListFilter):
    title = "author level"
    parameter_name = "level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(level), words) for level, words in AUTHOR_LEVELS]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(level=self.value()) if (self.value() or "").isdigit() else queryset


class FreshnessFilter(admin.SimpleListFilter):
    """The freshness contract's queue."""

    title = "freshness"
    parameter_name = "freshness"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("stale", "unchecked for a year: out of mocks"), ("fresh", "checked within a year")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        first_fresh_day = stale_before(timezone.localdate())
        if self.value() == "fresh":
            return queryset.filter(checked_on__gte=first_fresh_day)
        if self.value() == "stale":
            return queryset.filter(status="published").exclude(checked_on__gte=first_fresh_day)
        return queryset


class PreparationFilter(admin.SimpleListFilter):
    """Versions on their way, also of questions that are published already."""

    title = "next version"
    parameter_name = "next"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("draft", "in preparation"), ("review", "waiting for review")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "draft":
            return queryset.filter(versions__published_at__isnull=True, versions__submitted_at__isnull=True)
        if self.value() == "review":
            return queryset.filter(versions__published_at__isnull=True, versions__submitted_at__isnull=False)
        return queryset
