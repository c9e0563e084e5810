"""How well somebody's own certainty fits: what was right of what they called a guess, unsure and sure."""

from collections.abc import Iterable
from dataclasses import dataclass

from analytics.selectors.record import wilson_interval
from exams.models import AttemptQuestion
from exams.selectors import EvidenceRow

LEAST_ANSWERS = 10
# Somebody who is sure should be right nine times in ten; who guesses, about one time in three.
SURE_MEANS = 0.9
GUESS_MEANS = 0.5
FITS = 0.8


@dataclass(frozen=True, slots=True)
class CertaintyLine:
    """Answers marked so: how many, and the share that was right with its 90 % range, 0–1; None under 10 answers."""

    word: str
    count: int
    right: int
    share: float | None
    low: float | None
    high: float | None


def certainty_of(rows: Iterable[EvidenceRow]) -> tuple[CertaintyLine, ...]:
    """Guess, unsure, sure, in this order; empty where no answer was marked. Pilots and blanks take no part."""
    marked = [row for row in rows if row.answered and row.confidence and not row.is_pilot]
    if not marked:
        return ()
    return tuple(_line(word, [row for row in marked if row.confidence == word]) for word in AttemptQuestion.Confidence)


def _line(word: str, rows: list[EvidenceRow]) -> CertaintyLine:
    right = sum(row.is_correct for row in rows)
    if len(rows) < LEAST_ANSWERS:
        return CertaintyLine(word, len(rows), right, None, None, None)
    return CertaintyLine(word, len(rows), right, right / len(rows), *wilson_interval(right, len(rows)))


def certainty_words(lines: Iterable[CertaintyLine]) -> str:
    """One sentence on how well it fits; empty while the ranges leave it open."""
    known = {line.word: line for line in lines if line.share is not None}
    sure, guess = known.get("sure"), known.get("guess")
    if sure is not None and sure.high is not None and sure.high < SURE_MEANS:
        wrong = sure.count - sure.right
        return f"You are surer than you are right: of {sure.count} answers you were sure of, {wrong} were wrong."
    if guess is not None and guess.low is not None and guess.low > GUESS_MEANS:
        return f"You know more than you think: {guess.right} of {guess.count} guesses were right."
    if sure is not None and sure.low is not None and sure.low > FITS:
        return "Your certainty fits: what you are sure of is right nearly always."
    return ""
