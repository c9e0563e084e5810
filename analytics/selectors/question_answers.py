"""First meetings with a question in mocks: what statistics of questions are counted from."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from exams.models import Attempt, AttemptQuestion
from questions.models import Option, QuestionVersion

Kind = Attempt.Kind


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """One candidate's first answer to a question in a mock.

    rest: share of the `others` other scored questions that were right, 0…1.
    """

    attempt_question_id: int
    version_id: int
    is_correct: bool
    rest: float
    others: int
    selected: tuple[int, ...]


def first_mock_answers() -> dict[int, list[FirstAnswer]]:
    """By question, answers to its newest version that somebody met; one a candidate, blanks count as wrong."""
    rows = (
        AttemptQuestion.objects.filter(
            attempt__kind=Kind.MOCK,
            attempt__status__in=(Attempt.Status.SUBMITTED, Attempt.Status.EXPIRED),
            attempt__score_status=Attempt.ScoreStatus.DONE,
            is_correct__isnull=False,
        )
        .order_by("attempt__started_at", "pk")
        .values_list(
            "pk",
            "question_version__question_id",
            "question_version_id",
            "attempt__candidate_id",
            "is_correct",
            "is_pilot",
            "selected",
            "attempt__scored_right",
            "attempt__scored_total",
        )
    )
    newest = _newest_versions()
    seen: set[tuple[int, object]] = set()
    found: dict[int, list[FirstAnswer]] = defaultdict(list)
    for pk, question, version, candidate, right, pilot, selected, scored_right, scored in rows.iterator():
        if (question, candidate) in seen:
            continue
        seen.add((question, candidate))
        others = (scored or 0) - (not pilot)
        if newest.get(question) == version and others > 0:
            rest = ((scored_right or 0) - (bool(right) and not pilot)) / others
            found[question].append(FirstAnswer(pk, version, bool(right), rest, others, tuple(selected)))
    return found


def _newest_versions() -> dict[int, int]:
    """By question: the highest published version."""
    numbered = QuestionVersion.objects.filter(published_at__isnull=False).order_by("question", "number")
    return dict(numbered.values_list("question_id", "pk"))


def option_letters(version_ids: list[int]) -> Mapping[int, list[tuple[int, str, bool]]]:
    """By version: option id, letter in the author's order, and whether it is a key."""
    letters: dict[int, list[tuple[int, str, bool]]] = defaultdict(list)
    rows = Option.objects.filter(version__in=version_ids).order_by("version", "order")
    for version, pk, is_key in rows.values_list("version_id", "pk", "is_key"):
        letters[version].append((pk, chr(65 + len(letters[version])), is_key))
    return letters


def mock_percentages() -> list[float]:
    """Each candidate's percentage in their first graded mock."""
    first: dict[object, float] = {}
    rows = Attempt.objects.filter(
        kind=Kind.MOCK,
        status__in=(Attempt.Status.SUBMITTED, Attempt.Status.EXPIRED),
        score_status=Attempt.ScoreStatus.DONE,
        scored_total__gt=0,
    ).order_by("started_at")
    for candidate, right, total in rows.values_list("candidate_id", "scored_right", "scored_total"):
        first.setdefault(candidate, 100 * (right or 0) / (total or 1))
    return list(first.values())


def mock_exposure() -> tuple[dict[int, int], int]:
    """How many mocks showed each question, and how many mocks there were, whatever became of them."""
    shown: dict[int, int] = defaultdict(int)
    rows = AttemptQuestion.objects.filter(attempt__kind=Kind.MOCK)
    for question in rows.values_list("question_version__question_id", flat=True).iterator():
        shown[question] += 1
    return shown, Attempt.objects.filter(kind=Kind.MOCK).count()
