"""Celery shells of the analysis. All of them may run twice, late, or side by side."""

import time
import uuid
from typing import Any

import structlog
from celery import shared_task
from django.utils import timezone

from analytics import services
from analytics.selectors import (
    candidates_behind,
    candidates_to_refresh,
    current_parameter_set,
    unanalysed_candidates,
)
from questions.selectors import current_blueprint

log = structlog.get_logger(__name__)
# Of the minute until the next slice; fresh answers wait no longer than this even where one process does everything.
SLICE_SECONDS = 45.0


@shared_task
def analyse_candidate_task(candidate_id: str, **_: Any) -> None:
    _analyse(uuid.UUID(candidate_id))


@shared_task
def analyse_overlooked_attempts_task(**_: Any) -> None:
    """What a lost message or a killed worker left behind. One bad candidate does not stop the others."""
    for candidate_id in unanalysed_candidates(now=timezone.now()):
        _analyse(candidate_id)


@shared_task
def refresh_estimates_task(**_: Any) -> int:
    """Each minute of the night: a slice of those whose estimates are to drift, until nobody is left; how many it took.

    A slice ends before the next one begins. Where two overlap after all, each candidate is still looked at once.
    Where a sitting was left open, its plan hears of the checked answers now.
    """
    until = time.monotonic() + SLICE_SECONDS
    taken = 0
    for candidate_id in candidates_to_refresh(now=timezone.now()):
        if time.monotonic() > until:
            break
        taken += 1
        now = timezone.now()
        try:
            services.refresh_estimates(candidate_id=candidate_id, now=now)
        except Exception as error:
            log.exception("refresh_failed", candidate_id=str(candidate_id))
            services.note_failed_analysis(candidate_id=candidate_id, error=error, now=now)
    return taken


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
