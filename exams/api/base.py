"""What all views of the exam room share: the clock, the refusals, the bodies.

The arrival time is read before anything else, so that a slow request is judged by when it came.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework import exceptions
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from exams import selectors, serializers, services
from exams.clock import exam_now
from exams.models import Attempt, remaining_ms

LARGEST_BODY = 65_536


class BodyTooLarge(exceptions.APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = "This request is larger than any answer can be."


class SmallJSONParser(JSONParser):
    """A JSON object; anything else, however oddly it is nested, is refused."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, Any]:
        try:
            parsed = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise exceptions.ParseError("This is nested too deeply.") from None
        if not isinstance(parsed, dict):
            raise exceptions.ParseError("Send a JSON object.")
        return parsed


class ExamView(APIView):
    """Reads the clock first, and says in one place what each refusal looks like."""

    parser_classes = [SmallJSONParser]
    arrived_at: datetime

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not hasattr(self, "arrived_at"):
            self.arrived_at = exam_now()
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # Before sign-in is checked: that may read the body for its CSRF token.
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
            raise BodyTooLarge
        super().initial(request, *args, **kwargs)

    def handle_exception(self, exc: Exception) -> Response:
        match exc:
            case services.AttemptNotFound():
                exc = exceptions.NotFound()
            case services.AnswerInvalid():
                exc = exceptions.ValidationError({exc.field: [str(exc)]})
            case services.AttemptClosed():
                return self._closed(exc)
            case services.AnswerConflict():
                return self._conflict(exc)
            case services.AnswerFixed():
                return problem("answer_fixed", "This answer was checked and can no longer change.")
            case services.AnswerIncomplete():
                return problem("answer_incomplete", str(exc))
            case services.SittingNotTutored():
                return problem("not_tutored", "Rationales of this sitting show when it has ended.")
            case services.SittingNotAdaptive():
                return problem("not_adaptive", "This sitting had all its questions from the start.")
            case services.AnswerMissing():
                return problem("answer_first", str(exc))
            case services.TimeNotUp():
                return problem("time_not_up", "There is time left.", **clock_of(exc.attempt))
            case services.MockAlreadyOpen():
                detail = "A mock exam is in progress. Finish it first."
                return problem("mock_already_open", detail, attempt_id=exc.attempt.pk)
            case services.BankTooSmall():
                return problem("bank_too_small", "There are not enough questions for a whole mock exam yet.")
            case selectors.ResultNotReady():
                return problem("result_not_ready", "This attempt has no result.")
        return super().handle_exception(exc)

    def own_attempt(self, request: Request, attempt_id: UUID) -> Attempt:
        """The caller's own attempt as it stands at this moment; 404 for anybody else's."""
        return self.attempt_of(signed_in(request), attempt_id)

    def attempt_of(self, candidate: User, attempt_id: UUID) -> Attempt:
        attempt = selectors.attempt_of(candidate, attempt_id)
        if attempt is None:
            raise services.AttemptNotFound(attempt_id)
        return services.settle_attempt(attempt, self.arrived_at)

    def _closed(self, closed: services.AttemptClosed) -> Response:
        detail = "This attempt has ended; the answer was not stored."
        return problem("attempt_closed", detail, finished_at=closed.finished_at, **clock_of(closed.attempt))

    def _conflict(self, conflict: services.AnswerConflict) -> Response:
        answer = conflict.answer
        return problem(
            "conflict",
            "This answer was changed elsewhere. The stored one is kept.",
            revision=answer.revision,
            answer=serializers.AnswerSerializer(answer).data,
            **clock_of(answer.attempt),
        )


def problem(code: str, detail: str, **more: Any) -> Response:
    """A request that is well formed and comes at the wrong moment."""
    return Response({"code": code, "detail": detail, **more}, status=409)


def clock(status: str, deadline_at: datetime | None) -> dict[str, Any]:
    """What re-syncs the browser; read as late as can be."""
    now = exam_now()
    return {"status": status, "server_now": now, "remaining_ms": remaining_ms(status, deadline_at, now)}


def clock_of(attempt: Attempt) -> dict[str, Any]:
    return clock(attempt.status, attempt.deadline_at)


def state(attempt: Attempt) -> dict[str, Any]:
    return {
        **clock_of(attempt),
        "started_at": attempt.started_at,
        "deadline_at": attempt.deadline_at,
        "finished_at": attempt.finished_at,
        "minutes_allowed": attempt.minutes_allowed,
        "revisions": selectors.revisions_of(attempt),
    }


def state_schema(output: Any) -> dict[int, Any]:
    return {200: output, 404: serializers.AttemptProblem}


def signed_in(request: Request) -> User:
    """The person asking; permission classes have let nobody else in."""
    assert isinstance(request.user, User), "only signed-in people come this far"
    return request.user


def attempt_body(attempt: Attempt) -> dict[str, Any]:
    paper = [serializers.shown(serializers.PaperQuestionSerializer, q) for q in selectors.paper_of(attempt)]
    return {**serializers.attempt_fields(attempt), **clock_of(attempt), "questions": paper}


def result_body(attempt: Attempt) -> dict[str, Any]:
    result = selectors.result_of(attempt)
    return {
        "attempt": serializers.attempt_fields(attempt),
        "passed": result.passed,
        "scored_right": result.scored_right,
        "scored_total": result.scored_total,
        "percent": result.percent,
        "pass_percent": result.pass_percent,
        "pass_count": result.pass_count,
        # PostgreSQL keeps JSON keys in an order of its own; the body stays the same to the byte.
        "domain_scores": serializers.DomainScoreSerializer(result.domain_scores, many=True).data,
        "questions": [serializers.shown(serializers.ResultQuestionSerializer, q) for q in result.questions],
    }
