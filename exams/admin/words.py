"""Rows of a sitting in words that staff can read."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.utils import formats, timezone

from exams import services
from exams.models import Attempt, AttemptQuestion


def minutes_words(attempt: Attempt) -> str:
    """“157 (from 105)”; empty without a clock."""
    if attempt.minutes_allowed is None:
        return ""
    standard = attempt.standard_minutes
    return f"{attempt.minutes_allowed} (from {standard})" if standard else str(attempt.minutes_allowed)


def when_words(attempt: Attempt) -> str:
    """“28 Nov 2026, 17:08 to 18:53”: until the end, or until the deadline of one that runs."""
    until = attempt.finished_at or attempt.deadline_at
    words = _moment(attempt.started_at)
    return f"{words} to {formats.time_format(timezone.localtime(until), 'H:i')}" if until else words


def letters_of(place: AttemptQuestion, option_ids: Collection[int]) -> str:
    """“A and C”, as the candidate saw the options; “blank” for none."""
    letters = [chr(65 + index) for index, pk in enumerate(place.option_order) if pk in option_ids]
    return " and ".join(letters) or "blank"


def state_words(attempt: Attempt, now: datetime) -> str:
    """Where a sitting stands, for whoever is about to change its course."""
    if attempt.status == Attempt.Status.VOIDED:
        return f"It is void since {_moment(attempt.finished_at)}."
    if attempt.is_final:
        how = "Time ran out" if attempt.status == Attempt.Status.EXPIRED else "It was handed in"
        score = "" if attempt.scored_right is None else f", with {attempt.scored_right} of {attempt.scored_total} right"
        return f"{how} at {_moment(attempt.finished_at)}{score}."
    if attempt.paused_ms is not None:
        return f"It is paused, with {attempt.paused_minutes} minutes left."
    if attempt.deadline_at is None:
        return f"It is in progress since {_moment(attempt.started_at)}, without a clock."
    left = (attempt.remaining_ms_at(now) or 0) // 60_000
    of, until = minutes_words(attempt), _moment(attempt.deadline_at)
    return f"It is in progress, with {left} of {of} minutes left, until {until}."


def as_it_was(before: Mapping[str, Any]) -> str:
    """What a change of staff found: “in progress; deadline 28 Nov 2026, 9:05; 105 minutes”."""
    parts = []
    if status := before.get("status"):
        parts.append(str(Attempt.Status(status).label))
    for name, words in (("finished_at", "ended"), ("deadline_at", "deadline")):
        if before.get(name):
            parts.append(f"{words} {_moment(datetime.fromisoformat(before[name]))}")
    if before.get("minutes_allowed"):
        parts.append(f"{before['minutes_allowed']} minutes")
    if before.get("scored_total") is not None:
        parts.append(f"{before['scored_right']} of {before['scored_total']} right")
    if before.get("passed") is not None:
        parts.append("passed" if before["passed"] else "not passed")
    return "; ".join(parts)


def copy_words(outcome: services.CopyOutcome) -> str:
    """What became of the answers of a copy, by question."""
    parts = {"taken": outcome.taken, "changed after the end": outcome.too_late, "newer here": outcome.newer}
    return "; ".join(f"{words}: {', '.join(map(str, sorted(set(found))))}" for words, found in parts.items() if found)


def _moment(moment: datetime | None) -> str:
    return formats.date_format(timezone.localtime(moment), "j M Y, H:i") if moment else ""
