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
    """What a final attempt changed. While it waits, which every open result page asks again and again, one query."""
    if not is_analysed(attempt):
        return Insight(before=None, after=None, revision=None, is_waiting=True)
    before = estimates_before(attempt)
    revisions = PlanRevision.objects.filter(plan__candidate=attempt.candidate_id, attempt_id=attempt.pk, undone_at=None)
    return Insight(
        before=before if before and before.has_forecast else None,
        after=estimates_after(attempt),
        revision=revisions.first(),
        is_waiting=False,
    )
