"""A whole paper stored as one statement, for PostgreSQL.

Of the twenty columns of a place six differ from place to place; the others start at the field's default. Sent once
instead of once a place, and without the ORM's work for each value, they cost a start a fraction.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import JSONField

from exams.models import AttemptQuestion

_DIFFERENT = {
    "position": "int[]",
    "question_version_id": "bigint[]",
    "is_pilot": "boolean[]",
    "select_count": "int[]",
    "stands_for_id": "bigint[]",
    "option_order": "jsonb[]",
}


def insert_in_one_statement(places: Sequence[AttemptQuestion]) -> None:
    """Store new places of one attempt as `bulk_create` would; their ids stay in the database."""
    statement, defaults = _statement()
    if any(getattr(place, name) != value for place in places for name, value in defaults.items()):
        # Somebody began to set a field that is not known here to differ.
        AttemptQuestion.objects.bulk_create(places)
        return
    alike = [json.dumps(value) if isinstance(value, list | dict) else value for value in defaults.values()]
    different: list[Any] = [[getattr(place, name) for place in places] for name in _DIFFERENT]
    different[-1] = [json.dumps(order) for order in different[-1]]
    with connection.cursor() as cursor:
        cursor.execute(statement, [places[0].attempt_id, *alike, *different])


@cache
def _statement() -> tuple[str, dict[str, Any]]:
    """The statement, and the defaults of the columns that are alike everywhere, by attribute."""
    alike = [
        field
        for field in AttemptQuestion._meta.concrete_fields
        if not field.primary_key and field.attname not in {"attempt_id", *_DIFFERENT}
    ]
    different = ", ".join(_DIFFERENT)
    columns = ", ".join(["attempt_id", *(str(field.column) for field in alike), different])
    values = ", ".join(["%s", *("%s::jsonb" if isinstance(field, JSONField) else "%s" for field in alike)])
    arrays = ", ".join(f"%s::{kind}" for kind in _DIFFERENT.values())
    return (
        f"INSERT INTO exams_attemptquestion ({columns}) "  # noqa: S608 - columns of our own
        f"SELECT {values}, place.* FROM unnest({arrays}) AS place ({different})",
        {field.attname: field.get_default() for field in alike},
    )
