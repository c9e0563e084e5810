"""The plan under real concurrency: workers, a candidate and a clock that all change it at once, on PostgreSQL."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from study_plans import services
from study_plans.models import Block, PlanRevision, StudyPlan
from tests.bank import TestBank, make_bank
from tests.services.test_exam_races import at_once
from tests.study_plans.people import NOW, adjust, make_plan, study_blocks

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="races need PostgreSQL: set DATABASE_URL"),
]
WEAK = ("data-1", "security-2", "enterprise-3", "integrations-1")


@pytest.fixture
def bank(transactional_db: None) -> TestBank:
    return make_bank(per_domain=1, pilots=0)


@pytest.fixture
def candidate(transactional_db: None) -> User:
    return User.objects.create_user("amara@example.com", "correct horse battery staple")


def assert_sound(plan: StudyPlan) -> None:
    numbers = sorted(plan.revisions.values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    minutes: Counter[Any] = Counter()
    for block in plan.blocks.filter(state=Block.State.PLANNED):
        minutes[block.day] += block.minutes
    week = StudyPlan.objects.get(pk=plan.pk).minutes_per_weekday
    assert all(total <= week[day.weekday()] for day, total in minutes.items())


def test_many_analyses_at_once_leave_the_newest(bank: TestBank, candidate: User) -> None:
    make_plan(candidate)

    def analysed(version: int) -> Callable[[], PlanRevision | None]:
        return lambda: adjust(candidate, {WEAK[version % 4]: 90}, version=version)

    done = at_once([analysed(version) for version in (1, 2, 3, 4, 4, 4)])
    assert not [raised for raised in done if isinstance(raised, Exception)]
    plan = StudyPlan.objects.get()
    assert plan.needs_version == 4
    assert PlanRevision.objects.filter(reason="attempt").count() == len([one for one in done if one is not None])
    assert adjust(candidate, {WEAK[0]: 90}, version=4) is None
    assert_sound(plan)


def test_a_plan_is_made_once(bank: TestBank, candidate: User) -> None:
    made = at_once(
        [lambda: services.create_plan(candidate=candidate, now=NOW)] * 3
        + [lambda: adjust(candidate, {WEAK[0]: 90})] * 3
    )
    assert not [raised for raised in made if isinstance(raised, Exception)]
    plan = StudyPlan.objects.get()
    assert plan.revisions.filter(reason="created").count() == 1
    assert plan.needs_version == 1
    assert_sound(plan)


def test_a_day_begins_once(bank: TestBank, candidate: User) -> None:
    plan = make_plan(candidate)
    later = NOW + timedelta(days=2)
    begun = at_once([lambda: services.replan_missed_days(candidate=candidate, now=later)] * 5)
    assert not [raised for raised in begun if isinstance(raised, Exception)]
    assert len([revision for revision in begun if revision is not None]) == 1
    assert_sound(plan)


def test_doing_and_re_planning_at_once_lose_nothing(bank: TestBank, candidate: User) -> None:
    plan = make_plan(candidate)
    blocks = list(study_blocks(plan).order_by("day", "order")[:3])

    def complete(block: Block) -> Callable[[], object]:
        return lambda: services.complete_block(plan_owner=candidate, block_id=block.pk, now=NOW)

    calls: list[Callable[[], object]] = [complete(block) for block in blocks]
    calls += [lambda: adjust(candidate, {WEAK[1]: 95}, version=1), lambda: adjust(candidate, {WEAK[2]: 95}, version=2)]
    done = at_once(calls)
    gone = [raised for raised in done if isinstance(raised, services.BlockNotFound)]
    assert [raised for raised in done if isinstance(raised, Exception)] == gone
    kept = Block.objects.filter(pk__in=[block.pk for block in blocks], state=Block.State.DONE).count()
    assert kept == len(blocks) - len(gone)
    assert_sound(plan)


def test_undoing_twice_at_once_undoes_once(bank: TestBank, candidate: User) -> None:
    plan = make_plan(candidate)
    revision = adjust(candidate, {WEAK[1]: 90})
    assert revision is not None
    done = at_once([lambda: services.undo_revision(plan_owner=candidate, revision_id=revision.pk, now=NOW)] * 4)
    refused = [raised for raised in done if isinstance(raised, services.RevisionNotUndoable)]
    assert len(refused) == 3
    assert len([one for one in done if isinstance(one, PlanRevision)]) == 1
    assert connection.vendor == "postgresql"
    assert_sound(plan)
