"""After the exam, on pages: how it went, its correction, the journal, and what a mentor sees of it."""

import json
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import services as people
from analytics import services
from analytics.forms import OutcomeForm
from analytics.models import MistakeNote
from exams.models import AttemptQuestion
from study_plans import selectors
from study_plans import services as plans
from study_plans.models import ExamReport, StudyPlan
from tests.analytics.sittings import mock, share
from tests.study_plans.people import WEEK

REAL = {"platform": 83, "data": 70, "security": 33, "enterprise": 65, "applications": 78, "integrations": 56}
PAGE = "/exam-day/"


@pytest.fixture
def today(candidate):
    return selectors.local_day(candidate, timezone.now())


@pytest.fixture
def over(bank, candidate, today) -> StudyPlan:
    """A plan whose exam was yesterday, with a mock three weeks ago."""
    bank.blueprint.retake_after_days = [14]
    bank.blueprint.save()
    long_ago = timezone.now() - timedelta(days=21)
    wish = {"exam_time": None, "minutes_per_weekday": WEEK, "days_off": [], "block_minutes": 30}
    plans.change_availability(candidate=candidate, now=long_ago, exam_on=today - timedelta(days=1), **wish)
    mock(candidate, share(70), now=long_ago)
    services.analyse_candidate(candidate_id=candidate.pk, now=long_ago + timedelta(hours=2))
    return StudyPlan.objects.get()


@pytest.fixture
def own(candidate, signed_in):
    return signed_in(candidate)


def given(outcome: str, sat_on, percents=None, **more):
    figures = {f"percent_{code}": str(percent) for code, percent in (percents or {}).items()}
    return {"outcome": outcome, "sat_on": sat_on.isoformat() if sat_on else "", **figures, **more}


def test_the_app_asks_how_it_went(over, own):
    assert "How did your exam go?" in own.get(reverse("study_plans:plan_show")).content.decode()
    assert "How did your exam go, Amara?" in own.get(reverse("analytics:today_show")).content.decode()
    assert over.exam_on.isoformat() in own.get(PAGE).content.decode()


def test_on_the_exam_day_nothing_else_is_asked(bank, candidate, own, today):
    wish = {"exam_time": None, "minutes_per_weekday": WEEK, "days_off": [], "block_minutes": 30}
    plans.change_availability(candidate=candidate, now=timezone.now() - timedelta(days=5), exam_on=today, **wish)
    assert "Your exam is today, Amara" in own.get(reverse("analytics:today_show")).content.decode()
    assert "Your exam is today" in own.get(reverse("study_plans:plan_show")).content.decode()


def test_not_passing_works(over, candidate, own, today):
    next_on = today + timedelta(days=40)
    answer = own.post(PAGE, given("failed", over.exam_on, REAL, next_exam_on=next_on.isoformat()), follow=True)
    text = answer.content.decode()
    assert "The plan starts again from what your exam said." in text
    assert "The next try is possible from" in text
    assert ExamReport.objects.get().percents == REAL
    assert StudyPlan.objects.get().exam_on == next_on
    assert "because of what your exam said" in own.get(reverse("study_plans:plan_show")).content.decode()


def test_the_weakness_page_says_what_it_rests_on(over, own):
    own.post(PAGE, given("failed", over.exam_on, REAL))
    text = own.get(reverse("analytics:weakness_show")).content.decode()
    assert "from 60 answers in 1 mock, and the report of your real exam" in text


def test_not_passing_without_a_next_day_plans_on(over, own):
    own.post(PAGE, given("failed", over.exam_on))
    plan = StudyPlan.objects.get()
    assert plan.exam_on is None
    assert "The next try is possible from" in own.get(reverse("study_plans:plan_show")).content.decode()
    assert "the next one may be sat from" in own.get(reverse("study_plans:plan_setup")).content.decode()


def test_passing_leads_to_the_journal(over, own):
    answer = own.post(PAGE, given("passed", over.exam_on), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("analytics:journey_show")
    assert "You passed, Amara" in answer.content.decode()
    assert "You passed, Amara" in own.get(reverse("analytics:today_show")).content.decode()
    assert "You passed on" in own.get(reverse("study_plans:plan_show")).content.decode()


def test_a_moved_exam_moves_the_plan(over, own, today):
    next_on = today + timedelta(days=30)
    own.post(PAGE, given("moved", None, next_exam_on=next_on.isoformat()))
    assert StudyPlan.objects.get().exam_on == next_on
    assert not ExamReport.objects.exists()
    own.post(PAGE, given("moved", None))
    assert StudyPlan.objects.get().exam_on is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"outcome": ""}, "outcome"),
        ({"sat_on": ""}, "sat_on"),
        ({"sat_on": "2999-01-01"}, "sat_on"),
        ({"sat_on": "soon"}, "sat_on"),
        ({"percent_security": "101"}, "percent_security"),
        ({"percent_security": "-3"}, "percent_security"),
        ({"percent_security": "half"}, "percent_security"),
        ({"percent_security": ""}, "percent_security"),
        ({"next_exam_on": "2020-01-01"}, "next_exam_on"),
    ],
)
def test_the_page_names_the_wrong_field(over, own, change, field):
    answer = own.post(PAGE, given("failed", over.exam_on, REAL) | change)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not ExamReport.objects.exists()


def test_a_next_day_within_the_waiting_period_is_refused(over, own, today):
    soon = today + timedelta(days=3)
    answer = own.post(PAGE, given("failed", over.exam_on, REAL, next_exam_on=soon.isoformat()))
    assert list(answer.context["form"].errors) == ["next_exam_on"]
    assert not ExamReport.objects.exists()


def test_figures_above_the_pass_mark_are_doubted(over, own):
    answer = own.post(PAGE, given("failed", over.exam_on, dict.fromkeys(REAL, 90)), follow=True)
    assert "look whether one of them is mistyped" in answer.content.decode()


def test_a_report_is_corrected_and_taken_back(over, own):
    own.post(PAGE, given("failed", over.exam_on, REAL | {"security": 3}))
    report = ExamReport.objects.get()
    address = reverse("analytics:outcome_correct", args=[report.pk])
    assert 'value="3"' in own.get(address).content.decode()
    own.post(address, given("failed", over.exam_on, REAL))
    assert ExamReport.objects.get().percents == REAL
    own.post(reverse("analytics:outcome_take_back", args=[report.pk]))
    assert not ExamReport.objects.exists()
    assert "How did your exam go?" in own.get(reverse("study_plans:plan_show")).content.decode()


def test_strangers_find_no_report(over, own, signed_in, outsider):
    own.post(PAGE, given("failed", over.exam_on, REAL))
    report = ExamReport.objects.get()
    for name in ("outcome_correct", "outcome_take_back"):
        for pk in (report.pk, uuid.UUID(int=3)):
            answer = signed_in(outsider).post(reverse(f"analytics:{name}", args=[pk]), given("passed", over.exam_on))
            assert answer.status_code == 404
    assert ExamReport.objects.get().passed is False


def test_the_journal_holds_the_way(over, candidate, own, today):
    missed = AttemptQuestion.objects.filter(attempt__candidate=candidate, is_correct=False).first()
    MistakeNote.objects.create(
        attempt_question=missed, rule="A, not B, because", resolved_at=timezone.now(), updated_at=timezone.now()
    )
    block = over.blocks.exclude(kind="rest").order_by("day").first()
    plans.complete_block(plan_owner=candidate, block_id=block.pk, now=timezone.now() - timedelta(days=20))
    own.post(PAGE, given("passed", over.exam_on, REAL))
    text = own.get(reverse("analytics:journey_show")).content.decode()
    for part in ("Weakness over time", "Mock exam 1", "The real exam", "A, not B, because", "Hours"):
        assert part in text, part
    answer = own.get(reverse("analytics:journey_export"))
    assert "attachment" in answer["Content-Disposition"]
    body = json.loads(answer.content)
    assert body["exams"] == [
        {"sat_on": over.exam_on.isoformat(), "passed": True, "percents": REAL, "overall_percent": pytest.approx(63.45)}
    ]
    assert (len(body["sittings"]), len(body["standings"]), body["minutes"]) == (1, 1, block.minutes)
    assert body["forecasts"][0]["is_real"] is True
    assert body["rules"][0]["rule"] == "A, not B, because"
    wrong = AttemptQuestion.objects.filter(attempt__candidate=candidate, is_correct=False).count()
    assert (body["mistakes_made"], body["mistakes_resolved"]) == (wrong, 1)


def test_an_empty_journal_says_so(bank, own):
    assert "Your journal writes itself" in own.get(reverse("analytics:journey_show")).content.decode()


def test_no_summary_is_sent_after_the_exam(over, candidate):
    StudyPlan.objects.update(sends_summary=True, reminder_hour=7)
    monday = timezone.now().replace(hour=9) + timedelta(days=(7 - timezone.now().weekday()))
    assert plans.send_summary(candidate=candidate, now=monday) is False


# Mentors.


@pytest.fixture
def membership(candidate, mentor):
    cohort = people.create_cohort(mentor=mentor, name="Winter")
    return people.accept_invitation(
        candidate=candidate, token=cohort.invitation_token, shares_mocks=True, shares_plan=True, now=timezone.now()
    )


def report_address(membership):
    return reverse("analytics:report_show", args=[membership.cohort_id, membership.candidate_id])


def test_a_mentor_sees_the_outcome_only_if_it_is_shared(over, own, membership, signed_in, mentor, api):
    own.post(PAGE, given("failed", over.exam_on, REAL))
    page, address = signed_in(mentor), report_address(membership)
    hidden = page.get(address).content.decode()
    assert "not passed, about 63%" not in hidden
    assert "what your exam said" not in hidden
    api_address = f"/api/v1/cohorts/{membership.cohort_id}/candidates/{membership.candidate_id}/report/"
    assert api(mentor).get(api_address).json()["outcomes"] is None
    people.share_with_cohort(membership=membership, shares_mocks=True, shares_plan=True, shares_outcome=True)
    assert "not passed, about 63%" in page.get(address).content.decode()
    (told,) = api(mentor).get(api_address).json()["outcomes"]
    assert (told["passed"], round(told["overall_percent"])) == (False, 63)


def test_a_mentor_sees_what_changed_in_a_shared_plan_and_why(over, candidate, membership, signed_in, mentor, today):
    wish = {"exam_time": None, "minutes_per_weekday": [30] * 7, "days_off": [], "block_minutes": 30}
    plans.change_availability(candidate=candidate, now=timezone.now(), exam_on=today + timedelta(days=30), **wish)
    row = selectors.latest_revision(over).diff[0]
    text = signed_in(mentor).get(report_address(membership)).content.decode()
    assert "What changed, as they read it" in text
    assert row["title"] in text
    people.share_with_cohort(membership=membership, shares_mocks=True, shares_plan=False)
    assert "What changed, as they read it" not in signed_in(mentor).get(report_address(membership)).content.decode()


def test_an_earlier_report_fills_the_form(over, own, bank):
    own.post(PAGE, given("failed", over.exam_on, REAL))
    values = OutcomeForm.values_of(ExamReport.objects.get(), None)
    assert values["percent_security"] == 33
    assert values["outcome"] == "failed"


def test_who_passed_is_shown_no_forecast_any_more(sat, signed_in):
    client = signed_in(sat)
    assert "If you sat the exam today" in client.get(reverse("analytics:today_show")).content.decode()
    services.report_exam(
        candidate=sat, now=timezone.now(), sat_on=selectors.local_day(sat, timezone.now()), passed=True, percents={}
    )
    today = client.get(reverse("analytics:today_show")).content.decode()
    assert "You passed" in today
    assert "If you sat the exam today" not in today
    assert "Where a minute is worth most" not in today
    weakness = client.get(reverse("analytics:weakness_show")).content.decode()
    assert "so we forecast no more" in weakness
    assert "At your present pace" not in weakness
    assert "nothing left to win" in weakness
