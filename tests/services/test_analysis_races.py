"""The analysis under real concurrency, on PostgreSQL: delivered twenty times, and while another attempt ends."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection  # noqa: F401 - read by the condition below
from django.utils import timezone

from accounts.models import User
from analytics import services
from analytics.models import EstimateSet
from analytics.selectors import current_estimates, freshness_of
from analytics.tasks import refresh_estimates_task
from study_plans.models import PlanRevision
from tests.analytics.sittings import mock, share
from tests.analytics.test_checked_answers import check, finish, tutored
from tests.bank import TestBank
from tests.exams.conftest import keys_of, save
from tests.services.test_exam_races import _invariants_hold, at_once  # noqa: F401 (a fixture)

pytestmark = [
    pytest.mark.services,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="races need PostgreSQL: set DATABASE_URL"),
]


def all_at_once(*works: Callable[[], Any]) -> None:
    """Raises the first error of any."""
    for outcome in at_once(works):
        if isinstance(outcome, Exception):
            raise outcome


def test_twenty_deliveries_give_one_result(bank: TestBank, candidate: User) -> None:
    mock(candidate, share(60), now=timezone.now() - timedelta(hours=3))
    now = timezone.now()
    all_at_once(*[lambda: services.analyse_candidate(candidate_id=candidate.pk, now=now)] * 20)
    assert EstimateSet.objects.count() == 1
    assert PlanRevision.objects.count() == 1
    assert services.stored_difference(candidate) == 0.0


def test_an_attempt_that_ends_meanwhile_is_not_lost(bank: TestBank, candidate: User) -> None:
    """Either the running analysis hears of it, or it is still waiting to be heard: never neither."""
    for round_number in range(6):
        began = timezone.now() - timedelta(days=20 - round_number)
        all_at_once(
            lambda began=began, seed=round_number: mock(candidate, share(60), now=began, seed=seed),
            lambda: services.analyse_candidate(candidate_id=candidate.pk, now=timezone.now()),
        )
        estimates = current_estimates(candidate)
        known = estimates.mock_count if estimates else 0
        assert known == round_number + 1 or freshness_of(candidate, estimates).is_waiting
        services.analyse_candidate(candidate_id=candidate.pk, now=timezone.now())
        estimates = current_estimates(candidate)
        assert estimates is not None
        assert estimates.mock_count == round_number + 1
    assert services.stored_difference(candidate) == 0.0


def test_answers_checked_while_analyses_run_are_not_lost(bank: TestBank, candidate: User) -> None:
    """Each check asks for an analysis; whoever comes first does the work, and the end of the sitting is heard too."""
    count = 12
    drill = tutored(candidate, count, now=timezone.now() - timedelta(hours=1))

    def check_and_analyse(position: int) -> None:
        check(drill, position, now=timezone.now())
        services.analyse_candidate(candidate_id=candidate.pk, now=timezone.now())

    all_at_once(*[lambda position=position: check_and_analyse(position) for position in range(1, count + 1)])
    estimates = current_estimates(candidate)
    assert estimates is not None
    assert estimates.answer_count == count
    assert not freshness_of(candidate, estimates).is_waiting
    assert EstimateSet.objects.count() == 1
    assert not PlanRevision.objects.exists()
    all_at_once(
        lambda: finish(drill, timezone.now()),
        *[lambda: services.analyse_candidate(candidate_id=candidate.pk, now=timezone.now())] * 6,
    )
    services.analyse_candidate(candidate_id=candidate.pk, now=timezone.now())
    assert PlanRevision.objects.count() == 1
    assert services.stored_difference(candidate) == 0.0


def test_the_next_question_asked_for_twenty_times_is_one(bank: TestBank, candidate: User) -> None:
    """A double press and other tabs: one question a place, the same for everybody who asks."""
    first_map = services.start_diagnostic(candidate=candidate, now=timezone.now(), rng=np.random.default_rng(1))
    for position in (1, 2, 3):
        answer = first_map.questions.select_related("question_version").get(position=position)
        save(first_map, position, keys_of(answer), timezone.now())

        def ask(seed: int, position: int = position) -> int:
            served = services.serve_next_in_map(
                attempt_id=first_map.pk,
                candidate=candidate,
                after=position,
                now=timezone.now(),
                rng=np.random.default_rng(seed),
            )
            assert served is not None
            return served.pk

        asked = at_once([lambda seed=seed, ask=ask: ask(seed) for seed in range(10)])
        assert len(set(asked)) == 1
        assert isinstance(asked[0], int)
    assert list(first_map.questions.values_list("position", flat=True)) == [1, 2, 3, 4]


def test_two_slices_of_a_night_share_the_work(bank: TestBank, candidate: User, other_candidate: User) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    for person in (candidate, other_candidate):
        mock(person, share(60), now=yesterday - timedelta(hours=3))
        services.analyse_candidate(candidate_id=person.pk, now=yesterday)
    all_at_once(*[refresh_estimates_task] * 4)
    assert EstimateSet.objects.count() == 4
    assert {current_estimates(person).number for person in (candidate, other_candidate)} == {2}
