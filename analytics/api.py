"""Weakness, readiness and mistakes of the signed-in candidate, sittings that analysis leads; a mentor's cohorts."""

import uuid
from typing import Any, cast

import numpy as np
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.selectors import cohort_of, cohorts_of, shared_membership
from accounts.services import record_report_view
from analytics import serializers, services
from analytics.models import DomainEstimate, EstimateSet, TopicEstimate
from analytics.selectors import current_estimates, freshness_of, mistakes_of
from analytics.selectors.cohorts import cohort_overview
from analytics.selectors.reports import report_of
from analytics.services.estimates import GOAL, STUDY_MINUTES
from exams import serializers as exam_serializers
from exams.api.base import ExamView, attempt_body, clock_of, state_schema
from exams.clock import exam_now
from exams.models import AttemptQuestion
from exams.selectors import paper_of
from questions.selectors import current_blueprint


def _person(request: Request) -> User:
    return cast(User, request.user)


class WeaknessShow(APIView):
    @extend_schema(responses=serializers.WeaknessOutput)
    def get(self, request: Request) -> Response:
        """How weak you are per domain and topic, and how sure we are."""
        candidate = _person(request)
        estimates = current_estimates(candidate)
        blueprint = estimates.blueprint if estimates else current_blueprint()
        values = {
            **_basis(candidate, estimates),
            "pass_percent": blueprint.pass_percent,
            "target_percent": min(blueprint.pass_percent + 8, 95),
            "domains": [_domain(row) for row in _most_first(estimates.domains.all() if estimates else [])],
            "topics": [_topic(row) for row in _most_first(estimates.topics.all() if estimates else [])],
        }
        return Response(serializers.WeaknessOutput(values).data)


def _basis(candidate: User, estimates: EstimateSet | None) -> dict[str, Any]:
    """What every answer says of its figures: when, from what, and whether something newer is under way."""
    return {
        "computed_at": estimates.computed_at if estimates else None,
        "as_of": estimates.as_of if estimates else None,
        "is_waiting": freshness_of(candidate, estimates).is_waiting,
        "answer_count": estimates.answer_count if estimates else 0,
        "mock_count": estimates.mock_count if estimates else 0,
    }


def _most_first(rows: Any) -> list[Any]:
    return sorted(rows, key=lambda row: -row.priority)


def _standing(row: DomainEstimate | TopicEstimate) -> dict[str, Any]:
    return {
        "expected_percent": row.mastery,
        "low_percent": row.mastery_low,
        "high_percent": row.mastery_high,
        "weakness": row.weakness,
        "weakness_low": row.weakness_low,
        "weakness_high": row.weakness_high,
        "confidence": row.confidence,
        "label": row.label,
        "marks_to_win": row.priority,
        "answer_count": row.answer_count,
    }


def _domain(row: DomainEstimate) -> dict[str, Any]:
    return {
        "code": row.domain.code,
        "name": row.domain.name,
        "weight_percent": row.weight_percent,
        "shortfall_points": row.shortfall,
        "below_pass_probability": row.below_pass,
        **_standing(row),
    }


def _topic(row: TopicEstimate) -> dict[str, Any]:
    return {"code": row.topic.code, "name": row.topic.name, "domain": row.topic.domain.code, **_standing(row)}


class ReadinessShow(APIView):
    @extend_schema(responses=serializers.ReadinessOutput)
    def get(self, request: Request) -> Response:
        """Your chance of passing if you sat the exam today, with its range and what it rests on."""
        candidate = _person(request)
        estimates = current_estimates(candidate)
        values = {**_basis(candidate, estimates), "goal": GOAL, **_readiness(estimates)}
        return Response(serializers.ReadinessOutput(values).data)


def _readiness(estimates: EstimateSet | None) -> dict[str, Any]:
    if estimates is None or not estimates.has_forecast:
        names = ("probability", "probability_low", "probability_high", "score", "ready_on", "ready_early", "ready_late")
        return {**dict.fromkeys(names), "moves": []}
    forecast = estimates.forecast
    return {
        "probability": forecast.probability,
        "probability_low": forecast.probability_low,
        "probability_high": forecast.probability_high,
        "score": {
            "expected": forecast.score_mean,
            "low": forecast.score_low,
            "high": forecast.score_high,
            "pass_score": forecast.pass_score,
            "scored_count": forecast.scored_count,
        },
        "ready_on": forecast.ready_on,
        "ready_early": forecast.ready_early,
        "ready_late": forecast.ready_late,
        "moves": [{**move, "minutes": round(STUDY_MINUTES)} for move in forecast.moves],
    }


class MistakeList(APIView):
    @extend_schema(responses=serializers.MistakesOutput)
    def get(self, request: Request) -> Response:
        """Questions you missed and have not put right: right on two different days, or settled by you."""
        mistakes = mistakes_of(_person(request))
        answers = (
            AttemptQuestion.objects.select_related("question_version__question__domain")
            .prefetch_related("question_version__question__topics")
            .in_bulk([mistake.attempt_question_id for mistake in mistakes])
        )
        listed = []
        for mistake in mistakes:
            answer = answers[mistake.attempt_question_id]
            question = answer.question_version.question
            listed.append(
                {
                    "question": question.slug,
                    "attempt_id": answer.attempt_id,
                    "position": answer.position,
                    "domain": question.domain.code,
                    "topics": [topic.code for topic in question.topics.all()],
                    "missed_at": mistake.missed_at,
                    "times_missed": mistake.times_missed,
                    "right_days": mistake.right_days,
                    "reason": mistake.note.reason if mistake.note else "",
                    "rule": mistake.rule,
                }
            )
        values = {"computed_at": exam_now(), "count": len(listed), "mistakes": listed}
        return Response(serializers.MistakesOutput(values).data)


class PracticeStart(ExamView):
    """Begin a drill, a recall or a first map on questions chosen for you."""

    @extend_schema(
        operation_id="practice_start",
        request=serializers.PracticeInput,
        responses={201: exam_serializers.AttemptDetailSerializer, 400: exam_serializers.InvalidProblem},
    )
    def post(self, request: Request) -> Response:
        given = serializers.PracticeInput(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            attempt = services.start_drill(
                candidate=_person(request), wish=given.wish(), now=self.arrived_at, rng=np.random.default_rng()
            )
        except services.NoQuestionFits:
            raise ValidationError({"only": ["No question fits this choice."]}) from None
        return Response(attempt_body(attempt), status=201)


class NextQuestion(ExamView):
    """First maps: the question after the given one, chosen from your answers so far. Asking again gives the same."""

    @extend_schema(
        operation_id="attempts_next_question",
        request=serializers.NextQuestionInput,
        responses={
            **state_schema(serializers.NextQuestionOutput),
            400: exam_serializers.InvalidProblem,
            409: exam_serializers.ClosedProblem,
        },
    )
    def post(self, request: Request, attempt_id: uuid.UUID) -> Response:
        given = serializers.NextQuestionInput(data=request.data)
        given.is_valid(raise_exception=True)
        served = services.serve_next_in_map(
            attempt_id=attempt_id,
            candidate=_person(request),
            after=given.validated_data["after"],
            now=self.arrived_at,
            rng=np.random.default_rng(),
        )
        attempt = self.own_attempt(request, attempt_id)
        question = paper_of(attempt, position=served.position)[0] if served else None
        shown = exam_serializers.shown(exam_serializers.PaperQuestionSerializer, question) if question else None
        return Response({"question": shown, "question_target": attempt.question_target, **clock_of(attempt)})


class CohortList(APIView):
    @extend_schema(responses=serializers.CohortOutput(many=True))
    def get(self, request: Request) -> Response:
        """The cohorts you mentor."""
        return Response(serializers.CohortOutput(cohorts_of(_person(request)), many=True).data)


class CohortDetail(APIView):
    @extend_schema(responses=serializers.CohortOverviewOutput)
    def get(self, request: Request, cohort_id: uuid.UUID) -> Response:
        """One of your cohorts: each candidate as far as they share, and what needs attention."""
        cohort = cohort_of(_person(request), cohort_id)
        if cohort is None:
            raise NotFound
        return Response(serializers.CohortOverviewOutput(cohort_overview(cohort, now=exam_now())).data)


class ReportShow(APIView):
    @extend_schema(responses=serializers.ReportOutput)
    def get(self, request: Request, cohort_id: uuid.UUID, candidate_id: uuid.UUID) -> Response:
        """One candidate's report. That you looked is noted, and the candidate can see it."""
        membership = shared_membership(_person(request), cohort_id, candidate_id)
        if membership is None:
            raise NotFound
        now = exam_now()
        record_report_view(membership=membership, now=now)
        return Response(serializers.ReportOutput(report_of(membership, now=now)).data)
