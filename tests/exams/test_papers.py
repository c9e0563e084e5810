"""What goes on a paper."""

import uuid
from collections import Counter
from datetime import timedelta
from unittest import mock

import numpy as np
import pytest
from django.db import connection  # noqa: F401 - skipif reads it

from accounts.models import Accommodation
from engine.composition import right_chance
from exams import services
from exams.models import Attempt
from exams.services.papers import _paper_candidate, lay_out
from exams.services.places import Place
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


on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="one statement on PostgreSQL")


def stored(rows):
    """Rows as they lie in the table, without the ids that differ from row to row."""
    return [{name: row[name] for name in row if name not in ("id", "attempt_id", "candidate_id")} for row in rows]


@on_postgresql
def test_a_paper_in_one_statement_is_what_the_orm_would_store(start_drill):
    by_orm, by_hand = start_drill(count=3), start_drill(count=3)
    places = [
        Place(row.question_version_id, row.select_count, tuple(row.option_order), row.is_pilot, question_id)
        for row, question_id in zip(
            by_orm.questions.all(), [Question.objects.values_list("pk", flat=True)[0], None, None], strict=True
        )
    ]
    for attempt in (by_orm, by_hand):
        attempt.questions.all().delete()
    with mock.patch("exams.services.papers.connection", vendor="sqlite"):
        lay_out(by_orm, places, first_position=4)
    lay_out(by_hand, places, first_position=4)
    assert stored(by_hand.questions.values()) == stored(by_orm.questions.values())
    assert [row.position for row in by_hand.questions.all()] == [4, 5, 6]


@on_postgresql
@pytest.mark.parametrize("factor", [None, "1.25", "1.5"])
def test_a_mock_in_one_statement_is_what_step_by_step_would_store(bank, candidate, other_candidate, now, factor):
    people = [candidate, other_candidate]
    blocks = [uuid.uuid4()] * 2
    if factor is not None:
        for person in people:
            Accommodation.objects.create(user=person, time_factor=factor, reason="doctor's note")
    with mock.patch("exams.services.sittings.begin_mock", return_value=False):
        step_by_step = services.start_mock(
            candidate=people[0], now=now, rng=np.random.default_rng(3), block_id=blocks[0]
        )
    with mock.patch("exams.services.sittings._start_mock_step_by_step") as other_way:
        at_once = services.start_mock(candidate=people[1], now=now, rng=np.random.default_rng(3), block_id=blocks[1])
    other_way.assert_not_called()
    one, other = (Attempt.objects.filter(pk=attempt.pk) for attempt in (at_once, step_by_step))
    assert stored(one.values()) == stored(other.values())
    assert stored(at_once.questions.values()) == stored(step_by_step.questions.values())
    # What is handed back is what was stored.
    (kept,) = one
    assert all(getattr(at_once, f.attname) == getattr(kept, f.attname) for f in Attempt._meta.concrete_fields)


@on_postgresql
def test_a_mock_in_one_statement_gives_way(bank, candidate, author, now):
    """Where more has to be looked at it stores nothing and leaves it to the long way."""
    first = services.start_mock(candidate=candidate, now=now, rng=np.random.default_rng(1))
    with pytest.raises(services.MockAlreadyOpen):
        services.start_mock(candidate=candidate, now=now, rng=np.random.default_rng(2))
    services.submit_attempt(attempt_id=first.pk, candidate=candidate, now=now)
    services.grant_minutes_ahead(candidate=candidate, minutes=20, reason="late room", by=author, now=now)
    second = services.start_mock(candidate=candidate, now=now, rng=np.random.default_rng(3))
    assert (second.number, second.minutes_allowed) == (2, first.minutes_allowed + 20)
    assert Attempt.objects.count() == 2
