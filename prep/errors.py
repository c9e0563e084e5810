"""Error pages for people and problem bodies for the API: `{code, detail, …}`, never a stack trace."""

import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

CODES = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    500: "server_error",
    503: "unavailable",
}
DETAILS = {
    400: "The request could not be understood.",
    403: "You may not do this.",
    404: "There is nothing at this address. It may have moved, or it may belong to someone else.",
    500: "Something failed on our side. Nothing you saved is lost.",
    503: "We cannot reach the database right now. Please try again in a moment.",
}

RETRY_AFTER = "5"


def api_problem(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: one shape for every error; validation errors name their fields."""
    if isinstance(exc, OperationalError | InterfaceError):
        set_rollback()
        return Response(
            {"code": CODES[503], "detail": DETAILS[503]},
            status=status.HTTP_503_SERVICE_UNAVAILABLE,
            headers={"Retry-After": RETRY_AFTER},
        )
    response = exception_handler(exc, context)
    if response is None:
        return None
    if isinstance(exc, exceptions.ValidationError):
        fields = exc.detail if isinstance(exc.detail, dict) else {"non_field_errors": exc.detail}
        response.data = {
            "code": "invalid",
            "detail": "Some fields are not valid.",
            "fields": fields,
        }
    elif response.status_code == 404:
        response.data = {"code": CODES[404], "detail": DETAILS[404]}
    elif isinstance(exc, exceptions.APIException):
        code = exc.get_codes()
        response.data = {
            "code": code if isinstance(code, str) else "error",
            "detail": str(exc.detail),
        }
    return response


def _problem(request: HttpRequest, status_code: int, **extra: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse(
            {"code": CODES[status_code], "detail": DETAILS[status_code], **extra},
            status=status_code,
        )
    return render(
        request,
        "error.html",
        {"status": status_code, "detail": DETAILS[status_code]},
        status=status_code,
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _problem(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _problem(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _problem(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Called while the exception is being handled. A database out of reach passes: the caller is told to come again."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = _unreachable(request)
        response["Retry-After"] = RETRY_AFTER
        return response
    if request.path.startswith("/api/"):
        return JsonResponse({"code": CODES[500], "detail": DETAILS[500]}, status=500)
    return render(request, "error_static.html", {"detail": DETAILS[500]}, status=500)


def _unreachable(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"code": CODES[503], "detail": DETAILS[503]}, status=503)
    return render(request, "error_static.html", {"detail": DETAILS[503]}, status=503)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A stale or missing CSRF token: the exam page re-reads the cookie and tries again when it sees this code."""
    detail = "This page was open for a long time or in another sign-in. Reload it and try again."
    if request.path.startswith("/api/"):
        return JsonResponse({"code": "csrf_failed", "detail": detail}, status=403)
    return render(request, "error.html", {"status": 403, "detail": detail}, status=403)
