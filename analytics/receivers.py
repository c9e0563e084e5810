"""Hears that an attempt was finished or an answer fixed, and asks the worker to analyse the candidate.

After commit, without waiting for Redis, and once for all that was heard of a candidate before the message went out.
"""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from django.db import transaction
from django.dispatch import receiver

from analytics.tasks import analyse_candidate_task
from exams.models import Attempt
from exams.signals import answer_checked, attempt_finished

log = structlog.get_logger(__name__)
# One thread sends, so that a frozen Redis delays neither the answer to a submit nor the next one.
# What does not get through is found by the sweep.
MOST_WAITING = 200
_publisher = ThreadPoolExecutor(max_workers=1, thread_name_prefix="publish")
_waiting: set[uuid.UUID] = set()


@receiver([attempt_finished, answer_checked])
def ask_for_analysis(*, attempt: Attempt, **_: Any) -> None:
    candidate_id = attempt.candidate_id
    transaction.on_commit(lambda: _publish(candidate_id), robust=True)


def _publish(candidate_id: uuid.UUID) -> None:
    if analyse_candidate_task.app.conf.task_always_eager:
        _send(candidate_id)
    elif candidate_id in _waiting:
        # The message that has not gone out yet will be answered after this commit: it speaks for both.
        return
    elif len(_waiting) < MOST_WAITING:
        _waiting.add(candidate_id)
        _publisher.submit(_send, candidate_id)
    else:
        log.error("analysis_not_queued", candidate_id=str(candidate_id), reason="too many are waiting")


def _send(candidate_id: uuid.UUID) -> None:
    _waiting.discard(candidate_id)
    try:
        analyse_candidate_task.delay(str(candidate_id))
    except Exception as error:
        log.error("analysis_not_queued", candidate_id=str(candidate_id), reason=repr(error))
