"""Counting what the answers say about the questions: classical figures, and whether the model expected them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import numpy as np
from django.db import transaction

from accounts.models import User
from analytics.models import QuestionStatistic, Tally
from analytics.selectors.evidence import model_evidence
from analytics.selectors.model_bank import ModelBank, model_bank
from analytics.selectors.question_answers import (
    FirstAnswer,
    first_mock_answers,
    mock_exposure,
    mock_percentages,
    option_letters,
)
from analytics.selectors.record import ForecastRecord, checked_forecasts, forecast_record
from engine.ability import predictions
from engine.classical import FEWEST_ATTEMPTS, question_statistics, quiz_statistics
from exams.models import Attempt
from questions.selectors import current_blueprint

SURPRISE = 4.0


def count_question_statistics(*, now: datetime) -> int:
    """Count every question anew from first answers in mocks; how many have figures now.

    Safe to run at any time and twice: the rows are replaced in one transaction.
    """
    answers = first_mock_answers()
    letters = option_letters([rows[0].version_id for rows in answers.values()])
    shown, mocks = mock_exposure()
    expected = _expected_chances(model_bank(current_blueprint()))
    rows = [
        _statistic(question, given, letters[given[0].version_id], expected, now) for question, given in answers.items()
    ]
    for row in rows:
        row.figures["shown_percent"] = round(100 * shown.get(row.question_id, 0) / mocks, 1) if mocks else 0.0
    with transaction.atomic():
        _count_first_mocks(now)
        QuestionStatistic.objects.all().delete()
        QuestionStatistic.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def count_forecast_record(*, now: datetime) -> ForecastRecord:
    """Hold everybody's forecasts, the newest 5,000, against what happened, and keep the record for the pages."""
    record = forecast_record(checked_forecasts())
    Tally.objects.update_or_create(
        subject=Tally.Subject.FORECASTS, defaults={"figures": asdict(record), "counted_at": now}
    )
    return record


def _count_first_mocks(now: datetime) -> None:
    percentages = mock_percentages()
    found = quiz_statistics(np.array([percentages]).T, largest=np.array([100.0])) if percentages else None
    figures = {"candidates": len(percentages), "quiz": None if found is None else asdict(found)}
    Tally.objects.update_or_create(subject=Tally.Subject.FIRST_MOCKS, defaults={"figures": figures, "counted_at": now})


def _statistic(
    question: int,
    given: Sequence[FirstAnswer],
    letters: Sequence[tuple[int, str, bool]],
    expected: dict[int, float],
    now: datetime,
) -> QuestionStatistic:
    figures: dict[str, Any] = {}
    flags: list[str] = []
    if len(given) >= FEWEST_ATTEMPTS:
        figures, flags = _classical(given, letters)
        surprise = _surprise(given, expected)
        if surprise is not None:
            figures["surprise"] = round(surprise, 2)
            if abs(surprise) > SURPRISE:
                side = "easier" if surprise > 0 else "harder"
                flags.append(f"far {side} than the model expected (z {surprise:+.1f})")
    return QuestionStatistic(
        question_id=question, answer_count=len(given), figures=figures, flags=flags, computed_at=now
    )


def _classical(
    given: Sequence[FirstAnswer], letters: Sequence[tuple[int, str, bool]]
) -> tuple[dict[str, Any], list[str]]:
    """Every candidate met other questions, so a question is held against the share right of the others."""
    others = float(max(one.others for one in given))
    marks = np.array([[float(one.is_correct), one.rest * others] for one in given])
    named = {pk: letter for pk, letter, _ in letters}
    chosen = [[[named[pk] for pk in one.selected if pk in named], []] for one in given]
    keys = [{letter: is_key for _, letter, is_key in letters}, {}]
    found = question_statistics(marks, largest=np.array([1.0, others]), chosen=chosen, keys=keys)[0]
    figures = {
        "facility": found.facility,
        "sd": found.sd,
        "discrimination_index": found.discrimination_index,
        "discriminative_efficiency": found.discriminative_efficiency,
        "options": [asdict(share) for share in found.options],
    }
    return figures, list(found.flags)


def _surprise(given: Sequence[FirstAnswer], expected: dict[int, float]) -> float | None:
    """Standardised difference between right answers and what the model expected before it knew them."""
    known = [
        (one.is_correct, expected[one.attempt_question_id]) for one in given if one.attempt_question_id in expected
    ]
    spread = sum(chance * (1 - chance) for _, chance in known)
    if len(known) < FEWEST_ATTEMPTS or spread <= 0:
        return None
    return sum(right - chance for right, chance in known) / spread**0.5


def _expected_chances(bank: ModelBank) -> dict[int, float]:
    """By answer: the chance that the model gave to a first meeting, from what it knew of the candidate before."""
    expected: dict[int, float] = {}
    sitters = User.objects.filter(attempts__kind=Attempt.Kind.MOCK).distinct()
    for candidate in sitters.iterator():
        for foreseen in predictions(bank.bank, model_evidence(candidate, bank).responses):
            if foreseen.first:
                expected[foreseen.response] = foreseen.probability
    return expected
