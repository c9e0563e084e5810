"""Liveness, readiness, and whether a worker keeps up."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError
from django.utils import timezone

from analytics import services
from analytics.models import CandidateModel
from exams.models import Attempt
from tests.analytics.sittings import mock, share


@pytest.fixture
def ended(bank, candidate) -> Attempt:
    """A mock handed in an hour and a half ago, that no worker has heard of."""
    return mock(candidate, share(50), now=timezone.now() - timedelta(hours=3))


def keeps_up(client) -> tuple[int, dict[str, object]]:
    answer = client.get("/healthz/worker")
    return answer.status_code, answer.json()


def test_worker_that_keeps_up(client, ended):
    services.analyse_candidate(candidate_id=ended.candidate_id, now=timezone.now())
    assert keeps_up(client) == (200, {"status": "in time", "unclosed": 0, "unanalysed": 0})


def test_attempt_that_nobody_analyses_is_told(client, ended):
    assert keeps_up(client) == (503, {"status": "late", "unclosed": 0, "unanalysed": 1})


def test_attempt_that_nobody_closes_is_told(client, ended):
    Attempt.objects.update(status="in_progress", finished_at=None, deadline_at=timezone.now() - timedelta(minutes=5))
    assert keeps_up(client) == (503, {"status": "late", "unclosed": 1, "unanalysed": 0})


def test_a_minute_of_waiting_is_no_alarm(client, ended):
    Attempt.objects.update(finished_at=timezone.now() - timedelta(minutes=1))
    assert keeps_up(client)[0] == 200


def test_candidate_whose_analysis_fails_is_no_missing_worker(client, ended):
    for _ in range(3):
        services.note_failed_analysis(candidate_id=ended.candidate_id, error=ValueError("bad"), now=timezone.now())
    assert CandidateModel.objects.get().failure_count == 3
    assert keeps_up(client)[0] == 200


@pytest.mark.parametrize("address", ["/readyz", "/healthz/worker"])
def test_without_a_database_it_says_so(client, db, monkeypatch, address):
    def gone(*given: object, **named: object) -> None:
        raise OperationalError

    monkeypatch.setattr("prep.health.worker_backlog", gone)
    monkeypatch.setattr("prep.health.connection", SimpleNamespace(cursor=gone))
    answer = client.get(address)
    assert (answer.status_code, answer.json()) == (503, {"status": "waiting for the database"})
