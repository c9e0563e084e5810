"""What the real exam said: kept, corrected or taken back; estimates and plan hear of it in the same moment."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from analytics.models import CandidateModel
from analytics.services.analysis import analyse_exam_report
from questions.selectors import current_blueprint
from study_plans import services as plans
from study_plans.models import ExamReport


@transaction.atomic
def report_exam(
    *,
    candidate: User,
    now: datetime,
    sat_on: date,
    passed: bool,
    percents: Mapping[str, int],
    next_exam_on: date | None = None,
    report_id: uuid.UUID | None = None,
) -> ExamReport:
    """Keep what the exam said, or correct an earlier report; its percentages count as evidence, the plan follows.

    study_plans.services.ReportInvalid names the field that is wrong, ReportNotFound is for what is not theirs.
    """
    _lock_model(candidate)
    report = plans.keep_exam_report(
        candidate=candidate,
        now=now,
        sat_on=sat_on,
        passed=passed,
        percents=percents,
        next_exam_on=next_exam_on,
        report_id=report_id,
    )
    _follow(candidate, now)
    return report


@transaction.atomic
def take_exam_back(*, candidate: User, report_id: uuid.UUID, now: datetime) -> ExamReport:
    """The report never was: its figures stop counting. ReportNotFound for what is not theirs."""
    _lock_model(candidate)
    report = plans.take_exam_report_back(candidate=candidate, report_id=report_id, now=now)
    _follow(candidate, now)
    return report


def _lock_model(candidate: User) -> None:
    """First the model, then the plan: the order in which an analysis takes them."""
    CandidateModel.objects.select_for_update().get_or_create(
        candidate=candidate, defaults={"blueprint": current_blueprint()}
    )


def _follow(candidate: User, now: datetime) -> None:
    if analyse_exam_report(candidate_id=candidate.pk, now=now) is None:
        plans.follow_exam_report(candidate=candidate, now=now)
