"""Sittings that analysis leads: what is chosen, and what is refused."""

import uuid
from collections import Counter
from datetime import timedelta

import numpy as np
import pytest

from analytics import services
from analytics.selectors.practice import PracticeWish, due_questions, practice_ground
from analytics.services.sittings import start_drill
from exams import services as exams
from exams.models import Attempt, AttemptQuestion
from questions.models import Misconception, Option, Question
from questions.selectors import current_blueprint
from tests.analytics.sittings import START, answer, drill, mock, share

RNG = np.random.default_rng
NEXT_WEEK = START + timedelta(days=7)


def questions_of(attempt: Attempt) -> list[Question]:
    return [row.question_version.question for row in attempt.questions.select_related("question_version__question")]


def begin(candidate, **wish) -> Attempt:
    return start_drill(candidate=candidate, wish=PracticeWish(**wish), now=NEXT_WEEK, rng=RNG(5))


def test_a_drill_works_without_any_history(bank, candidate):
    attempt = begin(candidate, count=12)
    questions = questions_of(attempt)
    assert (attempt.kind, attempt.is_tutored, attempt.deadline_at, attempt.question_target) == ("drill", True, None, 12)
    assert len({question.pk for question in questions}) == 12
    assert not any(question.is_pilot for question in questions)
    assert attempt.focus == {"title": "Mixed domains"}


def test_a_drill_of_a_topic_keeps_to_it(bank, candidate):
    attempt = begin(candidate, topics=("data-2",), count=5, block_id=uuid.UUID(int=3))
    assert {q.topics.get().code for q in questions_of(attempt)} == {"data-2"}
    assert attempt.focus == {"title": "Data topic 2", "topics": ["data-2"]}
    assert attempt.block_id == uuid.UUID(int=3)


def test_a_drill_of_a_small_topic_is_shorter(bank, candidate):
    assert len(questions_of(begin(candidate, topics=("data-2",), count=30))) == 8


def test_a_mixed_drill_leans_to_where_marks_are(bank, candidate):
    mock(candidate, lambda row: row.question_version.question.domain.code != "data")
    services.analyse_candidate(candidate_id=candidate.pk, now=NEXT_WEEK)
    counts = Counter(q.domain.code for q in questions_of(begin(candidate, count=20)))
    assert counts["data"] == max(counts.values())
    assert counts["data"] >= 6


def test_a_drill_leaves_out_what_was_just_seen(bank, candidate):
    seen = {
        row.question_version.question_id
        for row in mock(candidate, share(50)).questions.select_related("question_version")
    }
    assert not seen & {q.pk for q in questions_of(begin(candidate, count=20))}


def test_a_timed_drill_has_the_pace_of_the_exam(bank, candidate):
    attempt = begin(candidate, count=20, is_timed=True, is_tutored=True)
    assert (attempt.minutes_allowed, attempt.is_tutored) == (35, False)


def test_only_missed_serves_missed_ones(bank, candidate):
    attempt = mock(candidate, share(60))
    missed = set(
        attempt.questions.filter(is_correct=False, is_pilot=False).values_list("question_version__question", flat=True)
    )
    served = {q.pk for q in questions_of(begin(candidate, only="missed", count=10))}
    assert len(served) == 10
    assert served <= missed


def test_only_unseen_serves_unseen_ones(bank, candidate):
    attempt = mock(candidate, share(60))
    seen = set(attempt.questions.values_list("question_version__question", flat=True))
    assert not seen & {q.pk for q in questions_of(begin(candidate, only="unseen", count=30))}


def test_only_flagged_serves_flagged_ones(bank, candidate):
    attempt = mock(candidate, share(60))
    flagged = attempt.questions.filter(is_pilot=False)[:3]
    AttemptQuestion.objects.filter(pk__in=[row.pk for row in flagged]).update(flagged=True)
    assert {q.pk for q in questions_of(begin(candidate, only="flagged"))} == {
        row.question_version.question_id for row in flagged
    }


def test_a_review_serves_due_and_missed_and_unsure_ones(bank, candidate):
    versions = [q.current_version_id for q in Question.objects.filter(is_pilot=False).order_by("pk")[:6]]
    finished = drill(candidate, versions, lambda row: row.position > 2)
    AttemptQuestion.objects.filter(attempt=finished, position=3).update(confidence="unsure")
    served = {q.current_version_id for q in questions_of(begin(candidate, kind="review"))}
    assert served == set(versions[:3])


def test_a_review_with_nothing_to_recall_is_refused(bank, candidate):
    with pytest.raises(services.NoQuestionFits):
        begin(candidate, kind="review")
    assert not Attempt.objects.exists()


def test_a_question_right_on_two_days_is_put_right(bank, candidate):
    versions = [Question.objects.filter(is_pilot=False).first().current_version_id]
    drill(candidate, versions, lambda row: False)
    for days in (1, 2):
        drill(candidate, versions, lambda row: True, now=START + timedelta(days=days))
    with pytest.raises(services.NoQuestionFits):
        begin(candidate, only="missed")


def test_no_question_of_a_running_mock_is_practised(bank, candidate):
    """Otherwise a tutored drill would tell the keys of an exam that is still being sat."""
    running = exams.start_mock(candidate=candidate, now=NEXT_WEEK, rng=RNG(2))
    on_paper = set(running.questions.values_list("question_version__question", flat=True))
    served = {q.pk for q in questions_of(begin(candidate, count=60))}
    assert served
    assert not served & on_paper


def test_look_alikes_never_meet(bank, candidate):
    Question.objects.filter(slug__in=["data-q0", "data-q3", "data-q6"]).update(look_alikes=["copies"])
    served = {q.slug for q in questions_of(begin(candidate, topics=("data-1",), count=8))}
    assert len(served & {"data-q0", "data-q3", "data-q6"}) == 1


@pytest.fixture
def pair(bank) -> Misconception:
    """Four questions with followers as the key and a fork as the pair's distractor, and four the other way round."""
    made = Misconception.objects.create(
        exam_code="heroku-architect",
        domain=bank.domains[1],
        code="follower-fork",
        name="Follower ↔ fork",
        left={"name": "Follower", "choose_when": "Reads must scale.", "points": ["Stays in step."]},
        right={"name": "Fork", "choose_when": "A copy to try things on.", "points": ["A snapshot."]},
    )
    for number in range(8):
        key, other = ("A follower", "A fork") if number % 2 else ("A fork", "A follower")
        version = Question.objects.get(slug=f"data-q{number}").current_version
        if version.select_count == 1:
            Option.objects.filter(version=version, is_key=True).update(text=key)
            Option.objects.filter(version=version, order=2).update(text=other, misconception=made)
    return made


def test_a_contrast_drill_serves_both_sides(pair, candidate):
    attempt = begin(candidate, misconception="follower-fork", count=4)
    keys = [
        Option.objects.get(version=row.question_version_id, is_key=True).text
        for row in attempt.questions.order_by("position")
    ]
    assert Counter(keys[:2]) == Counter({"A follower": 1, "A fork": 1})
    assert attempt.focus["title"] == "Follower ↔ fork"


def test_an_unknown_pair_is_refused(bank, candidate):
    with pytest.raises(services.NoQuestionFits):
        begin(candidate, misconception="cats-dogs")


@pytest.mark.parametrize("wish", [{"kind": "mock"}, {"count": 0}, {"count": 61}])
def test_an_impossible_wish_is_refused(bank, candidate, wish):
    with pytest.raises(ValueError):
        begin(candidate, **wish)


def test_a_double_click_begins_one_drill(bank, candidate):
    assert begin(candidate, count=5) == begin(candidate, count=5)
    assert Attempt.objects.count() == 1
    later = start_drill(
        candidate=candidate, wish=PracticeWish(count=5), now=NEXT_WEEK + timedelta(minutes=1), rng=RNG(5)
    )
    assert later.pk != Attempt.objects.order_by("started_at").first().pk
    assert begin(candidate, count=5, only="unseen").focus["title"] == "Not seen before"


@pytest.fixture
def by_heart(bank, candidate) -> Question:
    """A question of a topic that was missed once, then right on two days; the last time long ago."""
    question = Question.objects.get(slug="data-q0")
    for days, is_right in ((-90, False), (-89, True), (-87, True)):
        drill(candidate, [question.current_version_id], lambda row, r=is_right: r, now=START + timedelta(days=days))
    return question


def test_recall_asks_in_other_words_for_what_is_known_by_heart(by_heart, candidate):
    attempt = begin(candidate, kind="review")
    row = attempt.questions.select_related("question_version__question").get()
    sibling = row.question_version.question
    assert sibling != by_heart
    assert row.stands_for == by_heart
    assert sibling.topics.first() == by_heart.topics.first()


def test_the_due_count_falls_when_the_sibling_was_answered(by_heart, candidate):
    def due() -> list[int]:
        return due_questions(practice_ground(candidate, current_blueprint(), NEXT_WEEK))

    assert due() == [by_heart.pk]
    attempt = begin(candidate, kind="review")
    answer(attempt, lambda row: True, now=NEXT_WEEK)
    exams.submit_attempt(attempt_id=attempt.pk, candidate=candidate, now=NEXT_WEEK)
    assert due() == []


def test_a_missed_question_is_asked_in_its_own_words(bank, candidate):
    question = Question.objects.get(slug="data-q0")
    drill(candidate, [question.current_version_id], lambda row: False)
    (row,) = begin(candidate, kind="review").questions.select_related("question_version")
    assert (row.question_version.question_id, row.stands_for) == (question.pk, None)


def test_without_a_sibling_the_question_itself_is_asked(by_heart, candidate):
    Question.objects.filter(topics=by_heart.topics.first()).exclude(pk=by_heart.pk).update(status="retired")
    (row,) = begin(candidate, kind="review").questions.select_related("question_version")
    assert (row.question_version.question_id, row.stands_for) == (by_heart.pk, None)


def test_a_sibling_looks_like_nothing_that_is_asked(by_heart, candidate):
    Question.objects.filter(topics=by_heart.topics.first()).update(look_alikes=["copies"])
    (row,) = begin(candidate, kind="review").questions.select_related("question_version")
    assert (row.question_version.question_id, row.stands_for) == (by_heart.pk, None)
