"""Keeping what the real exam said, and planning from it.

The figures become evidence in `analytics`, which calls these services and hands the new needs over in between.
"""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import User
from questions.models import ExamBlueprint
from questions.selectors import current_blueprint, domain_weights
from study_plans import selectors, words
from study_plans.models import ExamReport, PlanRevision, StudyPlan
from study_plans.services.adjusting import lock_plan, replan
from study_plans.services.snapshots import snapshot_of

OLDEST = timedelta(days=731)
NOON = time(12)


class ReportInvalid(Exception):
    """Something that cannot be so; `field` names it, `percent_<domain code>` for a percentage."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class ReportNotFound(Exception):
    """There is no such report, or it belongs to somebody else."""


@transaction.atomic
def keep_exam_report(
    *,
    candidate: User,
    now: datetime,
    sat_on: date,
    passed: bool,
    percents: Mapping[str, int],
    next_exam_on: date | None = None,
    report_id: uuid.UUID | None = None,
) -> ExamReport:
    """Keep what the exam said, or correct an earlier report; `follow_exam_report` then plans from it.

    percents: a whole percentage for each domain, or none at all. A passed exam ends the plan; a failed one aims it at
    `next_exam_on`, or at no day. An older report than the latest changes no plan; the same one sent twice is kept once.
    ReportInvalid names the field that is wrong; ReportNotFound for a report that is not theirs.
    """
    blueprint = current_blueprint()
    plan = _lock(candidate, makes_one=not passed)
    today = selectors.local_day(candidate, now)
    if report_id is None and (told := _told_already(candidate, sat_on, passed, percents)) is not None:
        return told
    report = _own_report(candidate, report_id) if report_id else ExamReport(candidate=candidate, blueprint=blueprint)
    _check(report, today, sat_on, percents)
    sat_at = _moment(candidate, plan, sat_on, now)
    report.sat_on, report.passed, report.percents, report.reported_at = sat_on, passed, dict(percents), now
    report.sat_at = sat_at
    report.save()
    is_latest = not ExamReport.objects.filter(candidate=candidate, sat_on__gt=sat_on).exists()
    if plan is not None and is_latest:
        if not passed:
            _check_next(candidate, blueprint, today, sat_on, next_exam_on)
        _aim(plan, sat_on, passed, next_exam_on)
    return report


@transaction.atomic
def take_exam_report_back(*, candidate: User, report_id: uuid.UUID, now: datetime) -> ExamReport:
    """The report never was: its figures stop counting, and the plan asks again how that exam day went.

    ReportNotFound for a report that is not theirs.
    """
    plan = _lock(candidate)
    report = _own_report(candidate, report_id)
    is_latest = not ExamReport.objects.filter(candidate=candidate, sat_on__gt=report.sat_on).exists()
    report.delete()
    if plan is not None and is_latest:
        _aim(plan, report.sat_on, False, report.sat_on)
    return report


@transaction.atomic
def follow_exam_report(*, candidate: User, now: datetime) -> PlanRevision | None:
    """Plan from the exam day that a report set, where the analysis had no news for the plan. None without a plan."""
    plan = _lock(candidate)
    if plan is None:
        return None
    reason = PlanRevision.Reason.EXAM if plan.revisions.exists() else PlanRevision.Reason.CREATED
    return replan(plan, before=snapshot_of(plan), now=now, reason=reason)


def _lock(candidate: User, *, makes_one: bool = False) -> StudyPlan | None:
    if not makes_one and not StudyPlan.objects.filter(candidate=candidate).exists():
        return None
    plan, _ = lock_plan(candidate)
    return plan


def _own_report(candidate: User, report_id: uuid.UUID) -> ExamReport:
    report = ExamReport.objects.select_related("blueprint").filter(candidate=candidate, pk=report_id).first()
    if report is None:
        raise ReportNotFound
    return report


def _told_already(candidate: User, sat_on: date, passed: bool, percents: Mapping[str, int]) -> ExamReport | None:
    """The same report, sent before: a double click, or a page that was sent again."""
    same_day = ExamReport.objects.select_related("blueprint").filter(candidate=candidate, sat_on=sat_on).first()
    is_same = same_day is not None and same_day.passed == passed and same_day.percents == dict(percents)
    return same_day if is_same else None


def _check(report: ExamReport, today: date, sat_on: date, percents: Mapping[str, int]) -> None:
    if sat_on > today:
        raise ReportInvalid("sat_on", "This day is still to come.")
    if sat_on < today - OLDEST:
        raise ReportInvalid("sat_on", "Choose a day within the last two years.")
    same_day = ExamReport.objects.filter(candidate=report.candidate, sat_on=sat_on).exclude(pk=report.pk)
    if same_day.exists():
        raise ReportInvalid("sat_on", "You told us about this day already. Correct that report instead.")
    codes = [weight.domain.code for weight in domain_weights(report.blueprint)]
    for code in [*codes, *percents]:
        if percents and code not in percents:
            raise ReportInvalid(f"percent_{code}", "Give all percentages, or none.")
        if code in percents and (code not in codes or not 0 <= percents[code] <= 100):
            raise ReportInvalid(f"percent_{code}", "A whole percentage from 0 to 100.")


def _check_next(
    candidate: User, blueprint: ExamBlueprint, today: date, sat_on: date, next_exam_on: date | None
) -> None:
    if next_exam_on is None:
        return
    if next_exam_on < today or next_exam_on <= sat_on:
        raise ReportInvalid("next_exam_on", "Choose a day that is still to come.")
    earliest = selectors.earliest_retake(candidate, blueprint)
    if earliest is not None and next_exam_on < earliest:
        raise ReportInvalid("next_exam_on", words.too_early_words(earliest))


def _moment(candidate: User, plan: StudyPlan | None, sat_on: date, now: datetime) -> datetime:
    """When the exam began: at the hour that the plan knows, else at noon; never later than now."""
    hour = plan.exam_time if plan is not None and plan.exam_on == sat_on and plan.exam_time else NOON
    return min(datetime.combine(sat_on, hour, tzinfo=ZoneInfo(candidate.time_zone)), now)


def _aim(plan: StudyPlan, sat_on: date, passed: bool, next_exam_on: date | None) -> None:
    aim = sat_on if passed else next_exam_on
    if aim != plan.exam_on:
        plan.exam_on, plan.exam_time = aim, None
    plan.passed_on = sat_on if passed else None
    plan.save(update_fields=["exam_on", "exam_time", "passed_on"])
