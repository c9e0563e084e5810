"""After the real exam: what it said becomes evidence, a record and a new plan; mistyped reports leave no trace."""

from datetime import UTC, date, datetime, timedelta

import pytest

from analytics import services
from analytics.models import CandidateModel, EstimateSet
from analytics.selectors.evidence import candidate_bank, model_evidence
from analytics.selectors.exam_evidence import exam_responses
from analytics.selectors.model_bank import model_bank
from analytics.selectors.record import checked_forecasts, forecast_record
from analytics.services import stored_difference
from study_plans import selectors
from study_plans import services as plans
from study_plans.models import Block, ExamReport, StudyPlan
from tests.analytics.sittings import mock, share
from tests.study_plans.people import WEEK

START = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
EXAM = date(2026, 2, 20)
AFTER = datetime(2026, 2, 21, 9, 0, tzinfo=UTC)
REAL = {"platform": 83, "data": 70, "security": 33, "enterprise": 65, "applications": 78, "integrations": 56}


def values(estimates: EstimateSet) -> list[tuple[object, ...]]:
    rows = estimates.domains.select_related("domain")
    return [(row.domain.code, row.mastery, row.mastery_low, row.mastery_high, row.answer_count) for row in rows]


@pytest.fixture
def planned(bank, candidate) -> StudyPlan:
    """A mock, a plan towards 20 February, and the day after it."""
    bank.blueprint.retake_after_days = [1, 14]
    bank.blueprint.save()
    plans.change_availability(
        candidate=candidate,
        now=START,
        exam_on=EXAM,
        exam_time=None,
        minutes_per_weekday=WEEK,
        days_off=[],
        block_minutes=30,
    )
    mock(candidate, share(70), now=START)
    services.analyse_candidate(candidate_id=candidate.pk, now=START + timedelta(hours=3))
    return StudyPlan.objects.get()


def report(candidate, **given):
    given = {"sat_on": EXAM, "passed": False, "percents": REAL, "now": AFTER} | given
    return services.report_exam(candidate=candidate, **given)


def newest(candidate) -> EstimateSet:
    return EstimateSet.objects.filter(candidate=candidate).first()


def test_a_failed_exam_works(planned, candidate):
    before = {code: mastery for code, mastery, *_ in values(newest(candidate))}
    report(candidate, next_exam_on=date(2026, 4, 1))
    after = {row.domain.code: row for row in newest(candidate).domains.select_related("domain")}
    assert after["security"].mastery < before["security"] - 3
    moved = {code: row.mastery - before[code] for code, row in after.items()}
    assert min(moved, key=moved.__getitem__) == "security"
    assert moved["platform"] > moved["security"] + 3
    assert {code: row.answer_count for code, row in after.items()} == {
        "platform": 12, "data": 20, "security": 18, "enterprise": 34, "applications": 18, "integrations": 18
    }  # fmt: skip
    assert newest(candidate).answer_count == 60
    plan = StudyPlan.objects.get()
    assert (plan.exam_on, plan.passed_on) == (date(2026, 4, 1), None)
    assert plan.needs_version == newest(candidate).number
    revision = selectors.latest_revision(plan)
    assert revision.reason == "exam"
    assert "because of what your exam said" in revision.summary
    assert plan.blocks.filter(state="planned", day__gt=EXAM).exclude(kind="rest").count() > 20


def test_recomputing_twice_is_once(planned, candidate):
    report(candidate)
    first = values(newest(candidate))
    for _ in range(2):
        services.recompute_candidate(candidate_id=candidate.pk, now=AFTER + timedelta(days=1))
        assert values(newest(candidate)) == first
    assert stored_difference(candidate) == 0
    EstimateSet.objects.all().delete()
    CandidateModel.objects.all().delete()
    services.recompute_candidate(candidate_id=candidate.pk, now=AFTER + timedelta(days=2))
    assert values(newest(candidate)) == first


def test_a_report_is_counted_once(planned, candidate, bank):
    report(candidate)
    evidence = model_evidence(candidate, candidate_bank(candidate, bank.blueprint))
    stand_ins = [response for response in evidence.responses if response.question < 0]
    assert len(stand_ins) == len({response.question for response in stand_ins}) == 60
    assert evidence.reported_count == 60
    assert sum(response.correct for response in stand_ins) == 5 + 7 + 3 + 11 + 7 + 5
    services.analyse_exam_report(candidate_id=candidate.pk, now=AFTER)
    assert EstimateSet.objects.filter(candidate=candidate).count() == 2


def test_right_and_wrong_take_turns(planned, candidate, bank):
    told = report(candidate)
    subject = model_bank(bank.blueprint).bank.subject
    marks = [r.correct for r in exam_responses([told], subject) if r.question // 1000 == -4]
    rights = [sum(marks[: n + 1]) for n in range(len(marks))]
    assert all(abs(right - 11 * (n + 1) / 17) <= 1 for n, right in enumerate(rights))


def test_correcting_a_report_replaces_its_figures(planned, candidate):
    typed = report(candidate, percents=REAL | {"security": 3})
    wrong = values(newest(candidate))
    report(candidate, report_id=typed.pk)
    assert ExamReport.objects.get().percents == REAL
    corrected = values(newest(candidate))
    assert corrected != wrong
    ExamReport.objects.all().delete()
    services.recompute_candidate(candidate_id=candidate.pk, now=AFTER)
    report(candidate)
    assert values(newest(candidate)) == corrected


def test_taking_a_report_back_leaves_no_trace(planned, candidate):
    before = values(newest(candidate))
    told = report(candidate, next_exam_on=date(2026, 4, 1))
    services.take_exam_back(candidate=candidate, report_id=told.pk, now=AFTER)
    assert values(newest(candidate)) == before
    plan = StudyPlan.objects.get()
    assert plan.exam_on == EXAM
    assert selectors.asks_for_outcome(plan, AFTER.date())
    assert not plan.blocks.filter(state="planned", day__gte=AFTER.date())
    assert selectors.latest_revision(plan).summary.startswith("Your exam is behind you, so nothing more is planned.")


def test_a_passed_exam_ends_the_plan(planned, candidate):
    report(candidate, passed=True, percents={})
    plan = StudyPlan.objects.get()
    assert (plan.exam_on, plan.passed_on) == (EXAM, EXAM)
    assert not plan.blocks.filter(state="planned", day__gte=EXAM).exclude(kind="rest")
    assert not selectors.asks_for_outcome(plan, AFTER.date())
    assert services.refresh_estimates(candidate_id=candidate.pk, now=AFTER + timedelta(days=1)) is not None
    assert not plan.blocks.filter(state="planned", day__gte=EXAM)


def test_an_exam_sat_early_and_passed_ends_the_plan_by_name(planned, candidate):
    early = START + timedelta(days=4)
    ahead = planned.blocks.filter(state="planned", day__gte=early.date()).exclude(kind="rest").count()
    report(candidate, passed=True, percents={}, sat_on=early.date(), now=early)
    assert not Block.objects.filter(state="planned", day__gte=early.date())
    revision = selectors.latest_revision(planned)
    assert len(revision.diff) == ahead
    assert {row["change"] for row in revision.diff} == {"dropped"}


def test_what_a_report_brought_is_not_undone_but_corrected(planned, candidate):
    report(candidate)
    revision = selectors.latest_revision(planned)
    with pytest.raises(plans.RevisionNotUndoable):
        plans.undo_revision(plan_owner=candidate, revision_id=revision.pk, now=AFTER)


def test_the_waiting_period_is_respected(planned, candidate):
    report(candidate)
    assert selectors.earliest_retake(candidate, planned.blueprint) == date(2026, 2, 21)
    report(candidate, sat_on=date(2026, 3, 5), now=datetime(2026, 3, 6, 9, tzinfo=UTC))
    assert selectors.earliest_retake(candidate, planned.blueprint) == date(2026, 3, 19)
    wish = {"exam_time": None, "minutes_per_weekday": WEEK, "days_off": [], "block_minutes": 30}
    now = datetime(2026, 3, 6, 9, tzinfo=UTC)
    with pytest.raises(plans.AvailabilityInvalid) as refused:
        plans.change_availability(candidate=candidate, now=now, exam_on=date(2026, 3, 18), **wish)
    assert refused.value.field == "exam_on"
    assert "Thursday 19 March 2026" in str(refused.value)
    plans.change_availability(candidate=candidate, now=now, exam_on=date(2026, 3, 19), **wish)
    report(candidate, sat_on=date(2026, 3, 19), passed=True, percents={}, now=datetime(2026, 3, 20, 9, tzinfo=UTC))
    assert selectors.earliest_retake(candidate, planned.blueprint) is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"sat_on": AFTER.date() + timedelta(days=1)}, "sat_on"),
        ({"sat_on": date(2020, 1, 1)}, "sat_on"),
        ({"percents": {"platform": 50}}, "percent_data"),
        ({"percents": REAL | {"security": 101}}, "percent_security"),
        ({"percents": REAL | {"security": -1}}, "percent_security"),
        ({"percents": REAL | {"cooking": 50}}, "percent_cooking"),
        ({"next_exam_on": date(2026, 2, 20)}, "next_exam_on"),
    ],
)
def test_a_wrong_report_names_its_field_and_changes_nothing(planned, candidate, given, field):
    before = values(newest(candidate))
    with pytest.raises(plans.ReportInvalid) as refused:
        report(candidate, **given)
    assert refused.value.field == field
    assert not ExamReport.objects.exists()
    assert values(newest(candidate)) == before


def test_a_day_is_reported_once(planned, candidate):
    report(candidate)
    with pytest.raises(plans.ReportInvalid) as refused:
        report(candidate, passed=True)
    assert refused.value.field == "sat_on"


def test_the_same_report_twice_is_kept_once(planned, candidate):
    assert report(candidate).pk == report(candidate).pk
    assert EstimateSet.objects.filter(candidate=candidate).count() == 2


def test_nobody_touches_somebody_elses_report(planned, candidate, outsider):
    told = report(candidate)
    with pytest.raises(plans.ReportNotFound):
        report(outsider, report_id=told.pk)
    with pytest.raises(plans.ReportNotFound):
        services.take_exam_back(candidate=outsider, report_id=told.pk, now=AFTER)
    assert ExamReport.objects.get().candidate == candidate


def test_a_report_alone_is_evidence_enough(bank, candidate):
    report(candidate)
    estimates = newest(candidate)
    assert estimates.answer_count == 0
    assert not estimates.has_forecast
    plan = StudyPlan.objects.get()
    assert plan.exam_on is None
    assert selectors.latest_revision(plan).reason == "created"


def test_passing_without_a_plan_makes_none(bank, candidate):
    report(candidate, passed=True, percents={})
    assert not StudyPlan.objects.exists()


def test_the_real_exam_joins_our_record(planned, candidate):
    services.refresh_estimates(candidate_id=candidate.pk, now=datetime(2026, 2, 20, 2, 0, tzinfo=UTC))
    on_the_morning = newest(candidate).forecast.probability
    for night in (21, 22):
        services.refresh_estimates(candidate_id=candidate.pk, now=datetime(2026, 2, night, 2, 0, tzinfo=UTC))
    report(candidate, now=datetime(2026, 2, 22, 9, tzinfo=UTC))
    services.refresh_estimates(candidate_id=candidate.pk, now=datetime(2026, 2, 23, 2, 0, tzinfo=UTC))
    (checked,) = checked_forecasts(candidate)
    assert (checked.is_real, checked.passed, checked.probability) == (True, False, on_the_morning)
    weights = {"platform": 10, "data": 17, "security": 15, "enterprise": 28, "applications": 15, "integrations": 15}
    assert checked.right == round(sum(REAL[code] * weight for code, weight in weights.items()) / 100 * 60 / 100)
    record = forecast_record([checked])
    assert (record.count, record.scored_count, record.real_count) == (1, 1, 1)


def test_a_real_exam_without_figures_counts_as_an_outcome_only(planned, candidate):
    report(candidate, passed=True, percents={})
    (checked,) = checked_forecasts(candidate)
    assert checked.right is None
    assert forecast_record([checked]).scored_count == 0
