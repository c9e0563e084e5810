"""Recall: which questions get a card, and when they are asked again."""

import uuid
from datetime import UTC, date, datetime, timedelta

from analytics.selectors.reviews import review_cards, reviews_per_day, unsure_questions
from exams.selectors import EvidenceRow

DAY = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)


def row(
    question: int, *, right: bool, days: int = 0, hours: int = 0, confidence: str = "", seconds: int = 60, **fields
):
    at = DAY + timedelta(days=days, hours=hours)
    return EvidenceRow(
        attempt_question_id=question * 1000 + days * 10 + hours,
        attempt_id=uuid.uuid4(),
        attempt_kind="drill",
        is_tutored=False,
        started_at=at,
        finished_at=at,
        position=1,
        question_id=question,
        version_id=question,
        domain_id=1,
        is_pilot=fields.get("pilot", False),
        selected=fields.get("selected", (1,)),
        confidence=confidence,
        flagged=False,
        seconds_spent=seconds,
        revision=1,
        answered_at=at,
        checked_at=None,
        is_correct=right,
        stands_for_id=fields.get("stands_for"),
        topic_ids=(1,),
    )


def cards(rows, *, today=date(2026, 3, 3), exam_on=None):
    return review_cards(rows, time_zone="Europe/Berlin", today=today, exam_on=exam_on)


def test_cards_work():
    made = cards(
        [
            row(1, right=False),
            row(2, right=True),
            row(3, right=True, confidence="unsure"),
            row(4, right=True, seconds=300),
        ]
    )
    assert set(made) == {1, 3, 4}
    assert made[1].is_due(date(2026, 3, 3))


def test_blanks_and_pilots_get_no_card():
    assert cards([row(1, right=False, selected=()), row(2, right=False, pilot=True)]) == {}


def test_a_recalled_question_waits_longer():
    once = cards([row(1, right=False), row(1, right=True, days=1)], today=date(2026, 3, 4))[1]
    twice = cards(
        [row(1, right=False), row(1, right=True, days=1), row(1, right=True, days=4)], today=date(2026, 3, 7)
    )[1]
    assert twice.memory.stability_days > once.memory.stability_days
    assert twice.due_on > date(2026, 3, 7)


def test_cramming_on_one_day_is_one_review():
    once = cards([row(1, right=False), row(1, right=True, days=1)])[1]
    crammed = cards([row(1, right=False), row(1, right=True, days=1), row(1, right=True, days=1, hours=1)])[1]
    assert crammed.memory == once.memory


def test_nothing_is_asked_after_the_exam():
    made = cards([row(1, right=False)], exam_on=date(2026, 3, 3))
    assert made[1].due_on is None
    assert reviews_per_day(made.values()) == {}


def test_reviews_are_counted_per_day():
    made = cards([row(1, right=False), row(2, right=False)])
    assert reviews_per_day(made.values()) == {"2026-03-03": 2}


def test_right_but_unsure_until_sure():
    rows = [row(1, right=True, confidence="guess"), row(2, right=True, confidence="guess")]
    assert unsure_questions(rows) == [1, 2]
    assert unsure_questions([*rows, row(1, right=True, days=1, confidence="sure")]) == [2]


def test_right_on_two_days_is_memorised_and_a_miss_takes_it_back():
    rows = [row(1, right=False), row(1, right=True, days=1), row(1, right=True, days=1, hours=1)]
    assert not cards(rows)[1].is_memorised
    rows.append(row(1, right=True, days=3))
    assert cards(rows)[1].is_memorised
    rows.append(row(1, right=False, days=5))
    assert not cards(rows)[1].is_memorised


def test_a_sibling_reviews_the_memory_it_stood_for():
    rows = [row(1, right=False), row(1, right=True, days=1), row(1, right=True, days=3)]
    today = date(2026, 6, 1)
    before = cards(rows, today=today)[1]
    stood = cards([*rows, row(2, right=True, days=60, stands_for=1)], today=today)
    assert set(stood) == {1}
    assert stood[1].memory.stability_days > before.memory.stability_days
    assert stood[1].recall_chance(today) > before.recall_chance(today)
    missed = cards([*rows, row(2, right=False, days=60, stands_for=1)], today=today)
    assert set(missed) == {1, 2}
    assert missed[1].right_days == 0


def test_a_sibling_of_nothing_known_makes_no_card():
    assert cards([row(2, right=True, stands_for=1)]) == {}
