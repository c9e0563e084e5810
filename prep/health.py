"""Liveness and readiness, for the router and for people."""

from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from analytics.selectors import worker_backlog
from exams.clock import exam_now


@require_GET
def alive(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "alive"})


@require_GET
def ready(request: HttpRequest) -> JsonResponse:
    """The database answers. Redis is left out on purpose: no answer depends on it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return JsonResponse({"status": "waiting for the database"}, status=503)
    return JsonResponse({"status": "ready"})


@require_GET
def worker(request: HttpRequest) -> JsonResponse:
    """A worker and its beat are there, told by what would lie about without them. For a monitor, not for the router."""
    try:
        backlog = worker_backlog(exam_now())
    except Error:
        return JsonResponse({"status": "waiting for the database"}, status=503)
    counts = {"unclosed": backlog.unclosed, "unanalysed": backlog.unanalysed}
    if backlog.is_late:
        return JsonResponse({"status": "late", **counts}, status=503)
    return JsonResponse({"status": "in time", **counts})
