"""The first map: chosen answer by answer, ended by a rule, and no forecast."""

from collections import Counter
from datetime import timedelta

import numpy as np
import pytest
from django.urls import reverse

from accounts.models import User
from analytics import services
from analytics.models import ReadinessForecast
from analytics.selectors import current_estimates
from analytics.selectors.choosing import exposure_of
from exams import services as exams
from exams.models import Attempt, AttemptQuestion
from questions.models import Question
from study_plans.models import StudyPlan
from tests.analytics.sittings import START, Rule
from tests.exams.conftest import keys_of, save, wrong_of

RNG = np.random.default_rng


def begin(candidate: User, seed: int = 1) -> Attempt:
    return services.start_diagnostic(candidate=candidate, now=START, rng=RNG(seed))


def answer(attempt: Attempt, position: int, *, right: bool = True) -> None:
    row = attempt.questions.select_related("question_version").get(position=position)
    save(attempt, position, keys_of(row) if right else wrong_of(row), START + timedelta(minutes=position))


def ask(attempt: Attempt, after: int, seed: int = 1) -> AttemptQuestion | None:
    return services.serve_next_in_map(
        attempt_id=attempt.pk,
        candidate=attempt.candidate,
        after=after,
        now=START + timedelta(minutes=after),
        rng=RNG(seed),
    )


def go_through(attempt: Attempt, is_right: Rule, seed: int = 1) -> int:
    """Answers until the rule ends it; how many questions that took."""
    position = 1
    while True:
        row = attempt.questions.select_related("question_version__question__domain").get(position=position)
        answer(attempt, position, right=bool(is_right(row)))
        if ask(attempt, position, seed + position) is None:
            return position
        position += 1


def test_a_first_map_works(bank, candidate):
    attempt = begin(candidate)
    assert (attempt.kind, attempt.is_adaptive, attempt.is_tutored) == ("diagnostic", True, False)
    assert (attempt.questions.count(), attempt.question_target, attempt.deadline_at) == (1, 30, None)
    count = go_through(attempt, lambda row: row.position % 2 == 0)
    attempt.refresh_from_db()
    assert 20 <= count <= 30
    assert attempt.question_target == count == attempt.questions.count()
    asked = list(attempt.questions.values_list("question_version__question__domain__code", flat=True))
    domains = Counter(asked)
    assert len(domains) == 6
    assert abs(domains["enterprise"] - 0.28 * count) < 1.5
    assert min(domains.values()) >= 2
    assert list(attempt.questions.values_list("position", flat=True)) == list(range(1, count + 1))


def test_a_clear_case_ends_earlier(bank, candidate, other_candidate):
    clear = go_through(begin(candidate), lambda row: True)
    close = go_through(begin(other_candidate), lambda row: row.position % 3 > 0)
    assert clear == 20 < close


def test_harder_questions_follow_right_answers(bank, candidate, other_candidate):
    Question.objects.update(difficulty_variance=0.05)
    for number, question in enumerate(Question.objects.filter(is_pilot=False)):
        Question.objects.filter(pk=question.pk).update(difficulty=-2.0 + 4.0 * (number % 20) / 19)
    mean = {}
    for person, is_right in ((candidate, True), (other_candidate, False)):
        attempt = begin(person)
        go_through(attempt, lambda row, is_right=is_right: is_right)
        later = attempt.questions.filter(position__gt=10)
        mean[is_right] = np.mean(later.values_list("question_version__question__difficulty", flat=True))
    assert mean[True] - mean[False] > 0.5


def test_asking_twice_gives_the_same_question(bank, candidate):
    attempt = begin(candidate)
    answer(attempt, 1)
    first, second = ask(attempt, 1, seed=3), ask(attempt, 1, seed=4)
    assert first is not None
    assert first == second
    assert attempt.questions.count() == 2


def test_the_end_is_settled_although_an_answer_changes(bank, candidate):
    attempt = begin(candidate)
    count = go_through(attempt, lambda row: True)
    row = attempt.questions.select_related("question_version").get(position=1)
    save(attempt, 1, wrong_of(row), START + timedelta(hours=1), base_revision=1)
    assert ask(attempt, count) is None
    assert attempt.questions.count() == count


def test_without_an_answer_nothing_is_chosen(bank, candidate):
    attempt = begin(candidate)
    with pytest.raises(exams.AnswerMissing):
        ask(attempt, 1)
    assert attempt.questions.count() == 1


@pytest.mark.parametrize("after", [0, 2, 99])
def test_a_place_that_is_not_there_is_refused(bank, candidate, after):
    attempt = begin(candidate)
    with pytest.raises(exams.AnswerInvalid) as refused:
        ask(attempt, after)
    assert refused.value.field == "after"


def test_an_ended_map_does_not_grow(bank, candidate):
    attempt = begin(candidate)
    answer(attempt, 1)
    exams.submit_attempt(attempt_id=attempt.pk, candidate=candidate, now=START + timedelta(hours=1))
    with pytest.raises(exams.AttemptClosed):
        ask(attempt, 1)


def test_a_drill_does_not_grow(bank, candidate):
    from analytics.selectors.practice import PracticeWish

    drill = services.start_drill(candidate=candidate, wish=PracticeWish(count=5), now=START, rng=RNG(1))
    with pytest.raises(exams.SittingNotAdaptive):
        ask(drill, 1)


def test_look_alikes_never_meet_in_a_map(bank, candidate):
    Question.objects.filter(domain__code="enterprise").update(look_alikes=["copies"])
    attempt = begin(candidate)
    go_through(attempt, lambda row: True)
    assert attempt.questions.filter(question_version__question__domain__code="enterprise").count() == 1


def test_worn_questions_rest(bank, candidate):
    """Twenty maps begin with one question: the next maps begin with others."""
    question = Question.objects.filter(is_pilot=False, domain__code="enterprise").first()
    for _ in range(20):
        exams.start_sitting(
            candidate=candidate,
            kind="diagnostic",
            version_ids=[question.current_version_id],
            now=START - timedelta(days=30),
            rng=RNG(1),
            focus={},
            is_tutored=False,
            question_target=1,
        )
    assert exposure_of("diagnostic") == {question.pk: 1.0}
    firsts = {begin(candidate, seed).questions.get().question_version.question_id for seed in range(3)}
    assert question.pk not in firsts


def test_a_map_seeds_the_plan_and_is_no_forecast(bank, candidate, signed_in):
    attempt = begin(candidate)
    go_through(attempt, lambda row: row.question_version.question.domain.code != "data")
    exams.submit_attempt(attempt_id=attempt.pk, candidate=candidate, now=START + timedelta(hours=1))
    services.analyse_candidate(candidate_id=candidate.pk, now=START + timedelta(hours=1))
    estimates = current_estimates(candidate)
    assert estimates is not None
    assert not estimates.has_forecast
    assert not ReadinessForecast.objects.exists()
    assert services.stored_difference(candidate) == 0.0
    ranked = sorted(StudyPlan.objects.get().needs["domains"].items(), key=lambda row: row[1]["expected_percent"])
    assert ranked[0][0] == "data"
    client = signed_in(candidate)
    for address in ("analytics:weakness_show", "analytics:today_show"):
        page = client.get(reverse(address))
        assert page.status_code == 200
        assert b"one full mock" in page.content


def test_the_api_leads_through_a_map(bank, candidate, other_candidate, api):
    client = api(candidate)
    started = client.post(reverse("api_practice_start"), {"kind": "diagnostic"}, format="json")
    assert started.status_code == 201
    body = started.json()
    assert (len(body["questions"]), body["question_target"], body["is_adaptive"]) == (1, 30, True)
    address = reverse("api_next_question", args=[body["id"]])
    early = client.post(address, {"after": 1}, format="json")
    assert (early.status_code, early.json()["code"]) == (409, "answer_first")
    attempt = Attempt.objects.get()
    answer(attempt, 1)
    served = client.post(address, {"after": 1}, format="json")
    assert served.status_code == 200
    question = served.json()["question"]
    assert (question["position"], question["selected"], served.json()["question_target"]) == (2, [], 30)
    assert "is_key" not in str(served.json())
    assert client.post(address, {"after": 1}, format="json").json()["question"] == question
    assert len(client.get(reverse("api_attempt_detail", args=[attempt.pk])).json()["questions"]) == 2
    assert client.post(address, {"after": 9}, format="json").json()["fields"].keys() == {"after"}
    assert client.post(address, {}, format="json").json()["fields"].keys() == {"after"}
    assert api(other_candidate).post(address, {"after": 1}, format="json").status_code == 404


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"kind": "mock"}, "kind"),
        ({"kind": "drill", "domains": ["cooking"]}, "domains"),
        ({"kind": "drill", "topics": ["soup"]}, "topics"),
        ({"kind": "drill", "count": 61}, "count"),
        ({"kind": "drill", "only": "flagged"}, "only"),
    ],
)
def test_the_api_names_what_cannot_be_practised(bank, candidate, api, wish, field):
    response = api(candidate).post(reverse("api_practice_start"), wish, format="json")
    assert response.status_code == 400
    assert response.json()["fields"].keys() == {field}
