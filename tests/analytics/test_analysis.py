"""From answers to estimates: rebuilt, stored once, whatever the order of messages."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from analytics import services, tasks
from analytics.models import AnalysedAttempt, CandidateModel, EstimateSet
from analytics.selectors import candidates_to_refresh, current_estimates, freshness_of, unanalysed_candidates
from analytics.selectors.record import checked_forecasts
from analytics.services import stored_difference
from exams import services as exams
from exams.models import AnswerEvent, Attempt, AttemptQuestion
from questions.models import Question
from questions.services import correct_key
from study_plans import services as plans
from study_plans.models import StudyPlan
from tests.analytics.sittings import START, drill, mock, share

LATER = START + timedelta(hours=3)
BLOCK = uuid.UUID(int=7)


def values(estimates: EstimateSet) -> list[tuple[Any, ...]]:
    rows = [
        (row.domain.code, row.mastery, row.mastery_low, row.mastery_high, row.weakness, row.answer_count, row.label)
        for row in estimates.domains.select_related("domain")
    ]
    topics = [(row.topic.code, row.mastery, row.weakness) for row in estimates.topics.select_related("topic")]
    forecast = [(estimates.forecast.probability, estimates.forecast.score_mean)] if estimates.has_forecast else []
    return [*rows, *topics, *forecast]


@pytest.fixture
def told(monkeypatch) -> list[dict[str, Any]]:
    """What the plan was told."""
    heard: list[dict[str, Any]] = []
    monkeypatch.setattr(plans, "adjust_plan", lambda **given: heard.append(given))
    return heard


def test_analysis_works(bank, candidate, told):
    attempt = mock(candidate, lambda row: row.question_version.question.domain.code != "enterprise")
    stored = services.analyse_candidate(candidate_id=candidate.pk, now=LATER)
    assert stored is not None
    assert (stored.number, stored.answer_count, stored.mock_count) == (1, 60, 1)
    assert stored.as_of == attempt.finished_at
    domains = {row.domain.code: row for row in stored.domains.all()}
    assert len(domains) == 6
    assert domains["enterprise"].weakness == max(row.weakness for row in domains.values())
    assert domains["enterprise"].label == "weak"
    assert domains["enterprise"].answer_count == 17
    assert all(row.mastery_low < row.mastery < row.mastery_high for row in domains.values())
    assert 0.02 <= stored.forecast.probability <= 0.98
    assert (stored.forecast.pass_score, stored.forecast.scored_count) == (44, 60)
    assert len(stored.forecast.moves) == 6
    assert stored.topics.count() == 18


def test_the_plan_is_told_in_the_same_transaction(bank, candidate, monkeypatch):
    mock(candidate, share(50))

    def refuse(**given: Any) -> None:
        raise RuntimeError("no plan today")

    monkeypatch.setattr(plans, "adjust_plan", refuse)
    with pytest.raises(RuntimeError):
        services.analyse_candidate(candidate_id=candidate.pk, now=LATER)
    assert not EstimateSet.objects.exists()
    assert not AnalysedAttempt.objects.exists()


def test_the_plan_is_told_what_is_needed(bank, candidate, told):
    attempt = mock(candidate, share(50))
    stored = services.analyse_candidate(candidate_id=candidate.pk, now=LATER)
    (given,) = told
    assert given["attempt_id"] == attempt.pk
    assert given["needs_version"] == stored.number
    assert given["reason"] == "attempt"
    needs = given["needs"]
    assert set(needs.domains) == {domain.code for domain in bank.domains}
    assert needs.last_mock_on == "2026-02-02"
    assert needs.open_mistakes == sum(row.is_correct is False for row in attempt.questions.all())
    assert sum(row.answers_lately for row in needs.topics.values()) == attempt.questions.count()


def test_twice_is_once(bank, candidate, told):
    mock(candidate, share(60))
    services.analyse_candidate(candidate_id=candidate.pk, now=LATER)
    assert services.analyse_candidate(candidate_id=candidate.pk, now=LATER + timedelta(hours=1)) is None
    assert EstimateSet.objects.count() == 1
    assert len(told) == 1


def test_late_and_out_of_order_give_the_same(bank, candidate, other_candidate, told):
    """One candidate is analysed after each mock, the other once after both: the current estimates agree."""
    for person in (candidate, other_candidate):
        mock(person, share(40), now=START, seed=3)
        if person == candidate:
            services.analyse_candidate(candidate_id=person.pk, now=LATER)
        mock(person, share(70), now=START + timedelta(days=2), seed=4)
        services.analyse_candidate(candidate_id=person.pk, now=START + timedelta(days=3))
    mine, theirs = current_estimates(candidate), current_estimates(other_candidate)
    assert mine is not None
    assert theirs is not None
    assert (mine.number, theirs.number) == (2, 1)
    assert values(mine) == values(theirs)


def test_a_voided_attempt_leaves_the_estimates(bank, candidate, told):
    mock(candidate, share(80), now=START, seed=3)
    services.analyse_candidate(candidate_id=candidate.pk, now=LATER)
    before = values(current_estimates(candidate))
    second = mock(candidate, share(10), now=START + timedelta(days=1), seed=4)
    services.analyse_candidate(candidate_id=candidate.pk, now=START + timedelta(days=2))
    assert values(current_estimates(candidate)) != before
    exams.void_attempt(attempt_id=second.pk, reason="fire alarm", by=None, now=START + timedelta(days=2))
    assert unanalysed_candidates(now=START + timedelta(days=3)) == [candidate.pk]
    services.analyse_candidate(candidate_id=candidate.pk, now=START + timedelta(days=3))
    assert values(current_estimates(candidate)) == before
    assert unanalysed_candidates(now=START + timedelta(days=4)) == []


def test_a_regraded_attempt_flows_through(bank, candidate, author, told):
    attempt = mock(candidate, share(0))
    services.analyse_candidate(candidate_id=candidate.pk, now=LATER)
    before = current_estimates(candidate).forecast.score_mean
    wrong = attempt.questions.filter(select_count=1, is_pilot=False).first()
    correct_key(
        version=wrong.question_version, keys=wrong.selected, by=author, reason="the other one is right", now=LATER
    )
    assert unanalysed_candidates(now=LATER) == [candidate.pk]
    services.analyse_candidate(candidate_id=candidate.pk, now=LATER)
    assert current_estimates(candidate).forecast.score_mean > before
    assert unanalysed_candidates(now=LATER) == []


def test_a_reopened_attempt_leaves_the_estimates(bank, candidate, told):
    attempt = mock(candidate, share(80))
    services.analyse_candidate(candidate_id=candidate.pk, now=LATER)
    exams.reopen_attempt(attempt_id=attempt.pk, minutes=10, reason="power cut", by=None, now=LATER)
    assert unanalysed_candidates(now=LATER) == [candidate.pk]
    services.analyse_candidate(candidate_id=candidate.pk, now=LATER)
    assert current_estimates(candidate).answer_count == 0
    assert unanalysed_candidates(now=LATER + timedelta(hours=1)) == []


def test_the_sweep_finds_what_was_overlooked(bank, candidate, other_candidate, told):
    attempt = mock(candidate, share(60))
    assert unanalysed_candidates(now=attempt.finished_at + timedelta(seconds=5)) == []
    assert unanalysed_candidates(now=attempt.finished_at + timedelta(seconds=30)) == [candidate.pk]
    assert freshness_of(candidate, None).is_waiting
    services.analyse_candidate(candidate_id=candidate.pk, now=LATER)
    assert unanalysed_candidates(now=LATER) == []
    assert not freshness_of(candidate, current_estimates(candidate)).is_waiting


def poison(monkeypatch, candidate) -> None:
    """One candidate's analysis fails from now on."""
    analyse = services.analyse_candidate

    def sometimes(*, candidate_id: Any, now: Any) -> Any:
        if candidate_id == candidate.pk:
            raise ValueError("a bad row")
        return analyse(candidate_id=candidate_id, now=now)

    monkeypatch.setattr(services, "analyse_candidate", sometimes)


def test_one_poisoned_candidate_does_not_stop_the_sweep(bank, candidate, other_candidate, told, monkeypatch):
    for person in (candidate, other_candidate):
        mock(person, share(60))
    with monkeypatch.context() as patched:
        poison(patched, candidate)
        for _ in range(3):
            tasks.analyse_overlooked_attempts_task()
    assert current_estimates(other_candidate) is not None
    assert current_estimates(candidate) is None
    model = CandidateModel.objects.get(candidate=candidate)
    assert (model.failure_count, model.failure) == (3, "ValueError('a bad row')")
    assert unanalysed_candidates(now=timezone.now()) == []
    assert unanalysed_candidates(now=timezone.now() + timedelta(hours=2)) == [candidate.pk]
    services.analyse_candidate(candidate_id=candidate.pk, now=timezone.now())
    model.refresh_from_db()
    assert (model.failure_count, model.failure) == (0, "")


def test_bad_row_fails_three_times_holds_up_nobody_and_is_shown_to_staff(
    bank, candidate, other_candidate, author, told, signed_in
):
    """FAULTS D9 with a row that is really bad, through the real analysis."""
    for person in (candidate, other_candidate):
        mock(person, share(60))
    bad = AnswerEvent.objects.filter(attempt_question__attempt__candidate=candidate).first().attempt_question
    AttemptQuestion.objects.filter(pk=bad.pk).update(selected=7)
    for _ in range(5):
        tasks.analyse_overlooked_attempts_task()
    assert current_estimates(other_candidate) is not None
    assert CandidateModel.objects.get(candidate=candidate).failure_count == 3
    page = signed_in(author).get(reverse("admin:analytics_candidatemodel_changelist")).content.decode()
    rows = page.split("<tbody>")[1].split("</tr>")
    assert candidate.display_name in rows[0]
    assert "TypeError" in rows[0]
    AttemptQuestion.objects.filter(pk=bad.pk).update(selected=[])
    tasks.analyse_candidate_task(str(candidate.pk))
    assert current_estimates(candidate) is not None


def test_a_failing_task_leaves_its_trace(bank, candidate, told, monkeypatch):
    mock(candidate, share(60))
    poison(monkeypatch, candidate)
    tasks.analyse_candidate_task(str(candidate.pk), field_of_a_later_version=1)
    assert CandidateModel.objects.get(candidate=candidate).failure_count == 1


def test_superseded_refreshes_are_forgotten_but_not_forecasts_that_count(bank, candidate, told):
    mock(candidate, share(60), seed=3)
    services.analyse_candidate(candidate_id=candidate.pk, now=LATER)
    for days in (2, 3, 4):
        services.refresh_estimates(candidate_id=candidate.pk, now=START + timedelta(days=days))
    assert EstimateSet.objects.count() == 2
    mock(candidate, share(60), now=START + timedelta(days=5), seed=4)
    services.analyse_candidate(candidate_id=candidate.pk, now=START + timedelta(days=6))
    services.refresh_estimates(candidate_id=candidate.pk, now=START + timedelta(days=7))
    services.refresh_estimates(candidate_id=candidate.pk, now=START + timedelta(days=8))
    days = [round((row.as_of - START).total_seconds() / 86400) for row in EstimateSet.objects.order_by("number")]
    assert days == [0, 4, 5, 8]
    (checked,) = checked_forecasts(candidate)
    assert checked.probability == EstimateSet.objects.order_by("number")[1].forecast.probability


def test_the_plan_listens_also_after_all_sets_were_deleted(bank, candidate):
    mock(candidate, share(45))
    services.analyse_candidate(candidate_id=candidate.pk, now=LATER)
    services.refresh_estimates(candidate_id=candidate.pk, now=LATER + timedelta(days=1))
    EstimateSet.objects.all().delete()
    services.recompute_candidate(candidate_id=candidate.pk, now=LATER + timedelta(days=2))
    assert StudyPlan.objects.get().needs_version == current_estimates(candidate).number == 3


def test_stored_equals_a_full_recompute(bank, candidate, told, capsys):
    mock(candidate, share(45), now=START, seed=3)
    services.analyse_candidate(candidate_id=candidate.pk, now=LATER)
    mock(candidate, share(65), now=START + timedelta(days=4), seed=4)
    services.analyse_candidate(candidate_id=candidate.pk, now=START + timedelta(days=5))
    assert stored_difference(candidate) == 0.0
    call_command("check_invariants")
    assert "I5: holds" in capsys.readouterr().out
    current_estimates(candidate).domains.update(mastery=99)
    assert stored_difference(candidate) > 1
    with pytest.raises(SystemExit):
        call_command("check_invariants")
    assert f"candidate {candidate.pk} is off by" in capsys.readouterr().out


def test_who_waits_or_has_nothing_is_not_compared(bank, candidate, told):
    assert stored_difference(candidate) is None
    mock(candidate, share(45))
    services.analyse_candidate(candidate_id=candidate.pk, now=LATER)
    Question.objects.filter(slug="data-q1").update(difficulty=2.0)
    assert stored_difference(candidate) is None
    services.refresh_estimates(candidate_id=candidate.pk, now=LATER + timedelta(days=1))
    assert stored_difference(candidate) == 0.0
    mock(candidate, share(45), now=START + timedelta(days=2), seed=9)
    assert stored_difference(candidate) is None


def test_recompute_rebuilds_what_was_deleted(bank, candidate, told, capsys):
    mock(candidate, share(45))
    services.analyse_candidate(candidate_id=candidate.pk, now=LATER)
    before = values(current_estimates(candidate))
    EstimateSet.objects.all().delete()
    CandidateModel.objects.all().delete()
    call_command("recompute", "--all")
    assert values(current_estimates(candidate)) == before
    current_estimates(candidate).domains.all().delete()
    call_command("recompute", "--candidate", candidate.email)
    assert values(current_estimates(candidate)) == before
    assert "1 candidate" in capsys.readouterr().out


def test_the_nightly_refresh_drifts_and_keeps_the_evidence(bank, candidate, told):
    mock(candidate, share(70))
    services.analyse_candidate(candidate_id=candidate.pk, now=LATER)
    fresh = current_estimates(candidate).domains.get(domain__code="data")
    later = START + timedelta(days=30)
    assert services.refresh_estimates(candidate_id=candidate.pk, now=later) is not None
    drifted = current_estimates(candidate)
    assert drifted.as_of == later
    spread = [row.mastery_high - row.mastery_low for row in (fresh, drifted.domains.get(domain__code="data"))]
    assert spread[1] > spread[0]
    assert services.analyse_candidate(candidate_id=candidate.pk, now=later) is None
    assert told[-1]["reason"] == "nightly"


def test_a_night_takes_everybody_once_in_slices(bank, candidate, other_candidate, told, monkeypatch):
    yesterday = timezone.now() - timedelta(days=1)
    for person in (candidate, other_candidate):
        mock(person, share(60), now=yesterday - timedelta(hours=3))
        services.analyse_candidate(candidate_id=person.pk, now=yesterday)
    assert len(candidates_to_refresh(now=timezone.now())) == 2
    monkeypatch.setattr(tasks, "SLICE_SECONDS", 0.0)
    assert [tasks.refresh_estimates_task(), tasks.refresh_estimates_task()] == [0, 0]
    monkeypatch.setattr(tasks, "SLICE_SECONDS", 45.0)
    assert tasks.refresh_estimates_task(field_of_a_later_version=1) == 2
    assert EstimateSet.objects.count() == 4
    assert tasks.refresh_estimates_task() == 0
    # A slice that was chosen before and comes late finds the work done.
    assert services.refresh_estimates(candidate_id=candidate.pk, now=timezone.now()) is None
    assert EstimateSet.objects.count() == 4


def test_a_slice_goes_on_after_a_failure(bank, candidate, other_candidate, told, monkeypatch):
    yesterday = timezone.now() - timedelta(days=1)
    for hours, person in enumerate((candidate, other_candidate)):
        mock(person, share(60), now=yesterday - timedelta(hours=3))
        services.analyse_candidate(candidate_id=person.pk, now=yesterday + timedelta(hours=hours))
    real = services.refresh_estimates

    def broken(*, candidate_id, now):
        if candidate_id == candidate.pk:
            raise ValueError("a bad row")
        return real(candidate_id=candidate_id, now=now)

    monkeypatch.setattr(services, "refresh_estimates", broken)
    assert [tasks.refresh_estimates_task() for _ in range(4)] == [2, 1, 1, 0]
    assert candidates_to_refresh(now=timezone.now() + timedelta(hours=2)) == [candidate.pk]
    assert CandidateModel.objects.get(candidate=candidate).failure == "ValueError('a bad row')"


def test_nobody_is_refreshed_who_left_or_has_nothing(bank, candidate, other_candidate, told):
    long_ago = timezone.now() - timedelta(days=61)
    mock(candidate, share(60), now=long_ago - timedelta(hours=2))
    services.analyse_candidate(candidate_id=candidate.pk, now=long_ago)
    attempt = mock(other_candidate, share(60), now=timezone.now() - timedelta(days=2))
    services.analyse_candidate(candidate_id=other_candidate.pk, now=timezone.now() - timedelta(days=1))
    assert candidates_to_refresh(now=timezone.now()) == [other_candidate.pk]
    exams.void_attempt(attempt_id=attempt.pk, by=None, reason="sat by somebody else", now=timezone.now())
    services.recompute_candidate(candidate_id=other_candidate.pk, now=timezone.now() - timedelta(days=1))
    for _ in range(2):
        tasks.refresh_estimates_task()
    assert candidates_to_refresh(now=timezone.now()) == []


def test_without_answers_there_is_nothing_to_say(bank, candidate, told):
    assert services.analyse_candidate(candidate_id=candidate.pk, now=LATER) is None
    assert services.refresh_estimates(candidate_id=candidate.pk, now=LATER) is None
    assert current_estimates(candidate) is None
    assert told == []


def test_blanks_count_in_timed_sittings_only(bank, candidate, other_candidate, told):
    mock(candidate, lambda row: None)
    services.analyse_candidate(candidate_id=candidate.pk, now=LATER)
    assert current_estimates(candidate).answer_count == 60
    versions = [question.current_version_id for question in Question.objects.filter(is_pilot=False)[:10]]
    drill(other_candidate, versions, lambda row: True if row.position <= 4 else None)
    services.analyse_candidate(candidate_id=other_candidate.pk, now=LATER)
    assert current_estimates(other_candidate).answer_count == 4


def test_a_finished_sitting_completes_its_block_once(bank, candidate, told, monkeypatch):
    completed: list[dict[str, Any]] = []
    monkeypatch.setattr(plans, "complete_block", lambda **given: completed.append(given))
    attempt = mock(candidate, share(60), block_id=BLOCK)
    services.analyse_candidate(candidate_id=candidate.pk, now=LATER)
    services.analyse_candidate(candidate_id=candidate.pk, now=LATER)
    assert completed == [{"plan_owner": candidate, "block_id": BLOCK, "now": attempt.finished_at}]


def test_a_blank_sitting_completes_no_block(bank, candidate, told, monkeypatch):
    completed: list[dict[str, Any]] = []
    monkeypatch.setattr(plans, "complete_block", lambda **given: completed.append(given))
    mock(candidate, lambda row: None, block_id=BLOCK)
    services.analyse_candidate(candidate_id=candidate.pk, now=LATER)
    assert completed == []


def test_a_finished_attempt_is_heard_after_commit(bank, candidate, told, settings, django_capture_on_commit_callbacks):
    from prep.celery import app

    app.conf.task_always_eager = True
    try:
        with django_capture_on_commit_callbacks(execute=True):
            mock(candidate, share(60))
            assert not EstimateSet.objects.exists()
    finally:
        app.conf.task_always_eager = False
    assert EstimateSet.objects.get().candidate == candidate
    assert Attempt.objects.get().analysed.status == "submitted"


def test_weakness_is_kept_with_its_range(bank, candidate):
    mock(candidate, share(60))
    services.analyse_candidate(candidate_id=candidate.pk, now=LATER)
    estimates = current_estimates(candidate)
    assert estimates is not None
    for row in [*estimates.domains.all(), *estimates.topics.all()]:
        assert 0 <= row.weakness_low < row.weakness < row.weakness_high <= 100
        assert row.weakness_high == pytest.approx(
            row.weakness + (row.mastery - row.mastery_low) * row.weakness / (95 - row.mastery), abs=0.01
        )


@pytest.mark.parametrize("low_high", [(60.0, 40.0), (-1.0, 40.0), (40.0, 101.0)])
@pytest.mark.parametrize("part", ["domains", "topics"])
def test_a_weakness_range_out_of_order_cannot_be_kept(bank, candidate, part, low_high):
    mock(candidate, share(60))
    services.analyse_candidate(candidate_id=candidate.pk, now=LATER)
    rows = getattr(current_estimates(candidate), part)
    with pytest.raises(IntegrityError, match="weakness_range_is_in_order"), transaction.atomic():
        rows.update(weakness_low=low_high[0], weakness_high=low_high[1])
