"""A final attempt as its candidate goes through it again: question by question, with filters, and what it shows."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from exams.models import Attempt, AttemptQuestion
from exams.selectors.results import AttemptResult, ResultQuestion, result_of
from exams.selectors.traces import RIGHT_TO_WRONG, WRONG_TO_RIGHT, WRONG_TO_WRONG, AnswerTrace, traces_of

# The slowest tenth is called slow, but only what took longer than an even share can be.
SLOW_SHARE = 0.1
USUAL_SECONDS = 105


@dataclass(frozen=True, slots=True)
class ReviewedQuestion:
    """A question of a final attempt with the way its answer took; trace: None if nobody ever touched it."""

    question: ResultQuestion
    trace: AnswerTrace | None
    is_slow: bool

    @property
    def position(self) -> int:
        return self.question.position

    @property
    def is_right(self) -> bool:
        return bool(self.question.is_correct)

    @property
    def is_changed(self) -> bool:
        return self.trace is not None and self.trace.is_changed

    @property
    def is_unsure(self) -> bool:
        return self.question.confidence in (AttemptQuestion.Confidence.GUESS, AttemptQuestion.Confidence.UNSURE)

    @property
    def is_sure(self) -> bool:
        return self.question.confidence == AttemptQuestion.Confidence.SURE

    @property
    def letters_in_order(self) -> list[list[str]]:
        """Every complete answer in order, by the letters that the candidate saw."""
        letters = {option.id: chr(65 + index) for index, option in enumerate(self.question.options)}
        choices = self.trace.choices if self.trace else ()
        return [sorted(letters[pk] for pk in choice) for choice in choices]

    @property
    def way(self) -> list[str]:
        """The same in words: ["B", "A, C and D"]."""
        return [" and ".join(filter(None, [", ".join(some[:-1]), some[-1]])) for some in self.letters_in_order]


FILTERS: dict[str, tuple[str, Callable[[ReviewedQuestion], bool]]] = {
    "wrong": ("Wrong", lambda question: not question.is_right),
    "right-but-unsure": ("Right but unsure", lambda question: question.is_right and question.is_unsure),
    "flagged": ("Flagged", lambda question: question.question.flagged),
    "changed": ("Changed", lambda question: question.is_changed),
    "slow": ("Slow", lambda question: question.is_slow),
    "unsure": ("Unsure", lambda question: question.is_unsure),
    "right": ("Right", lambda question: question.is_right),
    "all": ("All", lambda question: True),
}


@dataclass(frozen=True, slots=True)
class Certainty:
    """How many answers were marked as this sure, and how many of them were right."""

    label: str
    right: int
    count: int


@dataclass(frozen=True, slots=True)
class Review:
    """A graded attempt with every question."""

    result: AttemptResult
    questions: list[ReviewedQuestion]

    def filtered(self, name: str) -> list[ReviewedQuestion]:
        """In the order of the paper; right ones with the unsure first, then the changed, then the slow.

        Raises KeyError for a filter that does not exist.
        """
        _, passes = FILTERS[name]
        found = [question for question in self.questions if passes(question)]
        if name == "right":
            found.sort(key=lambda question: (not question.is_unsure, not question.is_changed, not question.is_slow))
        return found

    @property
    def scored(self) -> list[ReviewedQuestion]:
        return [question for question in self.questions if not question.question.is_pilot]

    @property
    def missed_count(self) -> int:
        return sum(not question.is_right for question in self.questions)

    @property
    def missed_pilot_count(self) -> int:
        return sum(not question.is_right and question.question.is_pilot for question in self.questions)

    @property
    def blank_count(self) -> int:
        return sum(not question.question.is_answered for question in self.questions)

    @property
    def pilot_count(self) -> int:
        return len(self.questions) - len(self.scored)

    def changes(self, kind: str) -> int:
        return sum(question.trace is not None and question.trace.change == kind for question in self.questions)

    @property
    def wrong_to_right(self) -> int:
        return self.changes(WRONG_TO_RIGHT)

    @property
    def right_to_wrong(self) -> int:
        return self.changes(RIGHT_TO_WRONG)

    @property
    def wrong_to_wrong(self) -> int:
        return self.changes(WRONG_TO_WRONG)

    @property
    def changed_count(self) -> int:
        return sum(question.is_changed for question in self.questions)

    @property
    def changed(self) -> list[ReviewedQuestion]:
        return self.filtered("changed")

    @property
    def certainty(self) -> list[Certainty]:
        """Guess, unsure, sure: those that were marked at all. Blank questions are no answers."""
        answered = [question for question in self.questions if question.question.is_answered]
        marked = [
            (label, [question for question in answered if question.question.confidence == value])
            for value, label in AttemptQuestion.Confidence.choices
        ]
        return [Certainty(label, sum(one.is_right for one in of), len(of)) for label, of in marked if of]

    @property
    def sure_count(self) -> int:
        return sum(question.is_sure for question in self.questions)

    @property
    def sure_and_wrong(self) -> int:
        return sum(question.is_sure and not question.is_right for question in self.questions)

    @property
    def first_pass_seconds(self) -> int:
        return sum(question.trace.first_pass_seconds for question in self.questions if question.trace)

    @property
    def later_seconds(self) -> int:
        return sum(question.trace.later_seconds for question in self.questions if question.trace)

    @property
    def slow(self) -> list[ReviewedQuestion]:
        return self.filtered("slow")


def review_of(attempt: Attempt) -> Review:
    """Raises ResultNotReady unless the attempt is graded."""
    result = result_of(attempt)
    traces = traces_of(attempt)
    slow = _slow_positions(attempt, result.questions)
    questions = [
        ReviewedQuestion(question, traces.get(question.position), question.position in slow)
        for question in result.questions
    ]
    return Review(result, questions)


def place_of(attempt: Attempt, position: int) -> AttemptQuestion | None:
    """A place of the paper with its question version."""
    return attempt.questions.select_related("question_version").filter(position=position).first()


def _slow_positions(attempt: Attempt, questions: list[ResultQuestion]) -> set[int]:
    share = 60 * attempt.minutes_allowed / len(questions) if attempt.minutes_allowed else USUAL_SECONDS
    slowest = sorted(questions, key=lambda question: question.seconds_spent, reverse=True)
    return {
        question.position for question in slowest[: ceil(SLOW_SHARE * len(questions))] if question.seconds_spent > share
    }
