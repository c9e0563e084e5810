"""Answers: save, and check in tutored sittings."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from exams import selectors, serializers, services
from exams.api.base import ExamView, clock, clock_of, signed_in
from exams.api.plain import PlainView, Reply


class AnswerSave(PlainView):
    """Save one change of one answer. 200 means that it is stored for good."""

    plain_method = "PUT"
    read_plainly = serializers.plain_answer

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
        self.raise_refusal()
        given = serializers.ANSWER_INPUT.run_validation(request.data)
        address = {"attempt_id": attempt_id, "position": position}
        return self.reply(request._request, signed_in(request), given, **address).by_framework()

    def reply(self, request: HttpRequest, candidate: User, given: dict[str, Any], **address: Any) -> Reply:
        receipt = services.save_answer(
            candidate=candidate, change=services.AnswerChange(**given), now=self.arrived_at, **address
        )
        return Reply({"revision": receipt.revision, **clock(receipt.status, receipt.deadline_at)})


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
