"""Notes that people write: on their own mistakes, and a mentor to a candidate."""

import uuid
from datetime import datetime

from django.db import transaction

from accounts.models import Membership, User
from analytics.models import MentorNote, MistakeNote
from exams.models import AttemptQuestion
from questions.models import Misconception, Topic
from study_plans import services as plans
from study_plans.models import Block

Suggestion = MentorNote.Suggestion


class NotAMistake(LookupError):
    """There is no such answer of this person, or it is not known to be wrong."""


class PlanNotShared(Exception):
    """The candidate does not let this mentor see the plan."""


class NoteEmpty(ValueError):
    """A note to somebody says something."""


@transaction.atomic
def note_mistake(
    *, candidate: User, attempt_question_id: int, now: datetime, reason: str | None = None, rule: str | None = None
) -> MistakeNote:
    """Keep the reason of a miss and the candidate's own rule; None leaves a part as it is. Raises NotAMistake."""
    note = _own_note(candidate, attempt_question_id, now)
    if reason is not None:
        note.reason = reason
    if rule is not None:
        note.rule = " ".join(rule.split())
    note.updated_at = now
    note.save()
    return note


@transaction.atomic
def resolve_mistake(*, candidate: User, attempt_question_id: int, now: datetime, resolved: bool = True) -> MistakeNote:
    """Take a mistake off the list, or put it back. Raises NotAMistake."""
    note = _own_note(candidate, attempt_question_id, now)
    note.resolved_at = now if resolved else None
    note.updated_at = now
    note.save()
    return note


def _own_note(candidate: User, attempt_question_id: int, now: datetime) -> MistakeNote:
    # An answer is only called wrong once it can no longer change: graded, or checked in a tutored sitting.
    answer = AttemptQuestion.objects.filter(
        pk=attempt_question_id, attempt__candidate=candidate, is_correct=False
    ).first()
    if answer is None:
        raise NotAMistake(attempt_question_id)
    note, _ = MistakeNote.objects.get_or_create(attempt_question=answer, defaults={"updated_at": now})
    return note


@transaction.atomic
def write_mentor_note(
    *,
    membership: Membership,
    text: str,
    now: datetime,
    suggestion: str = "",
    topic: Topic | None = None,
    misconception: Misconception | None = None,
) -> MentorNote:
    """A note from the mentor of a membership to its candidate, who reads it on Today. Raises NoteEmpty."""
    if not text.strip() and not suggestion:
        raise NoteEmpty
    return MentorNote.objects.create(
        mentor=membership.cohort.mentor,
        candidate=membership.candidate,
        text=text.strip(),
        suggestion=suggestion,
        topic=topic if suggestion == Suggestion.DRILL else None,
        misconception=misconception if suggestion == Suggestion.CONTRAST_DRILL else None,
        created_at=now,
    )


@transaction.atomic
def pin_for_candidate(*, membership: Membership, block_id: uuid.UUID, is_pinned: bool, now: datetime) -> Block:
    """A mentor keeps a block of the candidate's plan in its place, or lets it move again; the candidate is told.

    Raises PlanNotShared; study_plans' BlockNotFound and BlockNotOpen.
    """
    if not membership.shares_plan:
        raise PlanNotShared
    block = plans.pin_block(plan_owner=membership.candidate, block_id=block_id, is_pinned=is_pinned)
    day = f"{block.day:%A} {block.day.day} {block.day:%B}"
    done = "I pinned a block of your plan" if is_pinned else "I let a pinned block of your plan move again"
    write_mentor_note(membership=membership, text=f"{done}: {block.title}, on {day}.", now=now)
    return block


@transaction.atomic
def read_mentor_note(*, candidate: User, note_id: uuid.UUID, now: datetime) -> bool:
    """The candidate has read it: it leaves Today. False if there is no such unread note of theirs."""
    return bool(MentorNote.objects.filter(pk=note_id, candidate=candidate, read_at=None).update(read_at=now))
