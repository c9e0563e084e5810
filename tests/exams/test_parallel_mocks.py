"""Mocks from the real bank ask the same of everybody; `benchmarks.parallel_mocks` shows it over 200."""

import pytest
from django.conf import settings
from django.utils import timezone

from benchmarks.parallel_mocks import compose_mocks
from exams.models import Attempt
from questions.services import load_bank


@pytest.mark.slow
def test_twenty_mocks_from_the_real_bank_are_parallel(db):
    load_bank(settings.BANK_DIR / settings.EXAM_CODE, timezone.now())
    facts = compose_mocks(20)
    assert len(facts) == 20
    expected = [fact.expected for fact in facts]
    assert max(expected) - min(expected) <= 1
    counts = {"platform": 6, "data": 10, "security": 9, "enterprise": 17, "applications": 9, "integrations": 9}
    assert all(fact.domain_counts == counts for fact in facts)
    assert {fact.most_alike for fact in facts} <= {0, 1}
    assert {fact.repeats for fact in facts if fact.number == 1} == {0}
    assert not Attempt.objects.exists()
