"""Everything that may happen to the question bank."""

from questions.services.bank import BankLoad, load_bank, store_bank
from questions.services.imports import ImportResult, RowError, import_questions
from questions.services.parameters import FittedQuestion, store_question_parameters
from questions.services.reports import (
    ReportIsAnswered,
    ReportIsEmpty,
    ReportIsTooLong,
    TooManyReports,
    answer_report,
    report_question,
)
from questions.services.versions import (
    KeyIsUnfit,
    QuestionIsUnfit,
    VersionIsNotPublished,
    correct_key,
    publish_version,
    record_check,
    restore_question,
    retire_question,
    return_version,
    start_next_version,
    submit_version,
)

__all__ = [
    "BankLoad",
    "FittedQuestion",
    "ImportResult",
    "KeyIsUnfit",
    "QuestionIsUnfit",
    "ReportIsAnswered",
    "ReportIsEmpty",
    "ReportIsTooLong",
    "RowError",
    "TooManyReports",
    "VersionIsNotPublished",
    "answer_report",
    "correct_key",
    "import_questions",
    "load_bank",
    "publish_version",
    "record_check",
    "report_question",
    "restore_question",
    "retire_question",
    "return_version",
    "start_next_version",
    "store_bank",
    "store_question_parameters",
    "submit_version",
]
