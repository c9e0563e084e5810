"""What goes on a paper."""

from collections import Counter
from datetime import timedelta

import numpy as np
import pytest
from django.db import connection  # noqa: F401 - skipif reads it

from engine.composition import right_chance
from exams import services
from exams.models import AttemptQuestion
from exams.services.one_insert import insert_in_one_statement
from exams.services.papers import _paper_candidate
from questions.models import Question, QuestionVersion
from questions.selectors import drawable_questions
from tests.bank import make_bank


def compose(bank, candidate, now, seed=1):
    return services.compose_mock(
        candidate=candidate, blueprint=bank.blueprint, now=now, rng=np.random.default_rng(seed)
    )


def question_ids(attempt):
    return set(attempt.questions.values_list("question_version__question_id", flat=True))


def test_compose_mock_works(bank, candidate, now):
    places = compose(bank, candidate, now)
    domains = dict(QuestionVersion.objects.values_list("pk", "question__domain__code"))
    scored = [place for place in places if not place.is_pilot]
    assert len(places) == 65
    assert Counter(domains[place.version_id] for place in scored) == {
        "platform": 6,
        "data": 10,
        "security": 9,
        "enterprise": 17,
        "applications": 9,
        "integrations": 9,
    }


def test_pilots_are_mixed_in(bank, candidate, now):
    places = [compose(bank, candidate, now, seed) for seed in range(5)]
    spots = {n for paper in places for n, place in enumerate(paper) if place.is_pilot}
    assert min(spots) < 30 < max(spots)


def test_fewer_pilots_make_a_shorter_paper(candidate, now):
    assert len(compose(make_bank(pilots=2), candidate, now)) == 62


def test_every_topic_is_asked(bank, candidate, now):
    topics = dict(QuestionVersion.objects.values_list("pk", "question__topics"))
    assert {topics[place.version_id] for place in compose(bank, candidate, now)} == {topic.pk for topic in bank.topics}


def test_options_are_shuffled_and_frozen(mock):
    orders = [
        (question.option_order, sorted(question.question_version.options.values_list("pk", flat=True)))
        for question in mock.questions.select_related("question_version")
    ]
    assert all(sorted(order) == ids for order, ids in orders)
    assert sum(order != ids for order, ids in orders) > 40


def test_unseen_questions_come_first(bank, candidate, now, rng):
    first = services.start_mock(candidate=candidate, now=now, rng=rng)
    services.submit_attempt(attempt_id=first.pk, candidate=candidate, now=now)
    second = services.start_mock(candidate=candidate, now=now + timedelta(hours=3), rng=rng)
    repeats = question_ids(first) & question_ids(second)
    # 24 enterprise questions, 17 a mock: ten must be met again; every other domain has fresh ones left.
    domains = Counter(Question.objects.filter(pk__in=repeats, is_pilot=False).values_list("domain__code", flat=True))
    assert domains == {"enterprise": 10}


def test_look_alikes_never_meet(bank, candidate, now):
    twins = [question.pk for question in bank.questions if question.domain.code == "data"][:8]
    Question.objects.filter(pk__in=twins).update(look_alikes=["same-case"])
    for seed in range(5):
        chosen = [place.version_id for place in compose(bank, candidate, now, seed)]
        assert QuestionVersion.objects.filter(pk__in=chosen, question__in=twins).count() <= 1


def test_mocks_are_parallel(bank, candidate, now):
    """A just-passing candidate expects the same score on every paper, within one question."""
    rng = np.random.default_rng(2)
    for question in bank.questions:
        Question.objects.filter(pk=question.pk).update(difficulty=float(rng.normal(0, 0.8)))
    drawable = {q.version_id: _paper_candidate(q) for q in drawable_questions(bank.blueprint, now.date())}
    scores = []
    for seed in range(20):
        scored = [place for place in compose(bank, candidate, now, seed) if not place.is_pilot]
        scores.append(sum(right_chance(drawable[place.version_id], 0.9) for place in scored))
    assert max(scores) - min(scores) < 1


def test_bank_too_small_names_the_domain(candidate, now):
    with pytest.raises(services.BankTooSmall):
        compose(make_bank(per_domain=8), candidate, now)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="one statement on PostgreSQL")
def test_a_paper_in_one_statement_is_what_the_orm_would_store(start_drill):
    """Also when a field is set that is usually left alone: then it is the ORM that stores it."""
    one, by_orm, by_hand, odd = (start_drill(count=3) for _ in range(4))
    kept = list(one.questions.values())
    for attempt in (by_orm, by_hand, odd):
        attempt.questions.all().delete()

    def places(attempt, **more):
        return [AttemptQuestion(**{**row, "id": None, "attempt_id": attempt.pk, **more}) for row in kept]

    def stored(attempt):
        rows = attempt.questions.values()
        return [{name: row[name] for name in row if name not in ("id", "attempt_id")} for row in rows]

    AttemptQuestion.objects.bulk_create(places(by_orm))
    insert_in_one_statement(places(by_hand))
    insert_in_one_statement(places(odd, note="n"))
    assert stored(by_hand) == stored(by_orm) == stored(one)
    assert stored(odd) == [{**row, "note": "n"} for row in stored(one)]
