"""What every request passes besides its view: one log line, and for pages what only pages need.

Requests of the API are nine of ten during an exam, so what they cannot use passes them by: nonces, messages and
htmx (docs/decisions/0012-light-api-requests.md).
"""

import json
import logging
import uuid
from typing import Any, ClassVar
from urllib.parse import urlsplit

import structlog
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib.messages.middleware import MessageMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone
from django_htmx.http import HttpResponseClientRefresh
from django_htmx.middleware import HtmxMiddleware
from django_structlog.middlewares import RequestMiddleware

API_PREFIX = "/api/v1/"
# A reply of the API is no page: nothing in it may be loaded, and nothing may frame it.
API_POLICY = "default-src 'none'; frame-ancestors 'none'"

requests_log = logging.getLogger("prep.requests")


class PagesOnly:
    """Mixed into a middleware, before it: requests of the API pass it by."""

    def __call__(self, request: HttpRequest) -> Any:
        if request.path.startswith(API_PREFIX):
            return self.get_response(request)  # type: ignore[attr-defined]  # the middleware it is mixed into has it
        return super().__call__(request)  # type: ignore[misc]


class PageMessageMiddleware(PagesOnly, MessageMiddleware):
    pass


class PageHtmxMiddleware(PagesOnly, HtmxMiddleware):
    """A part of a page that is asked for by somebody who is signed out by now: the whole page goes to the sign-in.

    Following the redirect would put the sign-in page into the part.
    """

    def __call__(self, request: HttpRequest) -> Any:
        response = super().__call__(request)
        if getattr(request, "htmx", None) and response.status_code == 302:
            where = response.headers["Location"]
            if urlsplit(where).path == resolve_url(settings.LOGIN_URL):
                return HttpResponseClientRefresh()
        return response


class ContentPolicyMiddleware(CSPMiddleware):
    """Pages get their policy with a nonce, the API the same short one every time."""

    def __call__(self, request: HttpRequest) -> Any:
        if not request.path.startswith(API_PREFIX):
            return super().__call__(request)
        response: Any = self.get_response(request)
        response["Content-Security-Policy"] = API_POLICY
        return response


class RequestLogMiddleware(RequestMiddleware):
    """django-structlog's lines with the same fields; for requests that end as they should, written without detours.

    The line of a save costs 0.03 ms this way; through two logging libraries it costs 0.3. Exceptions, streams and
    everything else that is logged meanwhile go the usual way, with the request's id.
    """

    LEVELS: ClassVar = {4: logging.WARNING, 5: logging.ERROR}

    def prepare(self, request: HttpRequest) -> None:
        bound = {"request_id": request.headers.get("X-Request-ID") or str(uuid.uuid4())}
        if correlation_id := request.headers.get("X-Correlation-ID"):
            bound["correlation_id"] = correlation_id
        # The router in front appends whom it heard; what stands before that is the client's own word.
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
        bound["ip"] = forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
        structlog.contextvars.bind_contextvars(**bound)
        self.bind_user_id(request)

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        if response.streaming or hasattr(request, "_raised_exception"):
            super().handle_response(request, response)
            return
        self.bind_user_id(request)
        level = self.LEVELS.get(response.status_code // 100, logging.INFO)
        if requests_log.isEnabledFor(level):
            requests_log.log(level, _line(request, response, level))
        structlog.contextvars.clear_contextvars()


def _line(request: HttpRequest, response: HttpResponse, level: int) -> str:
    return json.dumps(
        {
            "code": response.status_code,
            "request": f"{request.method} {request.get_full_path()}",
            "event": "request_finished",
            **structlog.contextvars.get_contextvars(),
            "logger": requests_log.name,
            "level": logging.getLevelName(level).lower(),
            "timestamp": timezone.now().isoformat().replace("+00:00", "Z"),
        }
    )
