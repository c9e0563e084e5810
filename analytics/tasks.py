"""Celery shells of the analysis. All of them may run twice, late, or side by side."""

import uuid
from datetime import timedelta
from typing import Any

import structlog
from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from analytics import services
from analytics.models import CandidateModel
from analytics.selectors import candidates_behind, current_parameter_set, unanalysed_candidates
from exams.models import Attempt
from questions.selectors import current_blueprint

log = structlog.get_logger(__name__)


@shared_task
def analyse_candidate_task(candidate_id: str, **_: Any) -> None:
    _analyse(uuid.UUID(candidate_id))


@shared_task
def analyse_overlooked_attempts_task(**_: Any) -> None:
    """What a lost message or a killed worker left behind. One bad candidate does not stop the others."""
    for candidate_id in unanalysed_candidates(now=timezone.now()):
        _analyse(candidate_id)


@shared_task
def refresh_estimates_task(**_: Any) -> None:
    """Lets estimates drift overnight for everybody who answered something in the last 60 days.

    Also where a sitting was left open: its plan hears of the checked answers now.
    """
    now = timezone.now()
    lately = now - timedelta(days=60)
    recent = CandidateModel.objects.filter(
        Q(candidate__attempts__finished_at__gt=lately)
        | Q(candidate__attempts__status=Attempt.Status.IN_PROGRESS, candidate__attempts__started_at__gt=lately),
        candidate__is_active=True,
        computed_at__lt=now - timedelta(hours=20),
    )
    for candidate_id in recent.values_list("candidate_id", flat=True).distinct():
        try:
            services.refresh_estimates(candidate_id=candidate_id, now=now)
        except Exception:
            log.exception("refresh_failed", candidate_id=str(candidate_id))


@shared_task
def count_question_statistics_task(**_: Any) -> None:
    """Each night: what the answers say about the questions, for the authors."""
    services.count_question_statistics(now=timezone.now())


@shared_task
def count_forecast_record_task(**_: Any) -> None:
    """Each hour: how good our forecasts were, for the page about them."""
    services.count_forecast_record(now=timezone.now())


@shared_task
def recalibrate_task(**_: Any) -> None:
    """Each night: new difficulties and constants from everybody's answers. A refusal is no fault: it says why."""
    try:
        services.recalibrate(now=timezone.now())
    except services.RecalibrationRefused as refusal:
        log.info("recalibration_refused", reason=str(refusal))


@shared_task
def follow_parameters_task(**_: Any) -> None:
    """After a recalibration everybody is rebuilt once, a batch at a time, so that fresh answers never wait long."""
    current = current_parameter_set(current_blueprint().code)
    if current is None:
        return
    for candidate_id in candidates_behind(parameter_set_id=current.pk, now=timezone.now()):
        now = timezone.now()
        try:
            services.follow_parameters(candidate_id=candidate_id, now=now)
        except Exception as error:
            log.exception("following_parameters_failed", candidate_id=str(candidate_id))
            services.note_failed_analysis(candidate_id=candidate_id, error=error, now=now)


def _analyse(candidate_id: uuid.UUID) -> None:
    """A failure is logged and noted for staff; the sweep tries again."""
    now = timezone.now()
    try:
        services.analyse_candidate(candidate_id=candidate_id, now=now)
    except Exception as error:
        log.exception("analysis_failed", candidate_id=str(candidate_id))
        services.note_failed_analysis(candidate_id=candidate_id, error=error, now=now)
