"""A corrected key or a voided sitting reaches everybody it concerns, once: estimates, plan, mistakes, mentor."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts import services as people
from accounts.models import User
from analytics import services, tasks
from analytics.models import EstimateSet
from analytics.selectors import current_estimates, mistakes_of, unanalysed_candidates
from analytics.selectors.record import checked_forecasts
from analytics.selectors.reports import report_of
from exams import services as exams
from exams.models import AttemptChange
from exams.selectors import violations
from questions.models import QuestionVersion
from questions.services import correct_key
from study_plans import services as plans
from tests.analytics.sittings import START, drill, mock, share

LATER = START + timedelta(days=3)


@pytest.fixture
def three(bank, candidate, other_candidate, outsider) -> list[User]:
    """Two met one question in a drill and got it wrong, each after a mock; the third never met it."""
    version = version_of(bank)
    for number, person in enumerate((candidate, other_candidate, outsider)):
        mock(person, share(60), seed=number + 3)
        if person != outsider:
            drill(person, [version.pk], lambda row: False, now=START + timedelta(days=1))
        services.analyse_candidate(candidate_id=person.pk, now=START + timedelta(days=2))
    return [candidate, other_candidate, outsider]


def version_of(bank) -> QuestionVersion:
    """A question that no mock of these tests shows: it is the bank's last of its domain, held back as stale."""
    question = bank.questions[20]
    QuestionVersion.objects.filter(question=question).update(verified_on="2020-01-01")
    question.current_version.references.update(verified_on="2020-01-01")
    return question.current_version


def correct(version: QuestionVersion, chosen: list[int], by: User) -> None:
    correct_key(version=version, keys=chosen, by=by, reason="the other one is right", now=LATER)


def numbers(people_: list[User]) -> list[int]:
    return [current_estimates(person).number for person in people_]


def sweep(now=LATER + timedelta(hours=1)) -> None:
    for candidate_id in unanalysed_candidates(now=now):
        services.analyse_candidate(candidate_id=candidate_id, now=now)


def test_a_corrected_key_reaches_whom_it_concerns_once(three, bank, author, mentor, signed_in, monkeypatch):
    told: list[dict[str, Any]] = []
    adjust = plans.adjust_plan
    monkeypatch.setattr(plans, "adjust_plan", lambda **given: (told.append(given), adjust(**given))[1])
    first, second, stranger = three
    membership = people.accept_invitation(
        candidate=first,
        token=people.create_cohort(mentor=mentor, name="Autumn").invitation_token,
        shares_mocks=True,
        shares_plan=True,
        now=START,
    )
    version = bank.questions[20].current_version
    chosen = first.attempts.get(kind="drill").questions.get().selected
    before = {person: current_estimates(person) for person in three}
    seen = report_of(membership, now=LATER)
    assert version.question_id in {mistake.question_id for mistake in mistakes_of(first)}

    correct(version, chosen, author)
    assert set(unanalysed_candidates(now=LATER + timedelta(hours=1))) == {first.pk, second.pk}
    sweep()
    assert numbers(three) == [before[first].number + 1, before[second].number + 1, before[stranger].number]
    assert {given["candidate"] for given in told} == {first, second}
    assert len(told) == 2
    code = version.question.domain.code
    for person in (first, second):
        old, new = (
            before[person].domains.get(domain__code=code),
            current_estimates(person).domains.get(domain__code=code),
        )
        assert new.weakness < old.weakness
        assert version.question_id not in {mistake.question_id for mistake in mistakes_of(person)}
        plan = person.study_plan
        assert plan.needs_version == current_estimates(person).number
        assert plan.needs["domains"][code]["expected_percent"] == pytest.approx(new.mastery)
    line = {row.code: row for row in report_of(membership, now=LATER).domains}[code]
    assert line.mastery > {row.code: row for row in seen.domains}[code].mastery
    page = signed_in(mentor).get(reverse("analytics:report_show", args=[membership.cohort_id, first.pk]))
    assert f"{line.mastery:.0f}%" in page.content.decode()

    sweep(now=LATER + timedelta(hours=2))
    tasks.analyse_overlooked_attempts_task()
    assert len(told) == 2
    assert EstimateSet.objects.filter(candidate__in=[first, second], computed_at__gte=LATER).count() == 2
    assert AttemptChange.objects.filter(kind="regraded").count() == 2
    assert violations() == []
    assert [services.stored_difference(person) for person in three] == [0.0, 0.0, 0.0]


def test_a_voided_mock_leaves_the_plan_and_the_record(three):
    first = three[0]
    second_mock = mock(first, share(10), now=START + timedelta(days=4), seed=9)
    services.analyse_candidate(candidate_id=first.pk, now=START + timedelta(days=5))
    assert len(checked_forecasts(first)) == 1
    needs = dict(first.study_plan.needs["domains"])
    exams.void_attempt(attempt_id=second_mock.pk, reason="fire alarm", by=None, now=START + timedelta(days=6))
    sweep(now=START + timedelta(days=7))
    first.study_plan.refresh_from_db()
    assert checked_forecasts(first) == []
    assert first.study_plan.needs["domains"] != needs
    assert current_estimates(first).mock_count == 1
    assert unanalysed_candidates(now=START + timedelta(days=8)) == []
