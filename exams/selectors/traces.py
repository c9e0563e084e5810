"""How somebody went through a final attempt, read from the log of answers: time by pass, changes of mind."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from exams.models import AnswerEvent, Attempt

WRONG_TO_RIGHT, RIGHT_TO_WRONG, WRONG_TO_WRONG = "wrong_to_right", "right_to_wrong", "wrong_to_wrong"


@dataclass(frozen=True, slots=True)
class AnswerTrace:
    """One question's way. Seconds as the browser counted them; first pass: until it was left for the first time.

    change: how the first complete answer became the last one; empty when it stayed.
    choices: every complete answer in order, without immediate repeats.
    """

    position: int
    first_pass_seconds: int
    later_seconds: int
    choices: tuple[tuple[int, ...], ...]
    change: str

    @property
    def is_changed(self) -> bool:
        return bool(self.change)


def traces_of(attempt: Attempt) -> dict[int, AnswerTrace]:
    """By position, for every question that has events; two queries. Only for graded attempts: it reads the keys."""
    if not attempt.is_graded:
        raise ValueError("traces tell right from wrong: only after the end")
    events = list(
        AnswerEvent.objects.filter(attempt_question__attempt=attempt)
        .order_by("arrived_at", "pk")
        .values_list("attempt_question__position", "selected", "seconds_spent")
    )
    facts = {
        position: (select_count, key_ids)
        for position, select_count, key_ids in attempt.questions.values_list(
            "position", "select_count", "question_version__key_ids"
        )
    }
    own: dict[int, list[tuple[list[int], int]]] = defaultdict(list)
    for position, selected, seconds in events:
        own[position].append((selected, seconds))
    first_pass = _first_pass_seconds([(position, seconds) for position, _, seconds in events])
    return {position: _trace(position, log, first_pass[position], *facts[position]) for position, log in own.items()}


def _first_pass_seconds(visits: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Seconds on each position when the candidate first turned to another one."""
    seconds: dict[int, int] = {}
    left: set[int] = set()
    for (position, spent), (following, _) in pairwise([*visits, (0, 0)]):
        if position not in left:
            seconds[position] = spent
        if following != position:
            left.add(position)
    return seconds


def _trace(
    position: int, log: list[tuple[list[int], int]], first_pass: int, select_count: int, keys: list[int]
) -> AnswerTrace:
    complete = [tuple(selected) for selected, _ in log if len(selected) == select_count]
    choices = tuple(choice for before, choice in pairwise([(), *complete]) if choice != before)
    total = max(seconds for _, seconds in log)
    return AnswerTrace(position, first_pass, max(0, total - first_pass), choices, _change(choices, tuple(keys)))


def _change(choices: tuple[tuple[int, ...], ...], keys: tuple[int, ...]) -> str:
    if len(choices) < 2 or choices[0] == choices[-1]:
        return ""
    if choices[-1] == keys:
        return WRONG_TO_RIGHT
    return RIGHT_TO_WRONG if choices[0] == keys else WRONG_TO_WRONG
