"""The one question that a stranger may try on the home page, and the example figures beside it."""

from dataclasses import dataclass

from questions.models import Domain, DomainWeight, Question
from questions.selectors import ShownQuestion, explained_question, shown_question
from questions.selectors.showing import ExplainedOption, ExplainedQuestion


@dataclass(frozen=True, slots=True)
class SpecimenRow:
    """An example of a domain row. The figures are made up, and the page says so."""

    domain: Domain
    weight_percent: int
    mean: int
    low: int
    high: int
    answers: int
    is_open: bool

    @property
    def label(self) -> str:
        return (
            f"{self.domain}, an example: expected {self.mean}%, likely between {self.low} and {self.high}%, "
            f"from {self.answers} answers"
        )


# Place of the domain, mean, low, high, answers.
_EXAMPLES = [(0, 80, 68, 89, 34), (3, 57, 47, 67, 83), (5, 66, 52, 78, 41)]
_UNCLEAR = 5


def specimen_rows(weights: list[DomainWeight]) -> list[SpecimenRow]:
    """Three domains that show a strong, a weak and an unclear one."""
    return [
        SpecimenRow(
            weights[place].domain, weights[place].weight_percent, mean, low, high, answers, is_open=place == _UNCLEAR
        )
        for place, mean, low, high, answers in _EXAMPLES
        if place < len(weights)
    ]


def sample_question() -> Question | None:
    """Always the same one: a published single-select question of middle difficulty; None while there is no bank."""
    return (
        Question.objects.filter(
            status=Question.Status.PUBLISHED,
            is_pilot=False,
            current_version__select_count=1,
            current_version__author_level=2,
        )
        .exclude(current_version__scenario="")
        .order_by("domain__order", "slug")
        .first()
    )


def shown_sample(question: Question) -> ShownQuestion:
    version_id = question.current_version_id
    assert version_id is not None  # a published question has a version: a database constraint
    return shown_question([version_id])[version_id]


@dataclass(frozen=True, slots=True)
class CheckedOption:
    """An option with its letter, and whether the visitor chose it."""

    letter: str
    option: ExplainedOption
    was_chosen: bool


def checked_sample(question: Question, chosen: str) -> tuple[ExplainedQuestion, list[CheckedOption]]:
    """The question explained, with the visitor's choice marked."""
    version_id = question.current_version_id
    assert version_id is not None  # as above
    explained = explained_question([version_id])[version_id]
    options = [
        CheckedOption(letter, option, str(option.id) == chosen)
        for letter, option in zip("ABCDEFGH", explained.options, strict=False)
    ]
    return explained, options
