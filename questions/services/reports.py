"""Somebody says that something is wrong with a question, and authors answer."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from questions.models import QuestionReport, QuestionVersion

LONGEST_REPORT = 2000
OPEN_REPORTS_LIMIT = 20


class ReportIsEmpty(Exception):
    """A report needs a few words."""


class ReportIsTooLong(Exception):
    """A report fits into 2000 characters."""


class TooManyReports(Exception):
    """One person has so many unanswered reports that another would not be read sooner."""


class ReportIsAnswered(Exception):
    """Somebody answered this report already."""


@transaction.atomic
def report_question(*, version: QuestionVersion, reporter: User, text: str, now: datetime) -> QuestionReport:
    """Puts a report into the authors' queue. The same words sent twice are one report.

    Raises   ReportIsEmpty, ReportIsTooLong, TooManyReports.
    """
    text = text.strip()
    if not text:
        raise ReportIsEmpty
    if len(text) > LONGEST_REPORT:
        raise ReportIsTooLong
    mine = QuestionReport.objects.filter(reporter=reporter, status=QuestionReport.Status.OPEN)
    if same := mine.filter(version=version, text=text).first():
        return same
    if mine.count() >= OPEN_REPORTS_LIMIT:
        raise TooManyReports
    return QuestionReport.objects.create(version=version, reporter=reporter, text=text, created_at=now)


@transaction.atomic
def answer_report(
    *,
    report: QuestionReport,
    status: QuestionReport.Status,
    reply: str,
    by: User,
    now: datetime,
) -> None:
    """Closes a report as mended or declined, with the words its reporter reads.

    Raises   ReportIsAnswered if somebody else was faster; ValueError for a status that closes nothing.
    """
    if status == QuestionReport.Status.OPEN:
        raise ValueError("an answer closes the report: mended or declined")
    changed = QuestionReport.objects.filter(pk=report.pk, status=QuestionReport.Status.OPEN).update(
        status=status, reply=reply.strip(), answered_by=by, answered_at=now
    )
    if not changed:
        raise ReportIsAnswered
    report.refresh_from_db()
