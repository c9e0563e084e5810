import math

import numpy as np
import pytest

from engine.normal import expected_shortfall, logistic, normal_cdf, normal_quantile


def test_normal_cdf_is_the_error_function():
    values = np.random.default_rng(0).normal(0, 3, 5_000)
    exact = [0.5 * (1 + math.erf(value / math.sqrt(2))) for value in values]
    np.testing.assert_allclose(normal_cdf(values), exact, atol=4e-8)
    assert normal_cdf([-40.0, 40.0]).tolist() == pytest.approx([0.0, 1.0], abs=1e-12)


def test_logistic_never_overflows():
    assert 0 < logistic(-1e9) < 1e-12
    assert logistic(0.0) == 0.5


def test_the_quantile_inverts_the_cdf():
    assert normal_cdf(normal_quantile(0.9)) == pytest.approx(0.9, abs=1e-6)


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_a_quantile_of_certainty_is_refused(probability):
    with pytest.raises(ValueError, match="between 0 and 1"):
        normal_quantile(probability)


def test_expected_shortfall_agrees_with_simulation():
    draws = np.random.default_rng(1).normal(0.7, 0.1, 400_000)
    assert expected_shortfall(0.7, 0.1, 0.8) == pytest.approx(np.maximum(0.8 - draws, 0).mean(), rel=5e-3)


def test_expected_shortfall_is_the_gap_when_nothing_is_uncertain():
    assert expected_shortfall([0.5, 0.9], 0.0, 0.8).tolist() == pytest.approx([0.3, 0.0])
