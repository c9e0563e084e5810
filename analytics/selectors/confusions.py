"""The confusion ledger: misconceptions counted from the distractors that were chosen."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from exams.selectors import EvidenceRow
from questions.models import Misconception, Option


@dataclass(frozen=True, slots=True)
class Confusion:
    """A misconception met: chosen `wrong` times in `answers` answered questions that offer it."""

    misconception: Misconception
    topic_id: int
    wrong: int
    answers: int
    question_ids: tuple[int, ...]


def confusions_of(rows: Collection[EvidenceRow]) -> list[Confusion]:
    """Every misconception chosen at least once, the most frequent first."""
    answered = [row for row in rows if row.answered]
    offered: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    options = Option.objects.filter(
        version_id__in={row.version_id for row in answered}, misconception__isnull=False
    ).values_list("version_id", "misconception_id", "pk")
    for version_id, misconception_id, option_id in options:
        offered[version_id][misconception_id].add(option_id)
    return _counted(answered, offered)


def _counted(answered: Iterable[EvidenceRow], offered: dict[int, dict[int, set[int]]]) -> list[Confusion]:
    answers: dict[int, int] = defaultdict(int)
    wrong: dict[int, list[EvidenceRow]] = defaultdict(list)
    for row in answered:
        for misconception_id, option_ids in offered.get(row.version_id, {}).items():
            answers[misconception_id] += 1
            if option_ids & set(row.selected):
                wrong[misconception_id].append(row)
    named = Misconception.objects.in_bulk(list(wrong))
    found = [
        Confusion(
            misconception=named[pk],
            topic_id=rows[-1].topic_ids[0],
            wrong=len(rows),
            answers=answers[pk],
            question_ids=tuple(dict.fromkeys(row.question_id for row in rows)),
        )
        for pk, rows in wrong.items()
    ]
    return sorted(found, key=lambda confusion: (-confusion.wrong, -confusion.wrong / confusion.answers))
