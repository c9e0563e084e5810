"""Everything that may happen to what the answers tell; one noun a module."""

from analytics.services.analysis import analyse_candidate, refresh_estimates

__all__ = ["analyse_candidate", "refresh_estimates"]
