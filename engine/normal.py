"""The two curves everything rests on: the logistic and the normal distribution."""

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

_STANDARD = NormalDist()
_EDGE = 8.5
_STEPS = 1024  # per unit
_CDF = np.array([_STANDARD.cdf(step / _STEPS - _EDGE) for step in range(int(2 * _EDGE * _STEPS) + 2)])
_RISE = np.diff(_CDF)


def logistic(value: ArrayLike, limit: float = 30.0) -> Array:
    """σ(x) = 1 / (1 + e^−x).

    value: logits, any shape; held within ±limit, so that nothing overflows.
    Returns  the same shape, in (0, 1).
    """
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(value, -limit, limit))), dtype=np.float64)


def normal_cdf(value: ArrayLike) -> Array:
    """Standard normal distribution function Φ(x), to within 4e-8.

    value: standard deviations, any shape. Returns the same shape, in [0, 1].
    Read from a table: numpy has no error function, and a forecast asks for some 15,000 values.
    """
    place = np.clip(np.asarray(value, dtype=np.float64), -_EDGE, _EDGE)
    place = (place + _EDGE) * _STEPS
    step = place.astype(np.int64)
    return np.asarray(_CDF[step] + (place - step) * _RISE[step])


def normal_density(value: ArrayLike) -> Array:
    """Standard normal density φ(x) = e^(−x²/2) / √(2π).

    value: standard deviations, any shape. Returns the same shape, per standard deviation, in [0, .399].
    """
    squared = np.square(np.asarray(value, dtype=np.float64))
    return np.asarray(np.exp(-0.5 * squared) / math.sqrt(2.0 * math.pi))


def normal_quantile(probability: float) -> float:
    """The z with Φ(z) = probability.

    Returns  standard deviations, unbounded.
    Raises   ValueError for a probability outside (0, 1).
    """
    if not 0.0 < probability < 1.0:
        raise ValueError(f"a probability must lie between 0 and 1, not {probability}")
    return _STANDARD.inv_cdf(probability)


def expected_shortfall(mean: ArrayLike, sd: ArrayLike, target: float) -> Array:
    """E[(target − M)⁺] for normal M: sd·φ(z) + (target − mean)·Φ(z), z = (target − mean)/sd.

    mean, sd: any common shape, in the unit of target; sd ≥ 0.
    Returns  the same shape and unit, never negative and never below target − mean.
    Source   the closed form of the one-sided expected loss of a normal variable.
    """
    gap = target - np.asarray(mean, dtype=np.float64)
    spread = np.maximum(np.asarray(sd, dtype=np.float64), 1e-12)
    z = gap / spread
    shortfall = spread * normal_density(z) + gap * normal_cdf(z)
    return np.asarray(np.maximum(shortfall, np.maximum(gap, 0.0)))
