"""Answers: save, and check in tutored sittings."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import browser_user
from accounts.models import User
from exams import selectors, serializers, services
from exams.api.base import LARGEST_BODY, ExamView, clock, clock_of, signed_in
from exams.clock import exam_now


class AnswerSave(ExamView):
    """Save one change of one answer. 200 means that it is stored for good.

    The usual save, from a signed-in browser and with nothing wrong in it, is answered without the REST framework's
    machinery, which would cost it more than the saving (docs/decisions/0012-light-api-requests.md). That way only says
    yes. Everybody else, and every refusal, goes through the framework like any other request.
    """

    refusal: Exception | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.arrived_at = exam_now()
        try:
            saved = self._save_plainly(request, **kwargs)
        except Exception as refusal:
            self.refusal = refusal
        else:
            if saved is not None:
                return saved
        return super().dispatch(request, *args, **kwargs)

    def _save_plainly(self, request: HttpRequest, attempt_id: UUID, position: int) -> HttpResponse | None:
        if not _is_plain(request):
            return None
        candidate = browser_user(request)
        given = None if candidate is None else serializers.plain_answer(request.body)
        if candidate is None or given is None:
            return None
        receipt = self._saved(candidate, attempt_id, position, given)
        body = json.dumps(receipt, separators=(",", ":"), default=_moment)
        return HttpResponse(body, content_type="application/json")

    @extend_schema(
        operation_id="answers_save",
        request=serializers.AnswerInput,
        responses={
            200: serializers.ReceiptSerializer,
            400: serializers.InvalidProblem,
            404: serializers.AttemptProblem,
            409: serializers.ClosedProblem,
            413: serializers.AttemptProblem,
        },
    )
    def put(self, request: Request, attempt_id: UUID, position: int) -> Response:
        if self.refusal is not None:
            raise self.refusal
        given = serializers.ANSWER_INPUT.run_validation(request.data)
        return Response(self._saved(signed_in(request), attempt_id, position, given))

    def _saved(self, candidate: User, attempt_id: UUID, position: int, given: dict[str, Any]) -> dict[str, Any]:
        receipt = services.save_answer(
            attempt_id=attempt_id,
            candidate=candidate,
            position=position,
            change=services.AnswerChange(**given),
            now=self.arrived_at,
        )
        return {"revision": receipt.revision, **clock(receipt.status, receipt.deadline_at)}


def _moment(value: datetime) -> str:
    """As the framework writes it."""
    return value.isoformat().replace("+00:00", "Z")


def _is_plain(request: HttpRequest) -> bool:
    """Whether the request says nothing that only the framework understands."""
    sent = request.META
    return (
        request.method == "PUT"
        and "HTTP_AUTHORIZATION" not in sent
        and sent.get("CONTENT_TYPE") == "application/json"
        and 0 < int(sent.get("CONTENT_LENGTH") or 0) <= LARGEST_BODY
        and sent.get("HTTP_ACCEPT", "*/*") in ("*/*", "application/json")
    )


class AnswerCheck(ExamView):
    """Tutored sittings: fix the answer and show its key and rationales."""

    @extend_schema(
        operation_id="answers_check",
        request=None,
        responses={
            200: serializers.CheckedAnswerSerializer,
            404: serializers.AttemptProblem,
            409: serializers.ClosedProblem,
        },
    )
    def post(self, request: Request, attempt_id: UUID, position: int) -> Response:
        answer = services.check_answer(
            attempt_id=attempt_id, candidate=signed_in(request), position=position, now=self.arrived_at
        )
        (question,) = selectors.explained_answers([answer])
        explained = serializers.shown(serializers.ResultQuestionSerializer, question)
        return Response({"question": explained, **clock_of(answer.attempt)})
