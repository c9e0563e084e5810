"""Starting a sitting, and what is frozen by it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.db import IntegrityError, transaction

from accounts.models import Accommodation
from exams import services
from exams.models import CLOSING_GRACE, Attempt
from questions.models import ExamBlueprint
from tests.exams.conftest import answer_right


def test_start_mock_works(bank, candidate, now, rng):
    block = uuid4()
    mock = services.start_mock(candidate=candidate, now=now, rng=rng, block_id=block)
    mock.refresh_from_db()
    assert (mock.status, mock.number, mock.block_id) == ("in_progress", 1, block)
    assert mock.deadline_at == now + timedelta(minutes=105)
    assert (mock.minutes_allowed, mock.pass_percent, mock.scoring_rule) == (105, 72, "all_or_nothing")
    assert list(mock.questions.values_list("position", flat=True)) == list(range(1, 66))


def test_second_mock_is_refused_with_the_open_one(mock, candidate, now, rng):
    with pytest.raises(services.MockAlreadyOpen) as refusal:
        services.start_mock(candidate=candidate, now=now, rng=rng)
    assert refusal.value.attempt == mock


def test_overdue_mock_makes_room_for_the_next(mock, candidate, rng):
    later = mock.deadline_at + CLOSING_GRACE + timedelta(seconds=1)
    second = services.start_mock(candidate=candidate, now=later, rng=rng)
    mock.refresh_from_db()
    assert (mock.status, mock.finished_at) == ("expired", mock.deadline_at)
    assert second.number == 2


def test_mock_in_its_grace_is_still_open(mock, candidate, rng):
    with pytest.raises(services.MockAlreadyOpen):
        services.start_mock(candidate=candidate, now=mock.deadline_at + timedelta(seconds=30), rng=rng)


@pytest.mark.parametrize(("factor", "minutes"), [("1.25", 131), ("1.5", 157), ("2", 210)])
def test_accommodation_stretches_the_minutes(bank, candidate, now, rng, factor, minutes):
    Accommodation.objects.create(user=candidate, time_factor=Decimal(factor), reason="dyslexia")
    mock = services.start_mock(candidate=candidate, now=now, rng=rng)
    assert mock.minutes_allowed == minutes
    assert mock.deadline_at == now + timedelta(minutes=minutes)
    assert mock.time_factor == Decimal(factor)


def test_minutes_granted_ahead_are_taken_up_once(bank, candidate, author, now, rng):
    services.grant_minutes_ahead(candidate=candidate, minutes=10, reason="slow network", by=author, now=now)
    services.grant_minutes_ahead(candidate=candidate, minutes=5, reason="old machine", by=author, now=now)
    first = services.start_mock(candidate=candidate, now=now, rng=rng)
    assert first.minutes_allowed == 120
    change = first.changes.get()
    assert (change.minutes, change.reason, change.changed_by) == (15, "slow network; old machine", author)
    services.submit_attempt(attempt_id=first.pk, candidate=candidate, now=now)
    assert services.start_mock(candidate=candidate, now=now, rng=rng).minutes_allowed == 105


def test_edited_blueprint_leaves_running_attempts_alone(mock, now):
    """B9."""
    ExamBlueprint.objects.update(minutes=5, pass_percent=100)
    mock.refresh_from_db()
    answer_right(mock, 44, now)
    assert mock.remaining_ms_at(now) == 95 * 60_000
    done = services.submit_attempt(attempt_id=mock.pk, candidate=mock.candidate, now=now)
    assert done.passed is True


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("Europe/Berlin", (2026, 3, 29, 1, 30)),
        ("Europe/Berlin", (2026, 10, 25, 2, 30)),
        ("America/New_York", (2026, 3, 8, 1, 30)),
        ("Australia/Lord_Howe", (2026, 4, 5, 1, 30)),
        ("Asia/Kathmandu", (2024, 2, 28, 23, 0)),
    ],
)
def test_105_real_minutes_across_clock_changes(bank, candidate, rng, zone, start):
    """B11."""
    begun = datetime(*start).replace(tzinfo=ZoneInfo(zone))  # noqa: DTZ001
    mock = services.start_mock(candidate=candidate, now=begun, rng=rng)
    mock.refresh_from_db()
    assert mock.deadline_at == begun.astimezone(UTC) + timedelta(minutes=105)


def test_start_sitting_works(start_drill, bank):
    drill = start_drill(count=6, focus={"topics": [1]}, is_tutored=True)
    versions = [question.current_version_id for question in bank.questions[:6]]
    assert list(drill.questions.values_list("question_version_id", flat=True)) == versions
    assert (drill.deadline_at, drill.minutes_allowed, drill.focus) == (None, None, {"topics": [1]})


def test_timed_drill_is_stretched_too(start_drill, candidate):
    Accommodation.objects.create(user=candidate, time_factor=Decimal("1.5"), reason="dyslexia")
    assert start_drill(deadline_minutes=20).minutes_allowed == 30


def test_several_drills_may_be_open(start_drill):
    assert [start_drill().number, start_drill().number] == [1, 2]


def test_mock_cannot_be_given(start_drill):
    with pytest.raises(ValueError, match="start_mock"):
        start_drill(kind="mock")


def test_unpublished_version_is_refused(start_drill):
    with pytest.raises(ValueError, match="published"):
        start_drill(version_ids=[987654])


def test_same_seed_gives_the_same_paper(bank, candidate, other_candidate, now):
    papers = [
        services.start_mock(candidate=person, now=now, rng=np.random.default_rng(11))
        for person in (candidate, other_candidate)
    ]
    first, second = (list(paper.questions.values_list("question_version_id", "option_order")) for paper in papers)
    assert first == second


@pytest.mark.parametrize(
    "change",
    [
        {"status": "submitted"},
        {"finished_at": datetime(2026, 1, 1, tzinfo=ZoneInfo("UTC"))},
        {"deadline_at": None},
        {"deadline_at": datetime(2020, 1, 1, tzinfo=ZoneInfo("UTC"))},
        {"scored_right": 3, "scored_total": 2},
    ],
)
def test_constraints_of_an_attempt_hold(mock, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.filter(pk=mock.pk).update(**change)


def test_second_open_mock_cannot_be_stored(mock):
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.create(
            candidate=mock.candidate,
            blueprint=mock.blueprint,
            kind="mock",
            number=9,
            started_at=mock.started_at,
            deadline_at=mock.deadline_at,
            question_target=1,
            scoring_rule=mock.scoring_rule,
            pass_percent=72,
        )


def test_place_and_question_are_unique_on_a_paper(mock):
    first, second = mock.questions.order_by("position")[:2]
    for change in ({"position": first.position}, {"question_version": first.question_version_id}):
        with pytest.raises(IntegrityError), transaction.atomic():
            mock.questions.filter(pk=second.pk).update(**change)
