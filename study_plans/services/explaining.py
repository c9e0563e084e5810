"""Why a block moved, came or went: one sentence for each row of a revision."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from engine import planning
from engine.planning.reasons import marks_words
from study_plans import words
from study_plans.models import Block
from study_plans.selectors.planning_input import PlanningInput

Row = dict[str, Any]
ENOUGH_LEFT = 0.05  # marks: below this there is nothing worth saying


def why_changed(
    rows: Sequence[Row], *, known: PlanningInput, left_out: Iterable[planning.LeftOut], today: date
) -> None:
    """Set `why` of every row. Added and resized blocks keep the engine's reason for the block itself."""
    missing = {item.code: item.reason.words for item in left_out}
    came = {row["day_to"]: row["title"] for row in rows if row["change"] == "added"}
    for row in rows:
        if row["change"] == "moved":
            row["why"] = _why_moved(row, known.asked, came, today)
        elif row["change"] == "dropped":
            row["why"] = _why_dropped(row, known, missing)


def _why_moved(row: Row, asked: planning.PlanInput, came: dict[str, str], today: date) -> str:
    day = date.fromisoformat(row["day_from"])
    if day < today:
        return f"{words.day_words(day)} went by; this is its next good place."
    if asked.exam_on is not None and day >= asked.exam_on:
        return "Your exam is before the day it was planned for."
    if _minutes(asked, day) < row["minutes_from"]:
        return f"There is less time on {words.day_words(day)} than before."
    if row["day_from"] in came:
        return f"Makes room on {words.day_words(day)} for {came[row['day_from']]}."
    return f"On {words.day_words(day)} other blocks now win more."


def _why_dropped(row: Row, known: PlanningInput, missing: dict[str, str]) -> str:
    code = row["topic"]
    if code in missing:
        return missing[code]
    if row["kind"] in (Block.Kind.MOCK, Block.Kind.REHEARSAL):
        return "No suitable day for it is left, with time between it and the other full exams."
    if row["kind"] == Block.Kind.REVIEW:
        return "Fewer questions are due around that day."
    if row["kind"] == Block.Kind.MISTAKES:
        return "Fewer mistakes are waiting to be gone through."
    if row["kind"] == Block.Kind.DIAGNOSTIC:
        return "Your answers already show where to begin."
    topic = next((topic for topic in known.asked.topics if topic.code == code), None)
    if topic is None or topic.marks_to_win < ENOUGH_LEFT:
        return "Hardly anything is left to win here."
    return f"Up to {marks_words(topic.marks_to_win)} of 100 are left to win here; other blocks win more."


def _minutes(asked: planning.PlanInput, day: date) -> int:
    if day in asked.days_off:
        return 0
    return asked.minutes_on.get(day, asked.minutes_per_weekday[day.weekday()])
