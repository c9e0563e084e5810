"""The usual request of a signed-in browser, answered without the REST framework's machinery.

That would cost a save or a heartbeat more than the work itself (docs/decisions/0012-light-api-requests.md). The short
way only says yes: tokens, odd headers, odd bodies and every refusal go through the framework like any other request.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from accounts.authentication import browser_user
from accounts.models import User
from exams.api.base import LARGEST_BODY, ExamView
from exams.clock import exam_now

_render = JSONRenderer().render


@dataclass(frozen=True, slots=True)
class Reply:
    """What a view answers, whichever way the request came."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def by_framework(self) -> Response:
        return Response(self.body, status=self.status, headers=self.headers)

    def plainly(self) -> HttpResponse:
        if self.body is not None:
            body = _render(self.body)
            return HttpResponse(body, status=self.status, headers=self.headers, content_type="application/json")
        bare = HttpResponse(status=self.status, headers=self.headers)
        # Nothing is no JSON: scripts read by the type.
        del bare["Content-Type"]
        return bare


class PlainView(ExamView):
    """A view with a short way for one method.

    `read_plainly` gives the fields of a body with nothing wrong in it, or None; `reply` does the work and raises the
    same refusals for both ways. The method itself begins with `raise_refusal`.
    """

    plain_method: ClassVar[str]
    read_plainly: ClassVar[Callable[[bytes], dict[str, Any] | None]]
    refusal: Exception | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.arrived_at = exam_now()
        try:
            replied = self._reply_plainly(request, **kwargs)
        except Exception as refusal:
            self.refusal = refusal
        else:
            if replied is not None:
                return replied.plainly()
        return super().dispatch(request, *args, **kwargs)

    def raise_refusal(self) -> None:
        """Let the framework say what the short way ran into, without a second try."""
        if self.refusal is not None:
            raise self.refusal

    def reply(self, request: HttpRequest, candidate: User, given: dict[str, Any], **address: Any) -> Reply:
        raise NotImplementedError

    def _reply_plainly(self, request: HttpRequest, **address: Any) -> Reply | None:
        if request.method != self.plain_method or not _is_plain(request):
            return None
        candidate = browser_user(request)
        given = None if candidate is None else type(self).read_plainly(request.body)
        if candidate is None or given is None:
            return None
        return self.reply(request, candidate, given, **address)


def _is_plain(request: HttpRequest) -> bool:
    """Whether the request says nothing that only the framework understands."""
    sent = request.META
    return (
        "HTTP_AUTHORIZATION" not in sent
        and sent.get("CONTENT_TYPE") == "application/json"
        and 0 < int(sent.get("CONTENT_LENGTH") or 0) <= LARGEST_BODY
        and sent.get("HTTP_ACCEPT", "*/*") in ("*/*", "application/json")
        and not sent.get("QUERY_STRING")
    )
