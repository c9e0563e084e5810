"""Adaptive sittings: one question at a time, chosen by somebody who knows the candidate, served and kept here."""

import uuid
from collections.abc import Callable
from datetime import datetime

import numpy as np
from django.db import transaction

from accounts.models import User
from exams.models import Attempt, AttemptQuestion
from exams.services.answers import AnswerInvalid
from exams.services.finishing import AttemptClosed, lock_attempt
from exams.services.papers import given_places, lay_out
from exams.services.places import shuffled

# Asked under the lock of the attempt: the version to ask next, or None where enough was asked.
Choose = Callable[[Attempt], int | None]


class SittingNotAdaptive(Exception):
    """The paper of this sitting was complete from the start."""


class AnswerMissing(Exception):
    """The newest question is not answered yet, and the next one is chosen from its answer."""

    def __init__(self, answer: AttemptQuestion) -> None:
        super().__init__(f"Choose {answer.select_count} in question {answer.position} first.")
        self.answer = answer


def serve_next_question(
    *, attempt_id: uuid.UUID, candidate: User, after: int, choose: Choose, now: datetime, rng: np.random.Generator
) -> AttemptQuestion | None:
    """The question that follows place `after`; None when the sitting has all its questions.

    Whoever asks first has it chosen and put on the paper; a second request, from a double press or another tab, gets
    the same one. Where enough was asked, the length of the sitting is settled and stays.
    Raises AttemptNotFound, SittingNotAdaptive, AttemptClosed, AnswerInvalid for a place that is not there,
    AnswerMissing.
    """
    with transaction.atomic():
        attempt = lock_attempt(attempt_id, candidate)
        if not attempt.is_adaptive:
            raise SittingNotAdaptive
        newest = attempt.questions.order_by("-position").first()
        if newest is None or not 1 <= after <= newest.position:
            raise AnswerInvalid("after", "This sitting has no such question.")
        if after < newest.position:
            return attempt.questions.get(position=after + 1)
        if newest.position >= attempt.question_target:
            return None
        if not attempt.accepts_saves_at(now):
            raise AttemptClosed(attempt)
        if len(newest.selected) != newest.select_count:
            raise AnswerMissing(newest)
        version_id = choose(attempt)
        if version_id is None:
            attempt.question_target = newest.position
            attempt.save(update_fields=["question_target"])
            return None
        places = shuffled(given_places(attempt.blueprint, [version_id]), rng)
        lay_out(attempt, places, first_position=newest.position + 1)
        return attempt.questions.get(position=newest.position + 1)
