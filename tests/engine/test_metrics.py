import math

import numpy as np
import pytest

from engine.metrics import (
    area_under_curve,
    brier,
    calibration_error,
    calibration_floor,
    log_loss,
    randomised_rank,
    reliability,
    score,
)


def test_the_curve_counts_pairs():
    chances, happened = [0.1, 0.4, 0.35, 0.8, 0.4], [0, 0, 1, 1, 1]
    pairs = [(p > q) + 0.5 * (p == q) for p, y in zip(chances, happened, strict=True) if y
             for q, z in zip(chances, happened, strict=True) if not z]  # fmt: skip
    assert area_under_curve(chances, happened) == pytest.approx(np.mean(pairs))


def test_without_both_outcomes_there_is_no_curve():
    assert math.isnan(area_under_curve([0.2, 0.3], [1, 1]))


def test_losses_by_hand():
    assert log_loss([0.8, 0.4], [1, 0]) == pytest.approx(-(math.log(0.8) + math.log(0.6)) / 2)
    assert brier([0.8, 0.4], [1, 0]) == pytest.approx((0.04 + 0.16) / 2)


def test_certainty_that_fails_is_dear_but_finite():
    assert 10 < log_loss([0.0], [1]) < 20


def test_calibration_error_by_hand():
    assert calibration_error([0.2, 0.2, 0.9, 0.9], [0, 1, 1, 1], bins=2) == pytest.approx((0.3 + 0.1) / 2)
    assert [group.count for group in reliability([0.1, 0.2, 0.3], [0, 0, 1], bins=2)] == [2, 1]


def test_perfect_forecasts_show_the_floor():
    rng = np.random.default_rng(0)
    chances = rng.random(4_000)
    happened = rng.random(4_000) < chances
    floor = calibration_floor(chances, rng)
    assert 0.005 < floor < 0.03
    assert calibration_error(chances, happened) < 2 * floor
    assert calibration_error(np.clip(chances + 0.15, 0, 1), happened) > 4 * floor


def test_randomised_ranks_of_the_right_distribution_are_uniform():
    rng = np.random.default_rng(1)
    cumulative = np.cumsum([0.2, 0.5, 0.3])
    ranks = [randomised_rank(cumulative, int(value), rng) for value in rng.choice(3, 6_000, p=[0.2, 0.5, 0.3])]
    assert np.histogram(ranks, 5, (0, 1))[0] == pytest.approx(np.full(5, 1200), abs=120)


def test_score_holds_them_all():
    found = score([0.2, 0.7, 0.6], [0, 1, 0], np.random.default_rng(0))
    assert (found.count, found.auc) == (3, 1.0)


@pytest.mark.parametrize(("chances", "happened"), [([], []), ([0.5], [1, 0]), ([1.5], [1]), ([float("nan")], [1])])
def test_unusable_columns_are_refused(chances, happened):
    with pytest.raises(ValueError, match="probabilities"):
        brier(chances, happened)
