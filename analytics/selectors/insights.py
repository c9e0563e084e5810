"""What one sitting changed: the chance of passing before and after, and the plan."""

from dataclasses import dataclass

from analytics.models import EstimateSet
from analytics.selectors.estimates import estimates_after, estimates_before, is_analysed
from exams.models import Attempt
from study_plans.models import PlanRevision


@dataclass(frozen=True, slots=True)
class Insight:
    """What an attempt changed. is_waiting: it is still to be analysed.

    after: None while waiting, and where there is no answer at all; revision: None where the plan stayed as it was.
    """

    before: EstimateSet | None
    after: EstimateSet | None
    revision: PlanRevision | None
    is_waiting: bool


def insight_of(attempt: Attempt) -> Insight:
    after = estimates_after(attempt)
    before = estimates_before(attempt)
    revision = PlanRevision.objects.filter(
        plan__candidate=attempt.candidate_id, attempt_id=attempt.pk, undone_at=None
    ).first()
    return Insight(
        before=before if before and before.has_forecast else None,
        after=after,
        revision=revision,
        is_waiting=after is None and not is_analysed(attempt),
    )
