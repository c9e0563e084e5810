"""Reading what the answers tell; one noun a module."""

from analytics.selectors.backlog import Backlog, worker_backlog
from analytics.selectors.confusions import Confusion, confusions_of
from analytics.selectors.estimates import (
    candidates_behind,
    candidates_to_refresh,
    current_estimates,
    freshness_of,
    mastery_history,
    mock_results,
    unanalysed_candidates,
)
from analytics.selectors.mistakes import Mistake, mistakes_of, unresolved_mistakes
from analytics.selectors.model_bank import ModelBank, current_parameter_set, model_bank
from analytics.selectors.needs import needs_of

__all__ = [
    "Backlog",
    "Confusion",
    "Mistake",
    "ModelBank",
    "candidates_behind",
    "candidates_to_refresh",
    "confusions_of",
    "current_estimates",
    "current_parameter_set",
    "freshness_of",
    "mastery_history",
    "mistakes_of",
    "mock_results",
    "model_bank",
    "needs_of",
    "unanalysed_candidates",
    "unresolved_mistakes",
    "worker_backlog",
]
