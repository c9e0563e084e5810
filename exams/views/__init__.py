"""The pages of a sitting: before, during, after."""

from exams.views.attempts import attempt_list, mock_start, tutorial_start
from exams.views.exports import answers_export, results_export
from exams.views.pauses import attempt_pause, attempt_resume
from exams.views.results import result_show
from exams.views.reviews import question_report, review_show
from exams.views.room import room_show

__all__ = [
    "answers_export",
    "attempt_list",
    "attempt_pause",
    "attempt_resume",
    "mock_start",
    "question_report",
    "result_show",
    "results_export",
    "review_show",
    "room_show",
    "tutorial_start",
]
