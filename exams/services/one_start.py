"""A paper stored, or a whole mock begun, as one statement, for PostgreSQL.

Of the twenty columns of a place six differ from place to place; the others start at the field's default. Sent once
instead of once a place, and without the ORM's work for each value, they cost a start a fraction.
"""

import json
import uuid
from collections.abc import Sequence
from contextlib import nullcontext
from functools import cache
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import JSONField, Model

from exams.models import Attempt, AttemptQuestion
from exams.services.places import Place

# The columns that differ from place to place.
_PLACE = {
    "position": "int[]",
    "question_version_id": "bigint[]",
    "is_pilot": "boolean[]",
    "select_count": "int[]",
    "stands_for_id": "bigint[]",
    "option_order": "jsonb[]",
}
_PLACES = f"unnest({', '.join(f'%({name})s::{kind}' for name, kind in _PLACE.items())}) AS place ({', '.join(_PLACE)})"
# What other rows decide of a new mock. Empty where more has to be looked at first.
_STANDING = """
    SELECT
        COALESCE((SELECT max(number) FROM exams_attempt WHERE candidate_id = %(candidate_id)s AND kind = 'mock'), 0)
            + 1 AS number,
        COALESCE((SELECT time_factor FROM accounts_accommodation WHERE user_id = %(candidate_id)s), 1) AS time_factor
    WHERE NOT EXISTS (
        SELECT FROM exams_attempt
        WHERE candidate_id = %(candidate_id)s AND kind = 'mock' AND status = 'in_progress'
    ) AND NOT EXISTS (SELECT FROM exams_minutesgrant WHERE candidate_id = %(candidate_id)s AND used_in_id IS NULL)
"""
_DECIDED = {
    "number": "standing.number",
    "time_factor": "standing.time_factor",
    "minutes_allowed": "trunc(%(minutes)s * standing.time_factor)",
    "deadline_at": "%(started_at)s + trunc(%(minutes)s * standing.time_factor) * interval '1 minute'",
}


def insert_paper(attempt_id: uuid.UUID, places: Sequence[Place], first_position: int) -> None:
    """Store new places of an attempt as `bulk_create` would."""
    with connection.cursor() as cursor:
        cursor.execute(_paper_statement("%(attempt)s", ""), {"attempt": attempt_id, **_paper(places, first_position)})


def begin_mock(attempt: Attempt, places: Sequence[Place], minutes: int) -> bool:
    """Store an unsaved mock with its paper, and fill in its number, time factor, minutes and deadline.

    minutes: before accommodation. False, and nothing stored, where the usual will not do: a mock is open, staff granted
    minutes ahead, or another sitting of this candidate begins at this moment.
    """
    fields = {name: getattr(attempt, name) for name in _columns(Attempt) if name not in _DECIDED}
    values = {**fields, "focus": json.dumps(attempt.focus), "domain_scores": json.dumps(attempt.domain_scores)}
    try:
        # Alone the statement is its own transaction.
        with transaction.atomic() if connection.in_atomic_block else nullcontext(), connection.cursor() as cursor:
            cursor.execute(_mock_statement(), {**_paper(places, 1), **values, "minutes": minutes})
            row = cursor.fetchone()
    except IntegrityError:
        return False
    if row is None:
        return False
    for name, value in zip(_DECIDED, row, strict=True):
        setattr(attempt, name, value)
    attempt._state.adding, attempt._state.db = False, connection.alias
    return True


@cache
def _mock_statement() -> str:
    given = [(name, f"%({name})s{'::jsonb' if name in _json(Attempt) else ''}") for name in _columns(Attempt)]
    values = {**dict(given), **_DECIDED}
    return (
        f"WITH standing AS ({_STANDING}), attempt AS ("  # noqa: S608 - columns of our own
        f" INSERT INTO exams_attempt ({', '.join(values)}) SELECT {', '.join(values.values())} FROM standing"
        f" RETURNING id, {', '.join(_DECIDED)}"
        f"), paper AS ({_paper_statement('attempt.id', 'attempt, ')}) "
        f"SELECT {', '.join(_DECIDED)} FROM attempt"
    )


@cache
def _paper_statement(attempt: str, source: str) -> str:
    """The statement that stores places of the attempt that an SQL expression names, from a source that it needs."""
    alike = _alike_in_a_place()
    values = [f"%({name})s{'::jsonb' if name in _json(AttemptQuestion) else ''}" for name in alike]
    return (
        f"INSERT INTO exams_attemptquestion (attempt_id, {', '.join([*alike, *_PLACE])}) "  # noqa: S608 - our own
        f"SELECT {', '.join([attempt, *values])}, place.* FROM {source}{_PLACES}"
    )


def _paper(places: Sequence[Place], first_position: int) -> dict[str, Any]:
    """The values of a paper by column."""
    return {
        **_alike_in_a_place(),
        "position": list(range(first_position, first_position + len(places))),
        "question_version_id": [place.version_id for place in places],
        "is_pilot": [place.is_pilot for place in places],
        "select_count": [place.select_count for place in places],
        "stands_for_id": [place.stands_for_id for place in places],
        "option_order": [json.dumps(place.option_ids) for place in places],
    }


@cache
def _alike_in_a_place() -> dict[str, Any]:
    """The columns that are alike in all places, each with its default."""
    fields = {field.attname: field for field in AttemptQuestion._meta.concrete_fields}
    alike = {name: fields[name].get_default() for name in _columns(AttemptQuestion) if name not in _PLACE}
    del alike["attempt_id"]
    return {name: json.dumps(value) if name in _json(AttemptQuestion) else value for name, value in alike.items()}


@cache
def _columns(model: type[Model]) -> list[str]:
    """Every column but a number that the database gives."""
    return [f.attname for f in model._meta.concrete_fields if not (f.primary_key and f.db_returning)]


@cache
def _json(model: type[Model]) -> frozenset[str]:
    return frozenset(f.attname for f in model._meta.concrete_fields if isinstance(f, JSONField))
