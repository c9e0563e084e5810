"""What a mentor sees: only their own candidates, only while they consent, only what they share."""

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import services as people
from accounts.models import Membership, ReportView, User
from analytics import services
from analytics.models import DomainEstimate, EstimateSet, MentorNote
from analytics.selectors.cohorts import attention_for, cohort_overview
from analytics.selectors.reports import report_of
from questions.models import Misconception, Option
from study_plans import services as plans
from study_plans.models import Block, StudyPlan
from tests.analytics.conftest import days_ago
from tests.analytics.sittings import drill, mock, share

REPORT_ADDRESSES = ["analytics:report_show", "analytics:report_export", "api_report_show"]
COHORT_ADDRESSES = ["analytics:cohort_show", "analytics:cohort_export", "api_cohort_detail"]


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def address(name: str, membership) -> str:
    args = [membership.cohort_id]
    if "report" in name or "note" in name:
        args.append(membership.candidate_id)
    return reverse(name, args=args)


@pytest.mark.parametrize("name", REPORT_ADDRESSES + COHORT_ADDRESSES)
def test_mentors_pages_work(sat, membership, mentor, signed_in, name):
    assert signed_in(mentor).get(address(name, membership)).status_code == 200


@pytest.mark.parametrize("name", REPORT_ADDRESSES + COHORT_ADDRESSES)
def test_mentors_pages_work_before_any_answer(bank, membership, mentor, signed_in, name):
    assert signed_in(mentor).get(address(name, membership)).status_code == 200


@pytest.mark.parametrize("name", REPORT_ADDRESSES + COHORT_ADDRESSES)
@pytest.mark.parametrize("who", ["outsider", "other_candidate", "candidate", "author"])
def test_nobody_else_finds_them(bank, membership, request, signed_in, name, who):
    assert signed_in(request.getfixturevalue(who)).get(address(name, membership)).status_code == 404
    assert not ReportView.objects.exists()


@pytest.mark.parametrize("name", REPORT_ADDRESSES)
def test_a_mentor_of_another_cohort_finds_nothing(bank, membership, outsider, signed_in, name):
    """Their own cohort's id with somebody else's candidate, and the other way round."""
    own = people.create_cohort(mentor=outsider, name="Other")
    page = signed_in(outsider)
    assert page.get(reverse(name, args=[own.pk, membership.candidate_id])).status_code == 404
    assert page.get(reverse(name, args=[membership.cohort_id, membership.candidate_id])).status_code == 404


@pytest.mark.parametrize("name", REPORT_ADDRESSES)
def test_access_ends_the_moment_the_candidate_leaves(bank, membership, mentor, signed_in, name):
    page = signed_in(mentor)
    assert page.get(address(name, membership)).status_code == 200
    people.leave_cohort(membership=membership, now=timezone.now())
    assert page.get(address(name, membership)).status_code == 404
    assert "Amara" not in page.get(address("analytics:cohort_show", membership)).content.decode()


@pytest.mark.parametrize("name", REPORT_ADDRESSES + COHORT_ADDRESSES)
def test_access_ends_when_the_cohort_closes(bank, membership, mentor, signed_in, name):
    people.close_cohort(cohort=membership.cohort, now=timezone.now())
    assert signed_in(mentor).get(address(name, membership)).status_code == 404


@pytest.mark.parametrize("name", REPORT_ADDRESSES)
def test_an_ex_mentor_finds_nothing(bank, membership, mentor, outsider, signed_in, name):
    membership.cohort.mentor = outsider
    membership.cohort.save()
    assert signed_in(mentor).get(address(name, membership)).status_code == 404


@pytest.mark.parametrize("name", REPORT_ADDRESSES)
def test_every_look_at_a_report_is_noted(bank, membership, mentor, signed_in, name):
    signed_in(mentor).get(address(name, membership))
    assert ReportView.objects.get().membership == membership


def test_the_report_shows_ranges_trend_and_forecasts_before_each_mock(sat, membership, mentor, signed_in):
    answer = signed_in(mentor).get(address("analytics:report_show", membership))
    shown = text(answer)
    assert shown.split("Sittings")[0].count("% of the exam") == 6
    assert re.search(r"Mock exam 2 .* \d+% \(\d+–\d+\)", shown)
    assert "none yet" in shown
    assert "chance of passing" in shown
    assert answer.content.decode().count("After each sitting:") == 6
    assert " style=" not in answer.content.decode()


def test_what_is_not_shared_is_not_there(sat, membership, mentor, signed_in, api):
    people.share_with_cohort(membership=membership, shares_mocks=False, shares_plan=False)
    shown = text(signed_in(mentor).get(address("analytics:report_show", membership)))
    assert "Mock results are not shared" in shown
    assert "The plan is not shared" in shown
    assert "Mock exam" not in shown.replace("A mock exam", "")
    assert "chance of passing" not in shown
    body = api(mentor).get(address("api_report_show", membership)).json()
    assert (body["forecast"], body["sittings"], body["plan"], body["mock_count"]) == (None, None, None, 0)
    assert {point["sitting"] for line in body["domains"] for point in line["trend"]} == {""}
    heat = text(signed_in(mentor).get(address("analytics:cohort_show", membership)))
    assert heat.count("not shared") == 2


def test_a_report_tells_no_email_no_rule_and_no_answer(sat, membership, mentor, signed_in, api):
    missed = sat.attempts.first().questions.filter(is_correct=False).first()
    services.note_mistake(candidate=sat, attempt_question_id=missed.pk, now=timezone.now(), rule="MY OWN RULE")
    secrets = [sat.email, "MY OWN RULE", missed.question_version.question.slug, "RATIONALE"]
    for name in REPORT_ADDRESSES + COHORT_ADDRESSES:
        body = signed_in(mentor).get(address(name, membership)).content.decode()
        assert not [secret for secret in secrets if secret in body], name


def test_report_fields_are_an_allow_list(sat, membership, mentor, api):
    body = api(mentor).get(address("api_report_show", membership)).json()
    assert set(body) == {
        "candidate_id", "name", "cohort_id", "cohort", "computed_at", "last_answer_at", "answer_count", "mock_count",
        "pass_percent", "domains", "topics", "confusions", "shares_mocks", "shares_plan", "forecast", "sittings",
        "plan", "outcomes",
    }  # fmt: skip
    assert set(body["domains"][0]) == {
        "code", "name", "weight_percent", "mastery", "low", "high", "weakness", "answers", "label", "marks_to_win",
        "trend",
    }  # fmt: skip
    assert [line["code"] for line in body["domains"]] == [
        "platform", "data", "security", "enterprise", "applications", "integrations",
    ]  # fmt: skip


def test_a_name_cannot_become_a_formula_or_a_script(sat, membership, mentor, signed_in):
    User.objects.filter(pk=sat.pk).update(display_name='=HYPERLINK("http://evil")<script>alert(1)</script>')
    page = signed_in(mentor)
    for name in ("analytics:report_export", "analytics:cohort_export"):
        rows = list(csv.reader(io.StringIO(page.get(address(name, membership)).content.decode("utf-8-sig"))))
        assert all(row[0].startswith("'=") for row in rows[1:])
    for name in ("analytics:report_show", "analytics:cohort_show"):
        assert "<script>alert" not in page.get(address(name, membership)).content.decode()


def test_the_csv_has_a_row_for_each_domain_and_topic(sat, membership, mentor, signed_in):
    answer = signed_in(mentor).get(address("analytics:report_export", membership))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["part"] for row in rows].count("domain") == 6
    assert len(rows) == 24
    assert all(float(row["low"]) <= float(row["expected %"]) <= float(row["high"]) for row in rows)


def test_the_mentor_writes_a_note_with_a_suggestion(sat, membership, mentor, signed_in):
    page = signed_in(mentor)
    where = address("analytics:note_write", membership)
    assert page.post(where, {"text": "Mind Shield.", "suggestion": "drill:enterprise-1"}).status_code == 302
    note = MentorNote.objects.get()
    assert (note.text, note.suggestion, note.topic.code) == ("Mind Shield.", "drill", "enterprise-1")
    assert "Mind Shield." in text(page.get(address("analytics:report_show", membership)))


@pytest.mark.parametrize("fields", [{}, {"text": " "}, {"text": "x", "suggestion": "drill:cooking"}])
def test_a_note_that_says_nothing_or_nonsense_is_refused(bank, membership, mentor, signed_in, fields):
    answer = signed_in(mentor).post(address("analytics:note_write", membership), fields)
    assert answer.status_code == 422
    assert not MentorNote.objects.exists()


def test_nobody_else_writes_notes(bank, membership, outsider, signed_in):
    assert signed_in(outsider).post(address("analytics:note_write", membership), {"text": "Hi"}).status_code == 404
    assert not MentorNote.objects.exists()


def test_the_candidate_sees_what_the_mentor_sees(sat, membership, outsider, signed_in):
    where = reverse("analytics:shared_report_show", args=[membership.pk])
    shown = text(signed_in(sat).get(where))
    assert "what Jordan Lee sees of you" in shown
    assert "Domain report" in shown
    assert not ReportView.objects.exists()
    assert signed_in(outsider).get(where).status_code == 404


# --- Who needs a talk -------------------------------------------------------------------------------------------------


def attention(membership):
    return cohort_overview(membership.cohort, now=timezone.now()).members[0].attention


def test_a_candidate_with_an_exam_at_hand_and_little_chance_is_at_risk(sat, membership):
    StudyPlan.objects.filter(candidate=sat).update(exam_on=(timezone.now() + timedelta(days=10)).date())
    found = attention(membership)
    assert found.kind == "at_risk"
    assert "Chance of passing" in found.reason


def test_risk_is_not_told_from_what_is_not_shared(sat, membership):
    StudyPlan.objects.filter(candidate=sat).update(exam_on=(timezone.now() + timedelta(days=10)).date())
    people.share_with_cohort(membership=membership, shares_mocks=True, shares_plan=False)
    found = attention(membership)
    assert found is None or found.kind != "at_risk"


def test_a_candidate_without_answers_has_not_started(bank, membership):
    assert attention(membership).kind == "not_started"


def test_somebody_who_just_joined_is_left_in_peace(bank, membership):
    membership.consented_at = days_ago(1)
    membership.save()
    assert attention(membership) is None


def test_a_silent_candidate_is_away(bank, candidate, membership):
    people.share_with_cohort(membership=membership, shares_mocks=True, shares_plan=False)
    mock(candidate, share(90), now=days_ago(9))
    services.analyse_candidate(candidate_id=candidate.pk, now=days_ago(8.9))
    services.refresh_estimates(candidate_id=candidate.pk, now=timezone.now())
    found = attention(membership)
    assert (found.kind, found.reason) == ("away", "No answers for 8 days.")


def test_a_falling_candidate_is_named_with_the_domain(bank, candidate, membership):
    people.share_with_cohort(membership=membership, shares_mocks=True, shares_plan=False)
    for days, percent in ((6, 95), (4, 60), (2, 10)):
        mock(candidate, share(percent), now=days_ago(days), seed=days)
        services.analyse_candidate(candidate_id=candidate.pk, now=days_ago(days - 0.1))
    found = attention(membership)
    assert found.kind == "falling"
    assert re.search(r"fell by \d+ points over the last sittings, to \d+% \(\d+ to \d+, n \d+\)\.", found.reason)


def test_a_stalled_domain_is_named(sat, membership):
    """Thirty more answers over three sittings, and a clear weakness hardly moved."""
    report = report_of(membership, now=timezone.now())
    line = next(line for line in report.domains if line.code == "enterprise")
    trend = tuple(replace(line.trend[0], mastery=50.0 + n, answers=20 + 15 * n) for n in range(3))
    stalled = replace(line, mastery=52.0, answers=50, label="weak", trend=trend)
    report = replace(report, domains=(stalled,), plan=None)
    found = attention_for(membership, report, now=timezone.now())
    assert found.kind == "stalled"
    assert found.reason.startswith("Heroku Enterprise stays at 52%")
    assert "after 30 more answers" in found.reason
    moved = replace(report, domains=(replace(stalled, mastery=56.0),))
    assert attention_for(membership, moved, now=timezone.now()) is None


def test_few_answers_get_no_colour(sat, membership, mentor, signed_in):
    DomainEstimate.objects.filter(domain__code="data").update(answer_count=9)
    html = signed_in(mentor).get(address("analytics:cohort_show", membership)).content.decode()
    assert html.count("heat-cell heat-none") == 1


def test_a_pair_that_two_mix_up_is_named(bank, candidate, other_candidate, membership):
    pair = Misconception.objects.create(exam_code="heroku-architect", code="a-b", name="A ↔ B", left={}, right={})
    versions = [question.current_version_id for question in bank.questions[:3]]
    Option.objects.filter(version__in=versions, is_key=False).update(misconception=pair)
    people.accept_invitation(
        candidate=other_candidate,
        token=membership.cohort.invitation_token,
        shares_mocks=True,
        shares_plan=True,
        now=days_ago(5),
    )
    for person in (candidate, other_candidate):
        drill(person, versions, lambda row: False, now=days_ago(1))
    (shared,) = cohort_overview(membership.cohort, now=timezone.now()).confusions
    assert (shared.code, shared.candidates, shared.wrong, shared.answers) == ("a-b", 2, 6, 6)


def test_a_pair_mixed_up_once_is_not_told(bank, candidate, membership):
    """One chosen distractor is a single answer, and single answers are not shared."""
    pair = Misconception.objects.create(exam_code="heroku-architect", code="a-b", name="A ↔ B", left={}, right={})
    version = bank.questions[0].current_version_id
    Option.objects.filter(version=version, is_key=False).update(misconception=pair)
    drill(candidate, [version], lambda row: False, now=days_ago(1))
    assert report_of(membership, now=timezone.now()).confusions == ()


def test_the_forecast_before_a_mock_is_the_one_of_then(sat, membership):
    report = report_of(membership, now=timezone.now())
    second, first = report.sittings
    assert first.before is None
    baseline = EstimateSet.objects.filter(candidate=sat).order_by("as_of").first()
    assert second.before.probability == baseline.forecast.probability


@pytest.fixture
def planned(sat, membership) -> Block:
    """A block of the coming days, and the address that pins it."""
    return Block.objects.filter(
        plan__candidate=sat, state=Block.State.PLANNED, day__gte=timezone.now().date(), day__lte=days_ago(-5).date()
    ).exclude(kind=Block.Kind.REST)[0]


def pin_address(membership, block) -> str:
    return reverse("analytics:block_pin", args=[membership.cohort_id, membership.candidate_id, block.pk])


def test_a_mentor_pins_a_block_and_the_candidate_is_told(planned, membership, mentor, signed_in):
    page = signed_in(mentor)
    assert page.post(pin_address(membership, planned)).status_code == 302
    planned.refresh_from_db()
    assert planned.is_pinned
    assert "I pinned a block of your plan" in MentorNote.objects.get().text
    assert "pinned" in text(page.get(address("analytics:report_show", membership)))
    assert "I pinned a block" in text(signed_in(membership.candidate).get(reverse("analytics:today_show")))
    page.post(pin_address(membership, planned), {"back": "1"})
    planned.refresh_from_db()
    assert not planned.is_pinned


def test_no_block_is_pinned_where_the_plan_is_not_shared(planned, membership, mentor, outsider, signed_in):
    assert signed_in(outsider).post(pin_address(membership, planned)).status_code == 404
    Membership.objects.filter(pk=membership.pk).update(shares_plan=False)
    assert signed_in(mentor).post(pin_address(membership, planned)).status_code == 404
    planned.refresh_from_db()
    assert not planned.is_pinned
    assert not MentorNote.objects.exists()


def test_a_block_that_is_done_is_not_pinned(planned, membership, mentor, signed_in):
    Block.objects.filter(pk=planned.pk).update(state=Block.State.DONE, done_at=timezone.now())
    assert "This block is done" in text(signed_in(mentor).post(pin_address(membership, planned), follow=True))
    assert not MentorNote.objects.exists()


def test_a_block_of_somebody_else_is_not_found(planned, membership, mentor, other_candidate, signed_in):
    plans.create_plan(candidate=other_candidate, now=timezone.now())
    foreign = Block.objects.filter(plan__candidate=other_candidate).exclude(kind=Block.Kind.REST)[0]
    assert signed_in(mentor).post(pin_address(membership, foreign)).status_code == 404
