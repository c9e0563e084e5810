"""The minute's try-out of the exam room: it works like any sitting, and counts for nothing."""

from datetime import timedelta

import pytest
from django.urls import reverse

from analytics.selectors import unanalysed_candidates
from exams import services
from exams.models import Attempt
from exams.selectors import evidence_of, questions_met_by
from questions.models import Question, QuestionVersion
from tests.exams.conftest import keys_of, save

TRY = reverse("exams:tutorial_start")


@pytest.fixture
def own(signed_in, candidate, bank):
    return signed_in(candidate)


@pytest.fixture
def tutorial(bank, candidate, now, rng):
    return services.start_tutorial(candidate=candidate, now=now, rng=rng)


def finish(attempt, now):
    for answer in attempt.questions.all():
        save(attempt, answer.position, keys_of(answer), now)
    return services.submit_attempt(attempt_id=attempt.pk, candidate=attempt.candidate, now=now)


def test_tutorial_works(own, candidate):
    attempt_page = own.post(TRY)
    attempt = Attempt.objects.get()
    assert attempt_page["Location"] == reverse("exams:room_show", args=[attempt.pk])
    assert (attempt.kind, attempt.minutes_allowed, attempt.questions.count()) == ("tutorial", 1, 3)
    assert not attempt.questions.filter(is_pilot=True).exists()
    assert own.get(attempt_page["Location"]).status_code == 200


def test_everybody_gets_the_same_easy_questions(bank, candidate, other_candidate, now, rng):
    easy = QuestionVersion.objects.filter(question__in=bank.questions[7:10])
    easy.update(author_level=1)
    papers = [
        set(
            services.start_tutorial(candidate=who, now=now, rng=rng).questions.values_list(
                "question_version", flat=True
            )
        )
        for who in (candidate, other_candidate)
    ]
    assert papers == [set(easy.values_list("pk", flat=True))] * 2


def test_its_result_judges_nothing_and_leads_on(own, tutorial, now):
    finish(tutorial, now)
    html = own.get(reverse("exams:result_show", args=[tutorial.pk])).content.decode()
    assert "<h1>3 of 3 right</h1>" in html
    assert reverse("exams:mock_start") in html
    for judged in ("By domain", "pass mark", "Overall, about", "What the sitting shows", "Time on each question"):
        assert judged not in html


def test_second_press_carries_on(tutorial, candidate, now, rng):
    assert services.start_tutorial(candidate=candidate, now=now, rng=rng) == tutorial


def test_tutorial_can_be_done_again(tutorial, candidate, now, rng):
    again = services.start_tutorial(candidate=candidate, now=now + timedelta(seconds=61), rng=rng)
    assert (again.number, tutorial.number) == (2, 1)


def test_tutorial_counts_for_nothing(own, tutorial, candidate, now, rng):
    finished = finish(tutorial, now)
    assert (finished.status, finished.scored_right, finished.passed) == ("submitted", 3, None)
    assert evidence_of(candidate) == []
    assert questions_met_by(candidate) == {}
    assert unanalysed_candidates(now=now + timedelta(hours=1)) == []
    assert services.start_mock(candidate=candidate, now=now, rng=rng).number == 1
    assert str(tutorial.pk) not in own.get(reverse("exams:attempt_list")).content.decode()
    assert own.get(reverse("exams:results_export_json")).json() == []


def test_result_says_that_it_counts_for_nothing(own, tutorial, now):
    finish(tutorial, now)
    html = own.get(reverse("exams:result_show", args=[tutorial.pk])).content.decode()
    assert "This counts for nothing" in html
    assert reverse("analytics:result_insight", args=[tutorial.pk]) not in html


def test_tutorial_beside_an_open_mock(own, mock):
    own.post(TRY)
    assert Attempt.objects.filter(status="in_progress").count() == 2


def test_list_and_start_page_lead_to_it(own):
    for name in ("exams:attempt_list", "exams:mock_start"):
        assert f'action="{TRY}"' in own.get(reverse(name)).content.decode()


def test_looking_at_the_address_starts_nothing(own):
    assert own.get(TRY).status_code == 405
    assert not Attempt.objects.exists()


def test_bank_without_questions_says_so(own):
    Question.objects.update(status=Question.Status.RETIRED)
    assert "not enough questions to try the exam room" in own.post(TRY, follow=True).content.decode()
