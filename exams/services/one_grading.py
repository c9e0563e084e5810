"""Grading as one statement, for PostgreSQL: mark every answer and add up the scored ones by domain in one round trip.

The same rule as `exams.selectors.grading`, which regrading, the invariants and SQLite go by; tests run both.
"""

import uuid
from typing import Any

from django.db import connection

from exams.models import whole_percent

# Both sides of the comparison are sorted lists of ids, so equal sets are equal JSON.
GRADE = """
WITH graded AS (
    UPDATE exams_attemptquestion AS answer
    SET is_correct = (version.key_ids = answer.selected AND version.key_ids <> '[]')
    FROM questions_questionversion AS version
    WHERE answer.attempt_id = %s AND version.id = answer.question_version_id
    RETURNING answer.is_correct, answer.is_pilot, version.question_id
)
SELECT domain.code, count(*) FILTER (WHERE graded.is_correct), count(*)
FROM graded
JOIN questions_question AS question ON question.id = graded.question_id
JOIN questions_domain AS domain ON domain.id = question.domain_id
WHERE NOT graded.is_pilot
GROUP BY domain.id ORDER BY domain."order"
"""


def grade_in_one_statement(attempt_id: uuid.UUID) -> list[dict[str, Any]]:
    """Mark all answers of a locked attempt; its scores by domain, in blueprint order."""
    with connection.cursor() as cursor:
        cursor.execute(GRADE, [attempt_id])
        rows = cursor.fetchall()
    return [
        {"domain": code, "right": right, "total": total, "percent": whole_percent(right, total)}
        for code, right, total in rows
    ]
