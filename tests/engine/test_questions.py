import pytest

from engine.parameters import DEFAULTS
from engine.questions import QuestionParameters, authored_question, compile_bank, guess_level
from tests.engine.exam import BANK, SUBJECT


@pytest.mark.parametrize(("options", "select", "chance"), [(4, 1, 0.25), (5, 1, 0.2), (5, 2, 0.1), (5, 3, 0.1)])
def test_guess_level_works(options, select, chance):
    assert guess_level(options, select) == pytest.approx(chance)


def test_an_impossible_selection_is_refused():
    with pytest.raises(ValueError, match="cannot select 5 of 4"):
        guess_level(4, 5)


def test_an_authored_question_starts_at_its_level():
    question = authored_question("q", 0, [1], author_level=5, option_count=5, select_count=2)
    assert (question.difficulty, question.difficulty_variance) == (0.8, 0.55)
    assert question.guess == pytest.approx(0.1)


def test_an_author_level_outside_one_to_five_is_refused():
    with pytest.raises(ValueError, match="level 6"):
        authored_question("q", 0, [], author_level=6, option_count=4)


def test_compile_bank_works():
    bank = compile_bank(
        SUBJECT,
        [QuestionParameters("q", 3, (6, 7), guess=0.2)],
        DEFAULTS.replace(guess_factor=0.5),
    )
    row = bank.loadings[0]
    assert (row[0], row[1 + 3], row[7 + 6], row[7 + 7]) == (1.0, 1.0, 0.5, 0.5)
    assert row.sum() == 3.0
    assert bank.guess[0] == pytest.approx(0.1)


def test_an_unknown_question_is_named():
    with pytest.raises(KeyError, match="'nobody'"):
        BANK.row("nobody")


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (QuestionParameters("q", 6), "no domain 6"),
        (QuestionParameters("q", 0, (12,)), "topic outside"),
        (QuestionParameters("q", 0, guess=1.0), "guess level"),
        (QuestionParameters("q", 0, difficulty=float("nan")), "not usable"),
        (QuestionParameters("q", 0, difficulty_variance=-1.0), "not usable"),
    ],
)
def test_unusable_questions_are_refused(question, message):
    with pytest.raises(ValueError, match=message):
        compile_bank(SUBJECT, [question])


def test_a_repeated_id_is_refused():
    with pytest.raises(ValueError, match="twice"):
        compile_bank(SUBJECT, [QuestionParameters("q", 0), QuestionParameters("q", 1)])
