"""Classical statistics of questions and quizzes, from first attempts only.

The definitions are those of Moodle's quiz statistics, with n − 1 denominators throughout.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.normal import Array

FEWEST_ATTEMPTS = 20
RELIABLE_ATTEMPTS = 100
LOW_DISCRIMINATION = 20.0  # percent


@dataclass(frozen=True, slots=True)
class OptionShare:
    """How often an option was chosen by everybody, by the strong and by the weak third, 0…1."""

    option: str
    is_key: bool
    chosen: float
    strong: float
    weak: float


@dataclass(frozen=True, slots=True)
class QuestionStatistics:
    """One question; None where the figure does not exist (no variation, or too few attempts).

    facility: mean mark, 0…100. sd: of the mark, same unit. discrimination_index: 100·r between mark
    and rest of the quiz. discriminative_efficiency: 100·cov / largest possible cov.
    effective_weight: share of the quiz's spread, percent. attempts: behind all of them.
    """

    attempts: int
    facility: float | None
    sd: float | None
    discrimination_index: float | None
    discriminative_efficiency: float | None
    effective_weight: float | None
    options: tuple[OptionShare, ...]
    flags: tuple[str, ...]

    @property
    def reliable(self) -> bool:
        """Whether the figures can be quoted without a warning."""
        return self.attempts >= RELIABLE_ATTEMPTS


@dataclass(frozen=True, slots=True)
class QuizStatistics:
    """A whole quiz; marks are percent of the largest possible total.

    consistency: coefficient of internal consistency (Cronbach's α), percent. error_ratio: share of
    the spread that is chance, percent. standard_error: of one person's mark, in percent marks.
    """

    attempts: int
    questions: int
    mean: float | None
    median: float | None
    sd: float | None
    skewness: float | None
    kurtosis: float | None
    consistency: float | None
    error_ratio: float | None
    standard_error: float | None


def question_statistics(
    marks: Array,
    *,
    largest: Array | None = None,
    chosen: Sequence[Sequence[str | Sequence[str]]] | None = None,
    keys: Sequence[Mapping[str, bool]] | None = None,
    fewest: int = FEWEST_ATTEMPTS,
) -> tuple[QuestionStatistics, ...]:
    """Statistics of each question of a complete table of marks.

    marks:   (attempts, questions), 0…largest. largest: (questions,) best mark, 1 when not given.
    chosen:  per attempt and question, the option chosen (or several); keys: per question, option →
             whether it is a key. With both, option shares and hints at a wrong key are given.
    fewest:  below this many attempts nothing but their number is told.
    Formulas, x a question's mark, y the total, r = y − x (sample covariances):
    facility 100·x̄/largest; sd 100·s_x/largest; discrimination index 100·cov(x,r)/√(var x·var r);
    discriminative efficiency 100·cov(x,r)/cov(sorted x, sorted r); effective weight 100·s_i/Σs with
    s_i = sign·√|cov(x,y)|.
    Raises   ValueError for a table that is not complete, or marks outside their range.
    Source   Moodle documentation, "Quiz statistics calculations".
    """
    table, best = _table(marks, largest)
    attempts, questions = table.shape
    if attempts < max(fewest, 2):
        empty = QuestionStatistics(attempts, None, None, None, None, None, (), ())
        return (empty,) * questions
    total = table.sum(axis=1)
    weights = _effective_weights(table, total)
    strong, weak = _thirds(total)
    found = []
    for i in range(questions):
        mark = table[:, i]
        rest = total - mark
        discrimination = _ratio(_cov(mark, rest), math.sqrt(_cov(mark, mark) * _cov(rest, rest)))
        efficiency = _ratio(_cov(mark, rest), _cov(np.sort(mark), np.sort(rest)))
        facility = 100.0 * float(mark.mean()) / float(best[i])
        sd = 100.0 * math.sqrt(_cov(mark, mark)) / float(best[i])
        shares: tuple[OptionShare, ...] = ()
        if chosen is not None and keys is not None:
            picks = [_options(row[i]) for row in chosen]
            shares = option_shares(picks, keys[i], strong, weak)
        found.append(
            QuestionStatistics(
                attempts=attempts,
                facility=facility,
                sd=sd,
                discrimination_index=discrimination,
                discriminative_efficiency=efficiency,
                effective_weight=weights[i],
                options=shares,
                flags=_flags(facility, sd, discrimination, shares),
            )
        )
    return tuple(found)


def quiz_statistics(marks: Array, *, largest: Array | None = None, fewest: int = FEWEST_ATTEMPTS) -> QuizStatistics:
    """Statistics of the quiz as a whole, marks in percent.

    marks, largest: as in `question_statistics`.
    Skewness and kurtosis are the sample statistics k₃/k₂^1.5 and k₄/k₂² of Fisher's k-statistics;
    consistency α = 100·Q/(Q−1)·(1 − Σ var x / var y); error ratio 100·√(1 − α/100); standard error
    = error ratio/100 · sd.
    Raises   ValueError as `question_statistics`.
    Source   Moodle documentation, "Quiz statistics calculations"; Cronbach (1951).
    """
    table, best = _table(marks, largest)
    attempts, questions = table.shape
    if attempts < max(fewest, 2):
        return QuizStatistics(attempts, questions, *(None,) * 8)
    percent = 100.0 * table.sum(axis=1) / float(best.sum())
    variance = _cov(percent, percent)
    skewness, kurtosis = _shape_of(percent)
    consistency = error_ratio = standard_error = None
    total = table.sum(axis=1)
    if questions > 1 and _cov(total, total) > 0:
        own = sum(_cov(table[:, i], table[:, i]) for i in range(questions))
        consistency = 100.0 * questions / (questions - 1) * (1.0 - own / _cov(total, total))
        error_ratio = 100.0 * math.sqrt(max(0.0, 1.0 - consistency / 100.0))
        standard_error = error_ratio / 100.0 * math.sqrt(variance)
    return QuizStatistics(
        attempts=attempts,
        questions=questions,
        mean=float(percent.mean()),
        median=float(np.median(percent)),
        sd=math.sqrt(variance),
        skewness=skewness,
        kurtosis=kurtosis,
        consistency=consistency,
        error_ratio=error_ratio,
        standard_error=standard_error,
    )


def option_shares(
    chosen: Sequence[Sequence[str]],
    keys: Mapping[str, bool],
    strong: Sequence[int],
    weak: Sequence[int],
) -> tuple[OptionShare, ...]:
    """How often each option was chosen, in all and by the strong and weak attempts given by index.

    Raises   ValueError when nobody or no strong or weak attempt is given.
    """
    if not chosen or not len(strong) or not len(weak):
        raise ValueError("option shares need attempts, strong and weak ones among them")

    def share(option: str, members: Sequence[int]) -> float:
        return sum(option in chosen[i] for i in members) / len(members)

    return tuple(
        OptionShare(option, key, share(option, range(len(chosen))), share(option, strong), share(option, weak))
        for option, key in keys.items()
    )


def _table(marks: Array, largest: Array | None) -> tuple[Array, Array]:
    table = np.asarray(marks, dtype=np.float64)
    if table.ndim != 2 or not table.shape[1]:
        raise ValueError("marks must be a table with one column per question")
    best = np.ones(table.shape[1]) if largest is None else np.asarray(largest, dtype=np.float64)
    if best.shape != (table.shape[1],) or np.any(best <= 0):
        raise ValueError("every question needs a positive largest mark")
    if np.any(np.isnan(table)) or np.any(table < 0) or np.any(table > best + 1e-9):
        raise ValueError("marks must be complete and lie between 0 and the largest mark")
    return table, best


def _cov(one: Array, other: Array) -> float:
    return float(((one - one.mean()) * (other - other.mean())).sum() / (len(one) - 1))


def _ratio(part: float, whole: float) -> float | None:
    """Percent, or None where nothing varies."""
    return 100.0 * part / whole if whole > 1e-12 else None


def _effective_weights(table: Array, total: Array) -> list[float | None]:
    shared = [_cov(table[:, i], total) for i in range(table.shape[1])]
    pulls = [math.copysign(math.sqrt(abs(value)), value) for value in shared]
    whole = sum(pulls)
    return [_ratio(pull, whole) for pull in pulls]


def _thirds(total: Array) -> tuple[list[int], list[int]]:
    """Indices of the strongest and of the weakest third."""
    order = np.argsort(total, kind="stable").tolist()
    size = max(1, len(order) // 3)
    return order[-size:], order[:size]


def _options(chosen: str | Sequence[str]) -> Sequence[str]:
    return [chosen] if isinstance(chosen, str) else chosen


def _shape_of(values: Array) -> tuple[float | None, float | None]:
    """Skewness and excess kurtosis from k-statistics; None where they do not exist."""
    n = len(values)
    moments = [float(((values - values.mean()) ** power).mean()) for power in (2, 3, 4)]
    second, third, fourth = moments
    if second <= 1e-12:
        return None, None
    k2 = n * second / (n - 1)
    skewness = kurtosis = None
    if n > 2:
        skewness = n**2 * third / ((n - 1) * (n - 2)) / k2**1.5
    if n > 3:
        k4 = n**2 * ((n + 1) * fourth - 3 * (n - 1) * second**2) / ((n - 1) * (n - 2) * (n - 3))
        kurtosis = k4 / k2**2
    return skewness, kurtosis


def _flags(facility: float, sd: float, discrimination: float | None, shares: Sequence[OptionShare]) -> tuple[str, ...]:
    flags = []
    if facility < 20.0:
        flags.append(f"hardly anybody is right ({facility:.0f}%)")
    if facility > 95.0:
        flags.append(f"nearly everybody is right ({facility:.0f}%)")
    if sd == 0:
        flags.append("everybody answers alike: it tells nobody apart")
    elif discrimination is None:
        flags.append("the rest of the quiz tells nobody apart, so nothing can be said of this one")
    elif discrimination < 0:
        flags.append(f"weak people do better than strong ones (discrimination {discrimination:.0f}%)")
    elif discrimination < LOW_DISCRIMINATION:
        flags.append(f"hardly tells strong from weak (discrimination {discrimination:.0f}%)")
    best_key = max((share.strong for share in shares if share.is_key), default=1.0)
    for share in shares:
        if not share.is_key and share.strong > best_key:
            flags.append(f"strong people choose {share.option}: check the key")
        elif not share.is_key and share.chosen == 0.0:
            flags.append(f"nobody chooses {share.option}")
    return tuple(flags)
