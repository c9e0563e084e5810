"""Everything that may happen to what the answers tell; one noun a module."""

from analytics.services.analysis import (
    analyse_candidate,
    analyse_exam_report,
    follow_parameters,
    note_failed_analysis,
    recompute_candidate,
    refresh_estimates,
)
from analytics.services.estimates import stored_difference
from analytics.services.notes import (
    NotAMistake,
    NoteEmpty,
    PlanNotShared,
    note_mistake,
    pin_for_candidate,
    read_mentor_note,
    resolve_mistake,
    write_mentor_note,
)
from analytics.services.outcomes import report_exam, take_exam_back
from analytics.services.parameters import (
    RecalibrationRefused,
    recalibrate,
    release_parameter_set,
    restore_parameter_set,
)
from analytics.services.sittings import (
    NoQuestionFits,
    minutes_at_exam_pace,
    serve_next_in_map,
    start_diagnostic,
    start_drill,
)
from analytics.services.statistics import count_forecast_record, count_question_statistics

__all__ = [
    "NoQuestionFits",
    "NotAMistake",
    "NoteEmpty",
    "PlanNotShared",
    "RecalibrationRefused",
    "analyse_candidate",
    "analyse_exam_report",
    "count_forecast_record",
    "count_question_statistics",
    "follow_parameters",
    "minutes_at_exam_pace",
    "note_failed_analysis",
    "note_mistake",
    "pin_for_candidate",
    "read_mentor_note",
    "recalibrate",
    "recompute_candidate",
    "refresh_estimates",
    "release_parameter_set",
    "report_exam",
    "resolve_mistake",
    "restore_parameter_set",
    "serve_next_in_map",
    "start_diagnostic",
    "start_drill",
    "stored_difference",
    "take_exam_back",
    "write_mentor_note",
]
