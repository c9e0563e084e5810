"""Everything that may happen to what the answers tell; one noun a module."""

from analytics.services.analysis import analyse_candidate, recompute_candidate, refresh_estimates
from analytics.services.estimates import stored_difference

__all__ = ["analyse_candidate", "recompute_candidate", "refresh_estimates", "stored_difference"]
