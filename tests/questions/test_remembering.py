"""What a process remembers of the bank is never older than the bank."""

import importlib
from datetime import date

import pytest
from django.db import connection

from questions.models import (
    BankChange,
    Domain,
    DomainWeight,
    ExamBlueprint,
    Misconception,
    Option,
    Question,
    QuestionTopic,
    QuestionVersion,
    Reference,
    Topic,
)
from questions.selectors import drawable_questions, explained_question, remembered, shown_question
from questions.selectors.remembering import bank_stamp

TODAY = date(2026, 11, 23)
READ_MODELS = [
    Domain, DomainWeight, ExamBlueprint, Misconception, Option,
    Question, QuestionTopic, QuestionVersion, Reference, Topic,
]  # fmt: skip

on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL leaves a trace")


@on_postgresql
def test_remembering_works(bank, django_assert_num_queries):
    versions = [question.current_version_id for question in bank.questions[:5]]
    first = (drawable_questions(bank.blueprint, TODAY), shown_question(versions), explained_question(versions))
    with django_assert_num_queries(3) as queries:
        again = (drawable_questions(bank.blueprint, TODAY), shown_question(versions), explained_question(versions))
    assert again == first
    assert all("questions_bankchange" in query["sql"] for query in queries)


@on_postgresql
@pytest.mark.parametrize("model", READ_MODELS, ids=lambda model: model.__name__)
def test_every_change_is_noticed(bank, model):
    before = bank_stamp()
    pk = model._meta.pk.attname
    if not model.objects.exists():
        model.objects.create(exam_code=bank.blueprint.code, code="pair", name="A or B")
        assert bank_stamp() != before
        before = bank_stamp()
    model.objects.filter(pk=model.objects.values_list(pk, flat=True)[0]).update(**{pk: model.objects.first().pk})
    assert bank_stamp() != before


@on_postgresql
def test_no_table_is_forgotten(bank):
    """What the memory is filled from is what the triggers watch."""
    watched = importlib.import_module("questions.migrations.0003_note_bank_changes").TABLES
    assert sorted(watched) == sorted(model._meta.db_table for model in READ_MODELS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'note_change'")
        assert sorted(name for (name,) in cursor.fetchall()) == sorted(watched)


def test_a_retired_question_is_not_drawn_again(bank):
    drawn = drawable_questions(bank.blueprint, TODAY)[0]
    Question.objects.filter(pk=drawn.question_id).update(status=Question.Status.RETIRED)
    assert drawn not in drawable_questions(bank.blueprint, TODAY)


def test_a_corrected_text_is_shown(bank):
    version_id = bank.questions[0].current_version_id
    shown_question([version_id])
    QuestionVersion.objects.filter(pk=version_id).update(stem="Which one now?")
    assert "Which one now?" in shown_question([version_id])[version_id].stem_html


def test_what_is_not_there_is_asked_for_again(bank):
    asked: list[list[str]] = []

    def read(keys: list[str]) -> dict[str, str]:
        asked.append(keys)
        return {key: key.upper() for key in keys if key != "absent"}

    assert remembered("letters", ["a", "a", "absent"], read) == {"a": "A"}
    assert remembered("letters", ["a", "b", "absent"], read) == {"a": "A", "b": "B"}
    assert "absent" in asked[-1]
    assert len(asked[0]) == 2


def test_one_transaction_leaves_one_row_at_most(bank):
    Question.objects.filter(pk=bank.questions[0].pk).update(difficulty=1.5)
    Question.objects.filter(pk=bank.questions[0].pk).update(difficulty=1.6)
    assert BankChange.objects.count() == (1 if connection.vendor == "postgresql" else 0)
