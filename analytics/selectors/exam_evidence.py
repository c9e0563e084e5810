"""Real exams that candidates told us about, as evidence. Everything follows from the stored reports."""

from collections.abc import Iterable

from engine.reported import ReportedExam, reported_responses
from engine.responses import Response
from engine.subject import Subject
from study_plans.models import ExamReport


def telling_reports(reports: Iterable[ExamReport], domain_codes: Iterable[str]) -> list[ExamReport]:
    """Those with a percentage for every domain, oldest first; the others say nothing."""
    codes = set(domain_codes)
    return sorted((one for one in reports if set(one.percents) == codes), key=lambda one: one.sat_on)


def exam_responses(reports: Iterable[ExamReport], subject: Subject) -> list[Response]:
    """The answers that telling reports stand for."""
    return reported_responses(subject, [ReportedExam(one.sat_at.timestamp(), one.percents) for one in reports])
