"""How the difficulties of the bank moved from one set of parameters to the next."""

import math
from dataclasses import dataclass

from analytics.models import ParameterSet
from questions.models import Question

MOST_SHOWN = 8
LEAST_SHOWN = 0.005  # logits; less shows as 0.00


@dataclass(frozen=True, slots=True)
class MovedQuestion:
    """Difficulties in logits: positive is harder."""

    question: Question
    before: float
    now: float

    @property
    def change(self) -> float:
        return self.now - self.before


@dataclass(frozen=True, slots=True)
class BankDrift:
    """From the set before to the current one: mean change and its spread in logits, and what moved most.

    Where a set was restored by hand, the one before is the newest other: what it took the place of.
    """

    before: ParameterSet
    current: ParameterSet
    count: int
    mean: float
    sd: float
    moved: tuple[MovedQuestion, ...]


def _before(current: ParameterSet) -> ParameterSet | None:
    others = ParameterSet.objects.filter(exam_code=current.exam_code).exclude(pk=current.pk).order_by("-fitted_at")
    return others.first() if current.is_held else others.filter(fitted_at__lt=current.fitted_at).first()


def bank_drift(exam_code: str) -> BankDrift | None:
    """None before the first recalibration."""
    sets = ParameterSet.objects.filter(exam_code=exam_code)
    current = sets.filter(is_current=True).first()
    before = _before(current) if current else None
    if current is None or before is None:
        return None
    pairs = {
        int(pk): (before.difficulties[pk][0], current.difficulties[pk][0])
        for pk in current.difficulties
        if pk in before.difficulties
    }
    if not pairs:
        return None
    changes = [now - was for was, now in pairs.values()]
    mean = sum(changes) / len(changes)
    moved = [pk for pk, (was, now) in pairs.items() if abs(now - was) >= LEAST_SHOWN]
    most = sorted(moved, key=lambda pk: -abs(pairs[pk][1] - pairs[pk][0]))[:MOST_SHOWN]
    questions = Question.objects.select_related("domain").in_bulk(most)
    return BankDrift(
        before=before,
        current=current,
        count=len(pairs),
        mean=mean,
        sd=math.sqrt(sum((change - mean) ** 2 for change in changes) / max(len(changes) - 1, 1)),
        moved=tuple(MovedQuestion(questions[pk], *pairs[pk]) for pk in most if pk in questions),
    )
