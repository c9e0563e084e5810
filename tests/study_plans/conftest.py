"""A candidate with a plan."""

import pytest

from study_plans.models import StudyPlan
from tests.study_plans.people import make_plan


@pytest.fixture
def plan(bank, candidate) -> StudyPlan:
    """Eight weeks to the exam, an hour on most days, made on Monday 23 November 2026."""
    return make_plan(candidate)
