"""Why a block is in the plan: a code, its values, and one plain sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

Value = str | int | float


class Why(StrEnum):
    """Reasons for blocks."""

    NO_ANSWERS = "no_answers"
    UNREAD = "unread"
    FOUNDATION = "foundation"
    WRONG_LATELY = "wrong_lately"
    FEW_ANSWERS = "few_answers"
    MOST_TO_WIN = "most_to_win"
    AGAIN = "again"
    KEEP_WARM = "keep_warm"
    FAIR_SHARE = "fair_share"
    MIXED_UP = "mixed_up"
    PRACTICE = "practice"
    MIXED = "mixed"
    DUE = "due"
    DUE_BEFORE_EXAM = "due_before_exam"
    RECENT = "recent"
    MOCK_MISSES = "mock_misses"
    OPEN_MISTAKES = "open_mistakes"
    SPACED_MOCK = "spaced_mock"
    LAST_MOCK = "last_mock"
    REHEARSAL = "rehearsal"
    EVE = "eve"
    DAY_OFF = "day_off"
    NO_MINUTES = "no_minutes"
    TOO_SHORT = "too_short"
    LIGHT = "light"
    ENOUGH = "enough"
    PINNED = "pinned"
    NO_TIME = "no_time"
    SHORT_OF_TIME = "short_of_time"
    TOO_LATE = "too_late"
    FOUNDATION_LEFT_OUT = "foundation_left_out"
    LATER = "later"
    NO_LONG_DAY = "no_long_day"
    NO_LONG_DAY_LAST = "no_long_day_last"
    REVIEWS_CUT = "reviews_cut"
    LONG_GAP = "long_gap"


@dataclass(frozen=True, slots=True)
class Reason:
    """A code for programs and values for words; both are plain JSON."""

    code: Why
    values: Mapping[str, Value] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """The reason as one plain sentence in English."""
        return WORDS[self.code](self.values)


def marks_words(marks: float) -> str:
    """'0.8 marks', '1 mark'; below a twentieth 'less than 0.1 marks'."""
    if marks < 0.05:
        return "less than 0.1 marks"
    shown = f"{marks:.1f}".removesuffix(".0")
    return f"{shown} mark" if shown == "1" else f"{shown} marks"


def day_words(day: date) -> str:
    """'Saturday 5 December'."""
    return f"{day:%A} {day.day} {day:%B}"


def count_words(count: int, noun: str, plural: str | None = None) -> str:
    """'1 question', '12 questions'."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"


def percent_words(percent: float) -> str:
    return f"{percent:.0f}%"


def _weight(values: Mapping[str, Value]) -> str:
    return f"{values['domain_name']} is {percent_words(float(values['weight']))} of the exam"


def _marks(values: Mapping[str, Value]) -> str:
    return marks_words(float(values["marks"]))


def _due(values: Mapping[str, Value]) -> str:
    count = int(values["count"])
    return f"{count_words(count, 'question')} {'is' if count == 1 else 'are'} due"


def _cost(values: Mapping[str, Value]) -> str:
    return (
        f"that costs about {_marks(values)}" if float(values["marks"]) >= 0.05 else ("that costs less than 0.1 marks")
    )


WORDS: Mapping[Why, Callable[[Mapping[str, Value]], str]] = {
    Why.NO_ANSWERS: lambda v: "We know nothing about your strengths yet; these questions show where to begin.",
    Why.UNREAD: lambda v: (
        f"You have not read these notes yet, and up to {_marks(v)} of 100 are to win here; {_weight(v)}."
    ),
    Why.FOUNDATION: lambda v: f"{v['later_name']} builds on this, so this comes first.",
    Why.WRONG_LATELY: lambda v: f"{v['wrong']} of {v['of']} wrong on {v['topic_name']}; {_weight(v)}.",
    Why.FEW_ANSWERS: lambda v: (
        f"{count_words(int(v['answers']), 'answer') if int(v['answers']) else 'No answer'} on "
        f"{v['topic_name']} so far: this drill shows where you stand, and {_weight(v)}."
    ),
    Why.MOST_TO_WIN: lambda v: f"Up to {_marks(v)} of 100 are to win here; {_weight(v)}.",
    Why.AGAIN: lambda v: f"Back after {count_words(int(v['days']), 'day')}, so that it stays; {_weight(v)}.",
    Why.KEEP_WARM: lambda v: (
        f"{v['domain_name']} has waited {count_words(int(v['days']), 'day')}; a short block keeps it warm."
    ),
    Why.FAIR_SHARE: lambda v: f"{_weight(v)}, and it keeps its share of the time.",
    Why.MIXED_UP: lambda v: f"{v['wrong']} of {v['of']} wrong where {v['pair_name']} are easily taken for one another.",
    Why.PRACTICE: lambda v: f"Doing it once by hand makes {v['topic_name']} stay; {_weight(v)}.",
    Why.MIXED: lambda v: "Mixed questions from all domains, as in the exam.",
    Why.DUE: lambda v: f"{_due(v)}: answered now, they stay longest.",
    Why.DUE_BEFORE_EXAM: lambda v: f"{_due(v)}, timed so that they are fresh on the exam day.",
    Why.RECENT: lambda v: "A short look back at what you answered lately, so that it stays.",
    Why.MOCK_MISSES: lambda v: (
        f"About {count_words(int(v['count']), 'miss', 'misses')} in the mock before: each one gone "
        "through once is worth more than new questions."
    ),
    Why.OPEN_MISTAKES: lambda v: f"{count_words(int(v['count']), 'mistake')} not yet gone through.",
    Why.SPACED_MOCK: lambda v: "A full-length mock under exam conditions, with time to learn from it before the next.",
    Why.LAST_MOCK: lambda v: (
        f"The last mock, {count_words(int(v['days']), 'day')} before the exam: close enough to "
        "count, early enough to rest."
    ),
    Why.REHEARSAL: lambda v: (
        "The whole exam at its real hour, with room, papers and network as on the day, while "
        "there is time to mend what does not work."
    ),
    Why.EVE: lambda v: "The exam is tomorrow. Rest is worth more than anything you could add.",
    Why.DAY_OFF: lambda v: "Your day off.",
    Why.NO_MINUTES: lambda v: "No study time on this weekday.",
    Why.TOO_SHORT: lambda v: f"{v['minutes']} minutes are too short for a useful block.",
    Why.LIGHT: lambda v: "Kept free: the load falls before the exam.",
    Why.ENOUGH: lambda v: "Nothing left today that would be worth your time.",
    Why.PINNED: lambda v: "You pinned this.",
    Why.NO_TIME: lambda v: f"No time for {v['name']} before the exam: {_cost(v)}.",
    Why.SHORT_OF_TIME: lambda v: (
        f"{v['name']} gets {v['minutes']} of the {v['wanted']} minutes it deserves: {_cost(v)}."
    ),
    Why.TOO_LATE: lambda v: (
        f"{v['name']} would be new, and the last days before the exam hold nothing new: {_cost(v)}."
    ),
    Why.FOUNDATION_LEFT_OUT: lambda v: (
        f"{v['name']} builds on {v['foundation_name']}, and there is no time for both: {_cost(v)}."
    ),
    Why.LATER: lambda v: f"{v['name']} comes after these four weeks.",
    Why.NO_LONG_DAY: lambda v: (
        f"No mock exam: no suitable day has {v['minutes']} minutes; {_cost(v)}, and the forecast stays wide."
    ),
    Why.NO_LONG_DAY_LAST: lambda v: (
        f"No day from 5 to 3 days before the exam has {v['minutes']} minutes, so the last mock {v['instead']}."
    ),
    Why.REVIEWS_CUT: lambda v: (
        f"{count_words(int(v['count']), 'due question')} cannot be asked again before the exam: {_cost(v)}."
    ),
    Why.LONG_GAP: lambda v: (
        f"{v['name']} waits {v['days']} days from {v['since']}: too few study days or minutes lie in between."
    ),
}
