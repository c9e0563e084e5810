"""Afterwards: is everything that was acknowledged stored, and how fast did the worker follow?"""

import time
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import psycopg2

from benchmarks.full_house.ledger import Acknowledged, Ledger

STORED = """
SELECT event.save_id::text, answer.attempt_id::text, answer.position, event.revision, event.selected, answer.revision
FROM exams_answerevent AS event JOIN exams_attemptquestion AS answer ON answer.id = event.attempt_question_id
"""
GRADED = "SELECT id::text FROM exams_attempt WHERE status = 'submitted' AND score_status = 'done'"
WAITING = """
SELECT count(*) FROM exams_attempt AS attempt
WHERE status <> 'in_progress' AND NOT EXISTS (
    SELECT FROM analytics_analysedattempt AS known
    WHERE known.attempt_id = attempt.id AND known.score_version = attempt.score_version
)
"""
FOLLOWED = """
SELECT attempt.id::text, extract(epoch FROM estimates.computed_at - attempt.finished_at)::float
FROM exams_attempt AS attempt
JOIN analytics_estimateset AS estimates
  ON estimates.last_attempt_id = attempt.id AND estimates.as_of = attempt.finished_at
"""


def ask(url: str, statement: str) -> list[tuple[Any, ...]]:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def missing(url: str, ledger: Ledger) -> list[str]:
    """What was acknowledged and is not stored as it was acknowledged, in words; empty when nothing was lost."""
    stored, newest = {}, {}
    for save_id, attempt_id, position, revision, selected, current in ask(url, STORED):
        stored[save_id] = (attempt_id, position, revision, tuple(selected))
        newest[attempt_id, position] = current
    graded = {attempt_id for (attempt_id,) in ask(url, GRADED)}
    lost = [f"save {ack.save_id} is not stored as acknowledged" for ack in ledger.acknowledged if not _is(ack, stored)]
    lost += [
        f"answer {ack.position} of {ack.attempt_id} stands before acknowledged revision {ack.revision}"
        for ack in ledger.acknowledged
        if newest.get((ack.attempt_id, ack.position), 0) < ack.revision
    ]
    return lost + [f"attempt {one} was submitted and is not graded" for one in ledger.submitted if one not in graded]


def _is(ack: Acknowledged, stored: dict[str, tuple[Any, ...]]) -> bool:
    return stored.get(ack.save_id) == (ack.attempt_id, ack.position, ack.revision, ack.selected)


def wait_for_the_worker(url: str, seconds: float) -> float | None:
    """Until every final attempt is analysed; how long that took, None where it took longer."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if ask(url, WAITING)[0][0] == 0:
            return time.monotonic() - began
        time.sleep(0.5)
    return None


def followed(url: str, ledger: Ledger) -> Sequence[float]:
    """By submitted attempt, seconds from its end until the analysis began that gave its weakness and plan."""
    submitted = set(ledger.submitted)
    return [seconds for attempt_id, seconds in ask(url, FOLLOWED) if attempt_id in submitted]
