"""The accepted save as one statement, for PostgreSQL: lock, compare-and-set and log in one round trip, then commit.

It does exactly what `save_answer` does the long way, but only says yes: when it stores nothing, the long way finds
out why. Nine of ten requests of an exam are such saves, and three trips with the ORM cost twice as much
(docs/decisions/ has the figures).
"""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, connection

from exams.models import SAVE_ALLOWANCE
from exams.services.changes import CONTENT_FIELDS, AnswerChange

# A field that the change leaves out is NULL here and stays as it is: the exam room sends only what changed.
# After a wait for the lock PostgreSQL tests each condition on attempt and answer again, on the rows as they then are.
SAVE = """
WITH locked AS (
    SELECT id, deadline_at FROM exams_attempt
    WHERE id = %(attempt)s AND candidate_id = %(candidate)s AND status = 'in_progress'
      AND (deadline_at IS NULL OR deadline_at >= %(latest)s)
    FOR NO KEY UPDATE
), changed AS (
    UPDATE exams_attemptquestion AS answer
    SET revision = answer.revision + 1, answered_at = %(now)s,
        selected = COALESCE(%(selected)s::jsonb, answer.selected),
        eliminated = COALESCE(%(eliminated)s::jsonb, answer.eliminated),
        flagged = COALESCE(%(flagged)s, answer.flagged),
        confidence = COALESCE(%(confidence)s, answer.confidence),
        note = COALESCE(%(note)s, answer.note),
        seconds_spent = COALESCE(%(seconds_spent)s, answer.seconds_spent)
    FROM locked
    WHERE answer.attempt_id = locked.id AND answer.position = %(position)s AND answer.revision = %(base)s
      AND answer.option_order @> COALESCE(%(selected)s, '[]')::jsonb
      AND answer.option_order @> COALESCE(%(eliminated)s, '[]')::jsonb
      AND answer.select_count >= %(selected_count)s
      AND (answer.checked_at IS NULL OR answer.selected = COALESCE(%(selected)s::jsonb, answer.selected))
      AND NOT EXISTS (
          SELECT FROM exams_answerevent AS event
          WHERE event.attempt_question_id = answer.id AND event.save_id = %(save_id)s
      )
    RETURNING answer.*, locked.deadline_at
), logged AS (
    INSERT INTO exams_answerevent (
        attempt_question_id, revision, save_id, arrived_at,
        selected, eliminated, flagged, confidence, note, seconds_spent
    )
    SELECT id, revision, %(save_id)s, %(now)s, selected, eliminated, flagged, confidence, note, seconds_spent
    FROM changed
)
SELECT revision, deadline_at FROM changed
"""


@dataclass(frozen=True, slots=True)
class AcceptedSave:
    revision: int
    deadline_at: datetime | None


def save_in_one_statement(
    attempt_id: uuid.UUID, candidate_id: uuid.UUID, position: int, change: AnswerChange, now: datetime
) -> AcceptedSave | None:
    """Store a change if nothing speaks against it; None, and nothing stored, if anything does."""
    content = dict.fromkeys(CONTENT_FIELDS) | change.content()
    if any(len(set(ids)) != len(ids) for ids in (change.selected or [], change.eliminated or [])):
        return None
    values = {
        **content,
        "selected": None if change.selected is None else json.dumps(content["selected"]),
        "eliminated": None if change.eliminated is None else json.dumps(content["eliminated"]),
        "selected_count": len(change.selected or []),
        "attempt": attempt_id,
        "candidate": candidate_id,
        "position": position,
        "base": change.base_revision,
        "save_id": change.save_id,
        "now": now,
        "latest": now - SAVE_ALLOWANCE,
    }
    try:
        with connection.cursor() as cursor:
            cursor.execute(SAVE, values)
            row = cursor.fetchone()
    except IntegrityError:
        # One save_id for two changes at the same moment: the long way tells them apart.
        return None
    return None if row is None else AcceptedSave(*row)
