"""Our own record: what we said before each mock and each real exam that we were told of, and what happened."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery

from accounts.models import User
from analytics.models import EstimateSet, ReadinessForecast, Tally
from exams.models import Attempt
from study_plans.models import ExamReport
from study_plans.selectors import overall_percent

MOST_MOCKS = 5000
FEW = 20
EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
# 5 % and 95 % of a normal.
REACH = 1.6449


@dataclass(frozen=True, slots=True)
class CheckedForecast:
    """A forecast that was on the page before a mock or the real exam began, and the outcome.

    right: None where the real exam's report gave no percentages; else, for a real exam, our own estimate from them.
    """

    probability: float
    low: float
    high: float
    passed: bool
    score_low: float
    score_high: float
    right: int | None
    attempt_title: str
    finished_at: datetime
    is_real: bool = False

    @property
    def is_in_range(self) -> bool:
        """The score lay inside the range we gave."""
        return self.right is not None and self.score_low <= self.right <= self.score_high


@dataclass(frozen=True, slots=True)
class ForecastGroup:
    """Forecasts that said about the same: mean of what we said, share that passed with its 90 % range, all 0–1."""

    said: float
    passed: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class ForecastRecord:
    """How good forecasts were. brier: 0 is perfect; coin: what always saying the base rate would have scored."""

    count: int
    brier: float | None
    coin: float | None
    groups: tuple[ForecastGroup, ...]
    in_score_range: int
    scored_count: int = 0
    real_count: int = 0

    @property
    def is_too_small(self) -> bool:
        return self.count < FEW

    @property
    def mock_count(self) -> int:
        """Those that a mock exam answered."""
        return self.count - self.real_count


def counted_record() -> tuple[ForecastRecord, datetime | None]:
    """Everybody's record as it was counted last, and when; empty and None before the first count."""
    tally = Tally.objects.filter(subject=Tally.Subject.FORECASTS).first()
    if tally is None:
        return forecast_record([]), None
    groups = tuple(ForecastGroup(**group) for group in tally.figures["groups"])
    return ForecastRecord(**{**tally.figures, "groups": groups}), tally.counted_at


def checked_forecasts(candidate: User | None = None) -> list[CheckedForecast]:
    """The newest forecast before each finished mock and each reported exam, oldest first; of one candidate or of all.

    Only what was computed before it began counts, and only forecasts that rest on an earlier mock.
    """
    mocks = Attempt.objects.filter(
        kind=Attempt.Kind.MOCK,
        status__in=(Attempt.Status.SUBMITTED, Attempt.Status.EXPIRED),
        score_status=Attempt.ScoreStatus.DONE,
        passed__isnull=False,
    )
    if candidate is not None:
        mocks = mocks.filter(candidate=candidate)
    before = EstimateSet.objects.filter(
        candidate=OuterRef("candidate"),
        blueprint__code=OuterRef("blueprint__code"),
        computed_at__lte=OuterRef("started_at"),
        mock_count__gt=0,
    ).order_by("-computed_at", "-number")
    found = list(
        mocks.annotate(before=Subquery(before.values("pk")[:1]))
        .filter(before__isnull=False)
        .order_by("-finished_at")[:MOST_MOCKS]
    )
    forecasts = ReadinessForecast.objects.in_bulk([mock.before for mock in found], field_name="estimate_set_id")
    checked = [_checked(mock, forecasts[mock.before]) for mock in found if mock.before in forecasts]
    return sorted([*checked, *_checked_exams(candidate)], key=lambda one: one.finished_at)


def _checked_exams(candidate: User | None) -> list[CheckedForecast]:
    """The same for real exams that candidates told us about."""
    reports = ExamReport.objects.select_related("blueprint").order_by("-sat_at")
    if candidate is not None:
        reports = reports.filter(candidate=candidate)
    before = EstimateSet.objects.filter(
        candidate=OuterRef("candidate"),
        blueprint__code=OuterRef("blueprint__code"),
        computed_at__lte=OuterRef("sat_at"),
        mock_count__gt=0,
    ).order_by("-computed_at", "-number")
    found = reports.annotate(before=Subquery(before.values("pk")[:1])).filter(before__isnull=False)[:MOST_MOCKS]
    forecasts = ReadinessForecast.objects.in_bulk([report.before for report in found], field_name="estimate_set_id")
    return [_checked_exam(report, forecasts[report.before]) for report in found if report.before in forecasts]


def _checked_exam(report: ExamReport, forecast: ReadinessForecast) -> CheckedForecast:
    percent = overall_percent(report)
    return CheckedForecast(
        probability=forecast.probability,
        low=forecast.probability_low,
        high=forecast.probability_high,
        passed=report.passed,
        score_low=forecast.score_low,
        score_high=forecast.score_high,
        right=None if percent is None else round(percent * forecast.scored_count / 100),
        attempt_title="The real exam",
        finished_at=report.sat_at,
        is_real=True,
    )


def _checked(mock: Attempt, forecast: ReadinessForecast) -> CheckedForecast:
    assert mock.finished_at is not None, "a graded mock has an end"
    return CheckedForecast(
        probability=forecast.probability,
        low=forecast.probability_low,
        high=forecast.probability_high,
        passed=bool(mock.passed),
        score_low=forecast.score_low,
        score_high=forecast.score_high,
        right=mock.scored_right or 0,
        attempt_title=mock.title,
        finished_at=mock.finished_at,
    )


def forecast_record(forecasts: Sequence[CheckedForecast]) -> ForecastRecord:
    """Brier = mean (said − happened)²; groups of a fifth of the scale each; empty ones are left out."""
    count = len(forecasts)
    if not count:
        return ForecastRecord(0, None, None, (), 0)
    base = sum(one.passed for one in forecasts) / count
    groups = []
    for low, high in itertools.pairwise(EDGES):
        members = [one for one in forecasts if low <= one.probability < high or one.probability == high == 1.0]
        if members:
            groups.append(_group(members))
    return ForecastRecord(
        count=count,
        brier=sum((one.probability - one.passed) ** 2 for one in forecasts) / count,
        coin=base * (1 - base),
        groups=tuple(groups),
        in_score_range=sum(one.is_in_range for one in forecasts),
        scored_count=sum(one.right is not None for one in forecasts),
        real_count=sum(one.is_real for one in forecasts),
    )


def _group(members: Sequence[CheckedForecast]) -> ForecastGroup:
    passed = sum(one.passed for one in members)
    low, high = wilson_interval(passed, len(members))
    said = sum(one.probability for one in members) / len(members)
    return ForecastGroup(said, passed / len(members), low, high, len(members))


def wilson_interval(hits: int, count: int) -> tuple[float, float]:
    """90 % interval of a share, 0…1, also sensible for few and for all or none.

    Source: Wilson (1927), score interval. Raises ValueError unless 0 ≤ hits ≤ count and count > 0.
    """
    if not 0 <= hits <= count or count == 0:
        raise ValueError("hits must lie between 0 and a positive count")
    share, square = hits / count, REACH**2 / count
    centre = (share + square / 2) / (1 + square)
    reach = REACH / (1 + square) * math.sqrt(share * (1 - share) / count + square / (4 * count))
    return max(0.0, centre - reach), min(1.0, centre + reach)
