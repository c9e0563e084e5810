"""The memory of the bank between transactions that overlap."""

from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from questions.models import BankChange, Question
from questions.selectors import drawable_questions
from questions.selectors.remembering import bank_stamp
from tests.bank import make_bank

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connections['default'].vendor != 'postgresql'", reason="only PostgreSQL leaves a trace"),
]


def test_a_change_that_began_first_and_committed_last_is_noticed():
    bank = make_bank(per_domain=20)
    early, late = bank.questions[:2]
    today = timezone.now().date()
    other = connections["default"].copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("UPDATE questions_question SET difficulty = 2.5 WHERE id = %s", [early.pk])
        Question.objects.filter(pk=late.pk).update(difficulty=-2.5)
        between = {drawn.question_id: drawn.difficulty for drawn in drawable_questions(bank.blueprint, today)}
        other.commit()
    finally:
        other.close()
    after = {drawn.question_id: drawn.difficulty for drawn in drawable_questions(bank.blueprint, today)}
    assert (between[early.pk], between[late.pk]) == (early.difficulty, -2.5)
    assert (after[early.pk], after[late.pk]) == (2.5, -2.5)


def test_nothing_is_remembered_of_what_was_rolled_back():
    bank = make_bank(per_domain=20)
    today = timezone.now().date()
    with transaction.atomic():
        Question.objects.update(difficulty=3.0)
        assert {drawn.difficulty for drawn in drawable_questions(bank.blueprint, today)} == {3.0}
        transaction.set_rollback(True)
    assert 3.0 not in {drawn.difficulty for drawn in drawable_questions(bank.blueprint, today)}


def test_old_traces_go_and_the_newest_stays():
    bank = make_bank(per_domain=20)
    newest = bank_stamp()[0]
    BankChange.objects.update(changed_at=timezone.now() - timedelta(days=2))
    assert bank_stamp()[0] == newest
    Question.objects.filter(pk=bank.questions[0].pk).update(difficulty=1.0)
    assert BankChange.objects.count() == 1
    assert bank_stamp()[0] > newest
