"""The API of estimates: ranges, sample sizes and moments, and only one's own."""

import pytest
from django.urls import reverse
from django.utils import timezone

from analytics import services
from analytics.selectors import current_estimates
from exams.models import AttemptQuestion
from tests.analytics.conftest import days_ago
from tests.analytics.sittings import drill, mock, share

OWN = ["api_weakness_show", "api_readiness_show", "api_mistake_list", "api_cohort_list"]


@pytest.mark.parametrize("name", OWN)
def test_it_works_before_any_answer(bank, candidate, api, name):
    answer = api(candidate).get(reverse(name))
    assert answer.status_code == 200


@pytest.mark.parametrize("name", OWN)
def test_it_asks_for_sign_in(bank, api, name):
    answer = api(None).get(reverse(name))
    assert answer.status_code in (401, 403)
    assert {"code", "detail"} <= set(answer.json())


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_only_reads(bank, candidate, api, name, method):
    assert getattr(api(candidate), method)(reverse(name), {"weakness": 0}, format="json").status_code == 405


def test_weakness_tells_range_sample_and_moment(sat, api):
    body = api(sat).get(reverse("api_weakness_show")).json()
    estimates = current_estimates(sat)
    assert body["computed_at"] is not None
    assert (body["is_waiting"], body["answer_count"], body["mock_count"]) == (False, 120, 2)
    assert (body["pass_percent"], body["target_percent"]) == (72, 80)
    assert len(body["domains"]) == 6
    assert len(body["topics"]) == 18
    for row in body["domains"]:
        assert 0 <= row["low_percent"] <= row["expected_percent"] <= row["high_percent"] <= 100
        assert 0 <= row["weakness_low"] <= row["weakness"] <= row["weakness_high"] <= 100
        assert row["marks_to_win"] == pytest.approx(row["weight_percent"] * row["shortfall_points"] / 100)
    marks = [row["marks_to_win"] for row in body["domains"]]
    assert marks == sorted(marks, reverse=True)
    assert sum(row["answer_count"] for row in body["domains"]) == estimates.forecast.answer_count


def test_readiness_tells_the_chance_with_its_range(sat, api):
    body = api(sat).get(reverse("api_readiness_show")).json()
    assert 0.02 <= body["probability_low"] <= body["probability"] <= body["probability_high"] <= 0.98
    assert body["score"]["low"] <= body["score"]["expected"] <= body["score"]["high"]
    assert (body["score"]["pass_score"], body["score"]["scored_count"], body["goal"]) == (44, 60, 0.8)
    assert [move["minutes"] for move in body["moves"]] == [120] * 6
    gains = [move["gain"] for move in body["moves"]]
    assert gains == sorted(gains, reverse=True)


def test_readiness_says_nothing_before_a_mock(bank, candidate, api):
    drill(candidate, [q.current_version_id for q in bank.questions[:10]], share(50), now=days_ago(1))
    services.analyse_candidate(candidate_id=candidate.pk, now=timezone.now())
    body = api(candidate).get(reverse("api_readiness_show")).json()
    assert (body["probability"], body["score"], body["moves"], body["answer_count"]) == (None, None, [], 10)


def test_a_finished_attempt_shows_as_waiting(sat, api):
    mock(sat, share(50), now=days_ago(0.1), seed=5)
    assert api(sat).get(reverse("api_weakness_show")).json()["is_waiting"]
    services.analyse_candidate(candidate_id=sat.pk, now=timezone.now())
    assert not api(sat).get(reverse("api_weakness_show")).json()["is_waiting"]


def test_mistakes_are_listed_with_their_place(sat, api):
    body = api(sat).get(reverse("api_mistake_list")).json()
    assert body["count"] == len(body["mistakes"]) > 0
    first = body["mistakes"][0]
    attempt = sat.attempts.get(pk=first["attempt_id"])
    answer = attempt.questions.get(position=first["position"])
    assert answer.is_correct is False
    assert answer.question_version.question.slug == first["question"]
    assert first["times_missed"] == sum(
        row.is_correct is False
        for row in AttemptQuestion.objects.filter(attempt__candidate=sat, question_version=answer.question_version)
    )
    assert (first["right_days"], first["reason"], first["rule"]) == (0, "", "")


def test_nobody_sees_anybody_elses(sat, outsider, api):
    assert api(outsider).get(reverse("api_weakness_show")).json()["domains"] == []
    assert api(outsider).get(reverse("api_readiness_show")).json()["answer_count"] == 0
    assert api(outsider).get(reverse("api_mistake_list")).json()["count"] == 0
    assert api(outsider).get(reverse("api_cohort_list")).json() == []


def test_a_mentor_lists_their_cohorts(membership, mentor, api):
    (cohort,) = api(mentor).get(reverse("api_cohort_list")).json()
    assert (cohort["id"], cohort["name"], cohort["member_count"]) == (str(membership.cohort_id), "Autumn", 1)


def test_a_cohort_tells_each_candidate_with_attention(bank, membership, mentor, api):
    body = api(mentor).get(reverse("api_cohort_detail", args=[membership.cohort_id])).json()
    (member,) = body["members"]
    assert (member["name"], member["answer_count"], member["attention"]["kind"]) == ("Amara Okafor", 0, "not_started")
