"""Answers: save, and check in tutored sittings."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from exams import selectors, serializers, services
from exams.api.base import ExamView, clock, clock_of, signed_in


class AnswerSave(ExamView):
    """Save one change of one answer. 200 means that it is stored for good."""

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
        given = serializers.ANSWER_INPUT.run_validation(request.data)
        receipt = services.save_answer(
            attempt_id=attempt_id,
            candidate=signed_in(request),
            position=position,
            change=services.AnswerChange(**given),
            now=self.arrived_at,
        )
        return Response({"revision": receipt.revision, **clock(receipt.status, receipt.deadline_at)})


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
