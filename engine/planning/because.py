"""Why something changed between two plans: a code, its values, and the words after the colon."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from engine.planning.reasons import Value, marks_words, percent_words


class Because(StrEnum):
    """Reasons for changes."""

    PINNED = "pinned"
    UNPINNED = "unpinned"
    MISSED = "missed"
    WRONG_LATELY = "wrong_lately"
    NEED_ROSE = "need_rose"
    NEED_FELL = "need_fell"
    STRONG = "strong"
    MIXED_UP = "mixed_up"
    FOUNDATION = "foundation"
    DONE = "done"
    DAY_OFF = "day_off"
    LESS_TIME = "less_time"
    MORE_TIME = "more_time"
    EXAM_MOVED = "exam_moved"
    TAPER = "taper"
    ROTATION = "rotation"
    KEEP_WARM = "keep_warm"
    SITTING = "sitting"
    MISTAKES = "mistakes"
    MAKES_ROOM = "makes_room"
    TAKES_PLACE = "takes_place"
    WORTH_MORE = "worth_more"
    WORTH_LESS = "worth_less"


def _weight(values: Mapping[str, Value]) -> str:
    return f"{values['domain_name']} is {percent_words(float(values['weight']))} of the exam"


def _marks(values: Mapping[str, Value]) -> str:
    return (
        f"up to {marks_words(float(values['marks']))} to win there now, "
        f"{float(values['marks_before']):.1f} before; {_weight(values)}"
    )


WORDS: Mapping[Because, Callable[[Mapping[str, Value]], str]] = {
    Because.PINNED: lambda v: "you pinned it",
    Because.UNPINNED: lambda v: "it is no longer pinned",
    Because.MISSED: lambda v: f"it was planned for {v['day']} and not done",
    Because.WRONG_LATELY: lambda v: f"{v['wrong']} of {v['of']} wrong on {v['topic_name']}; {_weight(v)}",
    Because.NEED_ROSE: _marks,
    Because.NEED_FELL: _marks,
    Because.STRONG: lambda v: (
        f"{v['domain_name']} is strong: {percent_words(float(v['expected']))}, "
        f"likely {float(v['low']):.0f} to {percent_words(float(v['high']))}"
    ),
    Because.MIXED_UP: lambda v: f"{v['wrong']} of {v['of']} wrong where {v['pair_name']} are taken for one another",
    Because.FOUNDATION: lambda v: f"{v['later_name']} builds on it",
    Because.DONE: lambda v: "it is done",
    Because.DAY_OFF: lambda v: f"there is no study time on {v['day']} now",
    Because.LESS_TIME: lambda v: f"{v['day']} has {v['minutes']} minutes now, {v['minutes_before']} before",
    Because.MORE_TIME: lambda v: f"{v['day']} has {v['minutes']} minutes now, {v['minutes_before']} before",
    Because.EXAM_MOVED: lambda v: "the exam day has changed",
    Because.TAPER: lambda v: "the load falls before the exam, with nothing new",
    Because.ROTATION: lambda v: f"keeps {v['domain_name']} from filling three study days in a row",
    Because.KEEP_WARM: lambda v: f"{v['domain_name']} would wait more than a week",
    Because.SITTING: lambda v: "full sittings keep their distance from each other and from the exam",
    Because.MISTAKES: lambda v: "it follows the mistakes not yet gone through",
    Because.MAKES_ROOM: lambda v: f"makes room for {v['other_name']}",
    Because.TAKES_PLACE: lambda v: f"takes the time of {v['other_name']}",
    Because.WORTH_MORE: lambda v: f"it is worth more there than what was planned; {_weight(v)}",
    Because.WORTH_LESS: lambda v: "the time wins more elsewhere",
}

NAMES_TOPIC = frozenset({Because.WRONG_LATELY})
