"""What waits for a worker longer than a healthy one takes: the alarm for nobody at the sweeps."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics.models import CandidateModel
from analytics.selectors.estimates import FINAL, MOST_FAILURES
from exams.models import CLOSING_GRACE, Attempt

# Two turns of the slower sweep and a little.
PATIENCE = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Backlog:
    """Attempts in progress that the sweep should have closed, and ended ones that no estimate knows."""

    unclosed: int
    unanalysed: int

    @property
    def is_late(self) -> bool:
        return self.unclosed + self.unanalysed > 0


def worker_backlog(now: datetime) -> Backlog:
    """Candidates whose analysis keeps failing are left out: a worker does look at them, and staff see them."""
    since = now - PATIENCE
    failing = CandidateModel.objects.filter(failure_count__gte=MOST_FAILURES)
    return Backlog(
        unclosed=Attempt.objects.filter(
            status=Attempt.Status.IN_PROGRESS, deadline_at__lt=since - CLOSING_GRACE
        ).count(),
        unanalysed=Attempt.objects.filter(status__in=FINAL, finished_at__lt=since, analysed__isnull=True)
        .exclude(kind=Attempt.Kind.TUTORIAL)
        .exclude(candidate__in=failing.values("candidate"))
        .count(),
    )
