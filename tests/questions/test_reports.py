"""Reports of problems: filed once, answered once."""

from datetime import UTC, datetime

import pytest

from questions.models import QuestionReport
from questions.services import (
    ReportIsAnswered,
    ReportIsEmpty,
    ReportIsTooLong,
    TooManyReports,
    answer_report,
    report_question,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def _report(bank, candidate, text="Option B is right too."):
    return report_question(version=bank.questions[0].current_version, reporter=candidate, text=text, now=NOW)


def test_reporting_and_answering_works(bank, candidate, author):
    report = _report(bank, candidate)
    answer_report(report=report, status=QuestionReport.Status.MENDED, reply=" Mended. ", by=author, now=NOW)
    assert (report.status, report.reply, report.answered_by) == ("mended", "Mended.", author)


def test_the_same_words_twice_are_one_report(bank, candidate):
    assert _report(bank, candidate) == _report(bank, candidate)
    assert QuestionReport.objects.count() == 1


def test_an_answered_report_is_not_answered_again(bank, candidate, author):
    report = _report(bank, candidate)
    answer_report(report=report, status=QuestionReport.Status.DECLINED, reply="", by=author, now=NOW)
    with pytest.raises(ReportIsAnswered):
        answer_report(report=report, status=QuestionReport.Status.MENDED, reply="", by=author, now=NOW)


def test_an_answer_closes(bank, candidate, author):
    with pytest.raises(ValueError, match="mended or declined"):
        answer_report(report=_report(bank, candidate), status=QuestionReport.Status.OPEN, reply="", by=author, now=NOW)


def test_empty_long_and_too_many_reports_are_refused(bank, candidate):
    with pytest.raises(ReportIsEmpty):
        _report(bank, candidate, "  ")
    with pytest.raises(ReportIsTooLong):
        _report(bank, candidate, "x" * 2001)
    for number in range(20):
        _report(bank, candidate, f"no. {number}")
    with pytest.raises(TooManyReports):
        _report(bank, candidate, "one more")
