"""What answers taught about questions comes back into the bank."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from questions.models import Question


@dataclass(frozen=True, slots=True)
class FittedQuestion:
    """Refitted parameters of one question: logits, squared logits, and a guess level where that was fitted too."""

    question_id: int
    difficulty: float
    difficulty_variance: float
    guess_level: float | None = None


@transaction.atomic
def store_question_parameters(*, fits: Iterable[FittedQuestion]) -> int:
    """Stores refitted difficulties; the number of questions that changed. Unknown ids are passed over."""
    by_id = {fit.question_id: fit for fit in fits}
    changed = []
    for question in Question.objects.select_for_update().filter(pk__in=by_id).order_by("pk"):
        fit = by_id[question.pk]
        guess = question.guess_level if fit.guess_level is None else fit.guess_level
        new = (fit.difficulty, fit.difficulty_variance, guess)
        if new != (question.difficulty, question.difficulty_variance, question.guess_level):
            question.difficulty, question.difficulty_variance, question.guess_level = new
            changed.append(question)
    Question.objects.bulk_update(changed, ["difficulty", "difficulty_variance", "guess_level"], batch_size=500)
    return len(changed)
