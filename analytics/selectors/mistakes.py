"""What was answered wrong and is not yet put right."""

import zoneinfo
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import F

from accounts.models import User
from analytics.models import MistakeNote
from exams.models import AttemptQuestion
from exams.selectors import EvidenceRow, evidence_of

DAYS_TO_LEAVE = 2


@dataclass(frozen=True, slots=True)
class Mistake:
    """A missed question: when it was last missed, how often, and on how many days it was right since."""

    question_id: int
    version_id: int
    attempt_question_id: int
    missed_at: datetime
    times_missed: int
    right_days: int
    note: MistakeNote | None = None
    earlier_rule: str = ""

    @property
    def rule(self) -> str:
        """The candidate's own rule: of this miss, else what they wrote when they missed the question before."""
        return (self.note.rule if self.note else "") or self.earlier_rule


def open_mistakes(rows: Iterable[EvidenceRow], time_zone: str) -> dict[int, Mistake]:
    """Missed questions by id. One leaves when it was right on two different days since its last miss."""
    zone = zoneinfo.ZoneInfo(time_zone)
    missed: dict[int, Mistake] = {}
    right_on: dict[int, set[str]] = {}
    for row in sorted(rows, key=lambda row: (row.happened_at, row.attempt_question_id)):
        if not row.answered:
            continue
        if not row.is_correct:
            before = missed.get(row.question_id)
            missed[row.question_id] = Mistake(
                question_id=row.question_id,
                version_id=row.version_id,
                attempt_question_id=row.attempt_question_id,
                missed_at=row.happened_at,
                times_missed=(before.times_missed if before else 0) + 1,
                right_days=0,
            )
            right_on[row.question_id] = set()
        elif row.question_id in missed:
            right_on[row.question_id].add(row.happened_at.astimezone(zone).date().isoformat())
    return {
        pk: replace(mistake, right_days=len(right_on[pk]))
        for pk, mistake in missed.items()
        if len(right_on[pk]) < DAYS_TO_LEAVE
    }


def unresolved_mistakes(candidate: User, rows: Iterable[EvidenceRow]) -> list[Mistake]:
    """Open mistakes, the latest first, with the candidate's own notes; resolved ones are left out."""
    found = open_mistakes(rows, candidate.time_zone)
    notes = MistakeNote.objects.filter(
        attempt_question_id__in=[mistake.attempt_question_id for mistake in found.values()]
    ).in_bulk(field_name="attempt_question_id")
    rules = rules_of(candidate, list(found))
    listed = [
        replace(
            mistake,
            note=notes.get(mistake.attempt_question_id),
            earlier_rule=rules[mistake.question_id].rule if mistake.question_id in rules else "",
        )
        for mistake in found.values()
    ]
    unresolved = [mistake for mistake in listed if mistake.note is None or mistake.note.resolved_at is None]
    return sorted(unresolved, key=lambda mistake: (mistake.missed_at, mistake.attempt_question_id), reverse=True)


def mistakes_of(candidate: User) -> list[Mistake]:
    """The candidate's unresolved mistakes, the latest first."""
    return unresolved_mistakes(candidate, evidence_of(candidate))


def rules_of(candidate: User, question_ids: Collection[int]) -> dict[int, MistakeNote]:
    """The note with the rule that the candidate wrote last on each question, in whichever sitting that was."""
    written = (
        MistakeNote.objects.filter(
            attempt_question__attempt__candidate=candidate,
            attempt_question__question_version__question_id__in=question_ids,
        )
        .exclude(rule="")
        .annotate(question_id=F("attempt_question__question_version__question_id"))
        .order_by("updated_at")
    )
    return {note.question_id: note for note in written}


def note_of(place: AttemptQuestion) -> MistakeNote | None:
    return MistakeNote.objects.filter(attempt_question=place).first()
