"""What the real exam said, and what follows from it."""

from datetime import date, timedelta

from accounts.models import User
from questions.models import ExamBlueprint
from questions.selectors import domain_weights
from study_plans.models import ExamReport, StudyPlan


def exam_reports_of(candidate: User, exam_code: str) -> list[ExamReport]:
    """The candidate's reports of one exam, the latest sitting first."""
    reports = ExamReport.objects.filter(candidate=candidate, blueprint__code=exam_code)
    return list(reports.select_related("blueprint").order_by("-sat_on"))


def earliest_retake(candidate: User, blueprint: ExamBlueprint) -> date | None:
    """The first day on which the exam may be sat again; None where nothing was failed or no rule is known.

    A day that is over is given too: it forbids nothing any more.
    """
    failed = 0
    latest: date | None = None
    for report in reversed(exam_reports_of(candidate, blueprint.code)):
        failed, latest = (0, None) if report.passed else (failed + 1, report.sat_on)
    days = blueprint.days_before_retake(failed)
    return latest + timedelta(days=days) if latest is not None and days else None


def asks_for_outcome(plan: StudyPlan, today: date) -> bool:
    """Whether the exam day has come and nobody has said yet how it went."""
    if plan.exam_on is None or plan.exam_on > today or plan.passed_on is not None:
        return False
    return not ExamReport.objects.filter(candidate=plan.candidate_id, sat_on__gte=plan.exam_on).exists()


def overall_percent(report: ExamReport) -> float | None:
    """Our own estimate of the whole from the domains' percentages and weights; None where they were not told."""
    weights = {weight.domain.code: weight.weight_percent for weight in domain_weights(report.blueprint)}
    if set(report.percents) != set(weights):
        return None
    return sum(report.percents[code] * weight for code, weight in weights.items()) / sum(weights.values())
