"""`manage.py check_invariants [--json]`, with I5: stored weakness equals a full recompute from the answers."""

from collections.abc import Iterable, Iterator

from accounts.models import User
from analytics.selectors import current_estimates
from analytics.services import stored_difference
from exams.management.commands.check_invariants import Command as ExamCommand
from exams.selectors import Violation

# Percentage points that sums in another order may differ by.
TOLERANCE = 1e-6


class Command(ExamCommand):
    """I1–I4 of the exams, and I5."""

    help = "Check that no answer was lost, misgraded, stored late or graded twice, and that estimates follow from them."
    checked = {**ExamCommand.checked, "I5": "stored estimates are what a full recompute gives"}

    def found(self) -> Iterable[Violation]:
        return [*super().found(), *estimate_violations()]


def estimate_violations() -> Iterator[Violation]:
    """I5: candidates whose stored estimates are not what their answers give. Who waits to be heard is left out."""
    for candidate in User.objects.filter(estimate_sets__isnull=False).distinct().order_by("pk").iterator():
        difference = stored_difference(candidate)
        if difference is not None and difference > TOLERANCE:
            estimates = current_estimates(candidate)
            attempt = estimates.last_attempt_id if estimates else None
            yield Violation("I5", f"candidate {candidate.pk} is off by {difference:.3g} points", str(attempt or "none"))
