"""How well somebody's own certainty fits."""

from analytics.selectors.certainty import certainty_of, certainty_words
from tests.analytics.test_reviews import row


def marked(word: str, right: int, wrong: int, first: int = 1):
    return [row(first + number, right=number < right, confidence=word) for number in range(right + wrong)]


def test_certainty_works():
    lines = certainty_of([*marked("sure", 19, 1), *marked("guess", 3, 4, first=50)])
    assert [(line.word, line.count, line.right) for line in lines] == [
        ("guess", 7, 3),
        ("unsure", 0, 0),
        ("sure", 20, 19),
    ]
    guess, _, sure = lines
    assert (guess.share, guess.low) == (None, None)
    assert sure.share == 0.95
    assert sure.low < 0.95 < sure.high


def test_unmarked_blank_and_pilot_answers_say_nothing():
    rows = [
        row(1, right=True),
        row(2, right=False, confidence="sure", selected=()),
        row(3, right=True, confidence="sure", pilot=True),
    ]
    assert certainty_of(rows) == ()


def test_words_follow_the_ranges():
    assert "Your certainty fits" in certainty_words(certainty_of(marked("sure", 40, 1)))
    assert "of 40 answers you were sure of, 20 were wrong" in certainty_words(certainty_of(marked("sure", 20, 20)))
    assert "You know more than you think: 30 of 36" in certainty_words(certainty_of(marked("guess", 30, 6)))
    assert certainty_words(certainty_of(marked("sure", 9, 2))) == ""
    assert certainty_words(certainty_of(marked("sure", 5, 0))) == ""
