import pytest

from tests.household import Household, make_household


@pytest.fixture
def household(bank, candidate, mentor) -> Household:
    return make_household(candidate, mentor)
