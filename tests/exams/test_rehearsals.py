"""Rehearsals: prepared with a checklist and the exam's hour, then a mock that remembers both."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from exams import services
from exams.models import Attempt, Rehearsal
from exams.selectors.rehearsals import (
    ITEMS,
    minutes_after,
    rehearsal_in_preparation,
    rehearsal_of,
    rehearsal_report,
)
from exams.selectors.reviews import review_of
from tests.exams.conftest import keys_of, save

NINE = time(9, 0)


@pytest.fixture
def ticked() -> list[str]:
    return ["room", "id", "network"]


def test_rehearsal_works(bank, candidate, rng, ticked):
    # 09:20 in Berlin, the candidate's zone.
    began = datetime(2026, 11, 30, 8, 20, tzinfo=UTC)
    services.prepare_rehearsal(candidate=candidate, exam_time=NINE, ticked=["room"], now=began - timedelta(hours=2))
    attempt = services.start_rehearsal(candidate=candidate, exam_time=NINE, ticked=ticked, now=began, rng=rng)
    assert attempt.kind == Attempt.Kind.MOCK
    assert (attempt.deadline_at - began) == timedelta(minutes=105)
    assert attempt.is_tutored is False
    rehearsal = rehearsal_of(attempt)
    assert (rehearsal.minutes_off, rehearsal.exam_time, rehearsal.ticked) == (20, NINE, ticked)
    assert rehearsal_in_preparation(candidate) is None
    for number, answer in enumerate(attempt.questions.select_related("question_version"), start=1):
        save(attempt, answer.position, keys_of(answer), began + timedelta(minutes=number), seconds_spent=40)
    services.submit_attempt(attempt_id=attempt.pk, candidate=candidate, now=began + timedelta(minutes=80))
    attempt.refresh_from_db()
    report = rehearsal_report(rehearsal, review_of(attempt))
    assert report.first_pass_minutes == 65
    assert report.minutes_after_first_pass == 40
    assert report.minutes_left == 25
    assert report.minutes_off_words == "20 min"
    assert not report.is_at_the_hour
    assert [(part.first, part.last, part.seconds, part.right) for part in report.stretches] == [
        (1, 22, 40, 22),
        (23, 43, 40, 21),
        (44, 65, 40, 22),
    ]
    assert report.pace_words.startswith("Beginning, middle and end")
    assert report.ticked_count == 3
    assert len(report.left_open) == len(ITEMS) - 3


def test_report_of_a_first_pass_that_was_not_finished(bank, candidate, rng, now):
    attempt = services.start_rehearsal(candidate=candidate, exam_time=None, ticked=list(ITEMS), now=now, rng=rng)
    for answer in attempt.questions.select_related("question_version")[:30]:
        save(attempt, answer.position, keys_of(answer), now + timedelta(minutes=10), seconds_spent=200)
    attempt = services.settle_attempt(attempt, now + timedelta(minutes=110))
    report = rehearsal_report(rehearsal_of(attempt), review_of(attempt))
    assert (report.first_pass_minutes, report.met_count, report.question_count) == (None, 30, 65)
    assert report.minutes_left == 0
    assert report.rehearsal.minutes_off is None
    assert report.left_open == ()
    assert "last third got much less time" in report.pace_words


@pytest.mark.pure
@pytest.mark.parametrize(
    ("clock", "off"), [("09:00", 0), ("14:10", 310), ("08:40", -20), ("20:59", 719), ("21:00", -720), ("00:30", -510)]
)
def test_nearest_hour(clock, off):
    local = datetime.combine(datetime(2026, 11, 30, tzinfo=UTC), time.fromisoformat(clock))
    assert minutes_after(NINE, local) == off


def test_ticks_are_kept_in_the_order_of_the_list(candidate, now):
    services.prepare_rehearsal(candidate=candidate, exam_time=None, ticked=["network", "room"], now=now)
    services.prepare_rehearsal(candidate=candidate, exam_time=NINE, ticked=["network", "room", "desk"], now=now)
    assert Rehearsal.objects.get().ticked == ["room", "desk", "network"]


def test_unknown_tick_is_refused(candidate, now):
    with pytest.raises(ValueError, match="checklist"):
        services.prepare_rehearsal(candidate=candidate, exam_time=None, ticked=["cat"], now=now)


def test_open_mock_leaves_the_list_as_it_was(mock, candidate, now, rng):
    services.prepare_rehearsal(candidate=candidate, exam_time=NINE, ticked=["room"], now=now)
    with pytest.raises(services.MockAlreadyOpen):
        services.start_rehearsal(candidate=candidate, exam_time=NINE, ticked=[], now=now, rng=rng)
    assert rehearsal_in_preparation(candidate).ticked == ["room"]
    assert rehearsal_of(mock) is None


def test_second_preparation_cannot_be_stored(candidate, now):
    Rehearsal.objects.create(candidate=candidate, updated_at=now)
    with pytest.raises(IntegrityError, match=r"candidate_prepares_one_rehearsal|candidate_id"), transaction.atomic():
        Rehearsal.objects.create(candidate=candidate, updated_at=now)
