"""Attempts: start, list, show, re-sync, submit, result."""

from typing import Any
from uuid import UUID

import numpy as np
from django.http import HttpRequest
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from exams import selectors, serializers, services
from exams.api.base import ExamView, attempt_body, result_body, signed_in, state, state_schema
from exams.api.plain import PlainView, Reply
from exams.models import Attempt
from questions.selectors import bank_as_of_now

# RFC 7240: who does not look at the body need not wait for it. The exam room page sends it when it hands in.
MINIMAL = "return=minimal"
APPLIED = {"Preference-Applied": MINIMAL}


def prefer_schema(instead: str) -> OpenApiParameter:
    return OpenApiParameter("Prefer", location=OpenApiParameter.HEADER, enum=[MINIMAL], description=instead)


class AttemptList(PlainView):
    """All of one's own attempts, and the start of a mock.

    With `Prefer: return=minimal` (RFC 7240) a start is answered with 201 and its address alone, without the paper.
    """

    plain_method = "POST"
    read_plainly = serializers.plain_start

    class Pages(LimitOffsetPagination):
        default_limit = 50
        max_limit = 200

    @extend_schema(
        operation_id="attempts_list",
        responses=serializers.AttemptSerializer(many=True),
        parameters=[
            OpenApiParameter("kind", enum=Attempt.Kind.values, description="Only attempts of this kind."),
            OpenApiParameter("limit", int, description="At most 200; 50 unless given."),
            OpenApiParameter("offset", int, description="How many to pass over."),
        ],
    )
    def get(self, request: Request) -> Response:
        candidate = signed_in(request)
        services.settle_attempts_of(candidate, self.arrived_at)
        attempts = selectors.attempts_of(candidate)
        if kind := request.query_params.get("kind"):
            if kind not in Attempt.Kind.values:
                raise exceptions.ValidationError({"kind": ["There is no such kind of attempt."]})
            attempts = attempts.filter(kind=kind)
        pages = self.Pages()
        page = pages.paginate_queryset(attempts, request, view=self)
        return pages.get_paginated_response(serializers.AttemptSerializer(page, many=True).data)

    @extend_schema(
        operation_id="attempts_start",
        request=serializers.StartInput,
        parameters=[prefer_schema("201 with the address alone.")],
        responses={
            201: serializers.AttemptDetailSerializer,
            400: serializers.InvalidProblem,
            409: serializers.OpenMockProblem,
        },
    )
    def post(self, request: Request) -> Response:
        self.raise_refusal()
        given = serializers.StartInput(data=request.data)
        given.is_valid(raise_exception=True)
        return self.reply(request._request, signed_in(request), given.validated_data).by_framework()

    def reply(self, request: HttpRequest, candidate: User, given: dict[str, Any], **address: Any) -> Reply:
        with bank_as_of_now():
            attempt = services.start_mock(
                candidate=candidate,
                now=self.arrived_at,
                rng=np.random.default_rng(),
                block_id=given.get("block_id"),
            )
            headers = {"Location": reverse("api_attempt_detail", args=[attempt.pk])}
            if request.headers.get("Prefer") == MINIMAL:
                return Reply(None, 201, headers | APPLIED)
            return Reply(attempt_body(attempt), 201, headers)


class AttemptDetail(ExamView):
    """The attempt with its paper and the answers so far."""

    @extend_schema(operation_id="attempts_show", responses=state_schema(serializers.AttemptDetailSerializer))
    def get(self, request: Request, attempt_id: UUID) -> Response:
        return Response(attempt_body(self.own_attempt(request, attempt_id)))


class AttemptState(ExamView):
    """A small reading of clock and revisions, for re-sync after sleep, reload or another device."""

    @extend_schema(operation_id="attempts_state", responses=state_schema(serializers.StateSerializer))
    def get(self, request: Request, attempt_id: UUID) -> Response:
        return Response(state(self.own_attempt(request, attempt_id)))


class AttemptHeartbeat(PlainView):
    """Like state; also says that this browser is here, and learns whether another one is."""

    plain_method = "POST"
    read_plainly = serializers.plain_heartbeat

    @extend_schema(
        operation_id="attempts_heartbeat",
        request=serializers.HeartbeatInput,
        responses={**state_schema(serializers.HeartbeatSerializer), 400: serializers.InvalidProblem},
    )
    def post(self, request: Request, attempt_id: UUID) -> Response:
        self.raise_refusal()
        given = serializers.HeartbeatInput(data=request.data)
        given.is_valid(raise_exception=True)
        address = {"attempt_id": attempt_id}
        return self.reply(request._request, signed_in(request), given.validated_data, **address).by_framework()

    def reply(self, request: HttpRequest, candidate: User, given: dict[str, Any], **address: Any) -> Reply:
        attempt = self.attempt_of(candidate, **address)
        elsewhere = not attempt.is_final and services.record_heartbeat(
            attempt=attempt, device_id=given["device_id"], now=self.arrived_at
        )
        return Reply({**state(attempt), "is_open_elsewhere": elsewhere})


class AttemptSubmit(PlainView):
    """End the attempt. Sending it again gives the same body.

    With `Prefer: return=minimal` (RFC 7240) the answer is 204 without a body: the exam room goes on to the result page
    and does not look at one, which would cost the server more than ending the attempt does.
    """

    plain_method = "POST"
    read_plainly = serializers.plain_submit

    @extend_schema(
        operation_id="attempts_submit",
        request=serializers.SubmitInput,
        parameters=[prefer_schema("204 instead of the result.")],
        responses={
            200: serializers.AttemptResultSerializer,
            204: None,
            400: serializers.InvalidProblem,
            404: serializers.AttemptProblem,
            409: serializers.ClosedProblem,
        },
    )
    def post(self, request: Request, attempt_id: UUID) -> Response:
        self.raise_refusal()
        given = serializers.SubmitInput(data=request.data)
        given.is_valid(raise_exception=True)
        address = {"attempt_id": attempt_id}
        return self.reply(request._request, signed_in(request), given.validated_data, **address).by_framework()

    def reply(self, request: HttpRequest, candidate: User, given: dict[str, Any], **address: Any) -> Reply:
        attempt = services.submit_attempt(candidate=candidate, now=self.arrived_at, **address, **given)
        if request.headers.get("Prefer") == MINIMAL:
            return Reply(None, 204, APPLIED)
        return Reply(result_body(attempt))


class AttemptResultShow(ExamView):
    """The outcome, and every question with key and rationales; only once the attempt is final."""

    @extend_schema(
        operation_id="attempts_result",
        responses={**state_schema(serializers.AttemptResultSerializer), 409: serializers.AttemptProblem},
    )
    def get(self, request: Request, attempt_id: UUID) -> Response:
        return Response(result_body(self.own_attempt(request, attempt_id)))
