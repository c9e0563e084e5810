"""What may be drawn, and what people read before and after an attempt is final."""

from datetime import date, timedelta

import pytest
from django.db import connection

from questions.freshness import is_fresh, stale_before
from questions.models import Misconception, Question, Reference
from questions.selectors import (
    current_blueprint,
    domain_weights,
    drawable_questions,
    explained_question,
    note_html,
    shown_question,
    stale_questions,
)

TODAY = date(2026, 11, 23)


def test_drawable_questions_works(bank):
    drawable = drawable_questions(bank.blueprint, TODAY)
    assert len(drawable) == 6 * 24 + 5
    assert sum(question.is_pilot for question in drawable) == 5
    one = next(question for question in drawable if question.select_count == 2)
    assert len(one.option_ids) == 5
    assert one.topic_ids
    assert one.guess_level == 0.1


def test_drawing_takes_three_queries(bank, django_assert_num_queries):
    asks_for_changes = connection.vendor == "postgresql"
    with django_assert_num_queries(3 + asks_for_changes):
        drawable_questions(bank.blueprint, TODAY)


@pytest.mark.parametrize("status", [Question.Status.DRAFT, Question.Status.IN_REVIEW, Question.Status.RETIRED])
def test_only_published_questions_are_drawn(bank, status):
    Question.objects.filter(pk=bank.questions[0].pk).update(status=status)
    slugs = {question.question_id for question in drawable_questions(bank.blueprint, TODAY)}
    assert bank.questions[0].pk not in slugs


def test_a_question_unchecked_for_a_year_leaves_the_draw_and_queues(bank):
    question = bank.questions[0]
    Reference.objects.filter(version=question.current_version).update(verified_on=TODAY - timedelta(days=366))
    assert question.pk not in {drawn.question_id for drawn in drawable_questions(bank.blueprint, TODAY)}
    kept = drawable_questions(bank.blueprint, TODAY, include_stale=True)
    assert [drawn.is_fresh for drawn in kept if drawn.question_id == question.pk] == [False]
    assert [stale.pk for stale in stale_questions(TODAY)] == [question.pk]


def test_the_newest_check_counts(bank):
    version = bank.questions[0].current_version
    Reference.objects.filter(version=version).update(verified_on=date(2020, 1, 1))
    Reference.objects.bulk_create(
        [Reference(version=version, order=1, url="https://example.com/", title="B", verified_on=TODAY)]
    )
    assert bank.questions[0].pk in {drawn.question_id for drawn in drawable_questions(bank.blueprint, TODAY)}


@pytest.mark.pure
def test_freshness_ends_after_the_same_day_a_year_later():
    assert is_fresh(date(2025, 11, 23), TODAY)
    assert not is_fresh(date(2025, 11, 22), TODAY)
    assert not is_fresh(None, TODAY)
    assert stale_before(date(2028, 2, 29)) == date(2027, 2, 28)


def test_blueprint_and_weights(bank):
    assert current_blueprint() == bank.blueprint
    assert [weight.weight_percent for weight in domain_weights(bank.blueprint)] == [10, 17, 15, 28, 15, 15]


def test_the_exam_view_holds_no_key_and_no_reason(bank):
    version = bank.questions[0].current_version
    shown = shown_question([version.pk])[version.pk]
    assert [option.id for option in shown.options] == [o.pk for o in version.options.order_by("order")]
    assert shown.scenario_html == f"<p>{version.scenario}</p>\n"
    text = repr(shown)
    assert "RATIONALE" not in text
    assert "key" not in text.lower()


def test_the_explained_view_holds_everything(bank):
    version = bank.questions[3].current_version
    pair = Misconception.objects.create(
        exam_code="heroku-architect",
        code="a-b",
        name="A ↔ B",
        left={"name": "A", "choose_when": "…", "points": ["x"]},
        right={"name": "B", "choose_when": "…", "points": ["y"]},
    )
    wrong = version.options.filter(is_key=False).first()
    type(wrong).objects.filter(pk=wrong.pk).update(misconception=pair)
    explained = explained_question([version.pk])[version.pk]
    assert list(explained.key_ids) == version.key_ids
    assert all("RATIONALE" in option.rationale_html for option in explained.options)
    assert explained.references[0].publisher == "Heroku Dev Center"
    assert [m.code for m in explained.misconceptions] == ["a-b"]
    assert explained.topic_names


def test_unknown_versions_are_absent(bank):
    assert shown_question([0]) == {}
    assert explained_question([0]) == {}


def test_notes_are_html_without_a_second_page_heading(bank):
    topic = bank.topics[0]
    assert note_html(topic) == ""
    topic.notes = "# Dynos\n\n- one"
    assert note_html(topic) == "<h2>Dynos</h2>\n<ul>\n<li>one</li>\n</ul>\n"
