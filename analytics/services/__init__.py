"""Everything that may happen to what the answers tell; one noun a module."""

from analytics.services.analysis import (
    analyse_candidate,
    note_failed_analysis,
    recompute_candidate,
    refresh_estimates,
)
from analytics.services.estimates import stored_difference
from analytics.services.notes import (
    NotAMistake,
    NoteEmpty,
    note_mistake,
    read_mentor_note,
    resolve_mistake,
    write_mentor_note,
)
from analytics.services.sittings import NoQuestionFits, start_diagnostic, start_drill
from analytics.services.statistics import count_question_statistics

__all__ = [
    "NoQuestionFits",
    "NotAMistake",
    "NoteEmpty",
    "analyse_candidate",
    "count_question_statistics",
    "note_failed_analysis",
    "note_mistake",
    "read_mentor_note",
    "recompute_candidate",
    "refresh_estimates",
    "resolve_mistake",
    "start_diagnostic",
    "start_drill",
    "stored_difference",
    "write_mentor_note",
]
