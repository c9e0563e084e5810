"""What a mentor may see of a candidate: these fields and no others, each only while the candidate shares it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import Membership, User
from analytics.models import DomainEstimate, EstimateSet, Label
from analytics.selectors.confusions import Confusion, confusions_of
from analytics.selectors.estimates import current_estimates, estimates_before, mastery_history, mock_results
from analytics.selectors.shared_plans import OutcomeLine, PlanLine, outcome_lines, plan_line
from exams.selectors import evidence_of

LEAST_CONFUSIONS = 2


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """A domain as it was believed after one sitting; percentages."""

    at: datetime
    sitting: str
    mastery: float
    low: float
    high: float
    answers: int


@dataclass(frozen=True, slots=True)
class DomainLine:
    code: str
    name: str
    letters: str
    order: int
    weight_percent: int
    mastery: float
    low: float
    high: float
    weakness: float
    answers: int
    label: str
    marks_to_win: float
    trend: tuple[TrendPoint, ...]

    @property
    def is_open(self) -> bool:
        return self.label == Label.UNCLEAR

    @property
    def label_words(self) -> str:
        return Label(self.label).label


@dataclass(frozen=True, slots=True)
class TopicLine:
    domain: str
    code: str
    name: str
    mastery: float
    low: float
    high: float
    answers: int
    label: str


@dataclass(frozen=True, slots=True)
class ForecastLine:
    """Chance of passing with its range, 0–1, and the expected score."""

    probability: float
    low: float
    high: float
    score_mean: float
    score_low: float
    score_high: float


@dataclass(frozen=True, slots=True)
class SittingLine:
    title: str
    finished_at: datetime
    right: int
    total: int
    minutes_used: int
    minutes_allowed: int | None
    passed: bool
    before: ForecastLine | None


@dataclass(frozen=True, slots=True)
class ConfusionLine:
    code: str
    name: str
    wrong: int
    answers: int


@dataclass(frozen=True, slots=True)
class CandidateReport:
    """One candidate's report. `forecast`, `sittings`, `plan` and `outcomes` are None where they are not shared."""

    candidate_id: str
    name: str
    cohort_id: str
    cohort: str
    computed_at: datetime | None
    last_answer_at: datetime | None
    answer_count: int
    mock_count: int
    pass_percent: int
    domains: tuple[DomainLine, ...]
    topics: tuple[TopicLine, ...]
    confusions: tuple[ConfusionLine, ...]
    shares_mocks: bool
    shares_plan: bool
    forecast: ForecastLine | None
    sittings: tuple[SittingLine, ...] | None
    plan: PlanLine | None
    outcomes: tuple[OutcomeLine, ...] | None


def report_of(membership: Membership, *, now: datetime, tells_changes: bool = True) -> CandidateReport:
    """The report under one consent, as it stands at `now`; without the plan's changes where nobody reads them."""
    candidate = membership.candidate
    estimates = current_estimates(candidate)
    history = mastery_history(candidate)
    rows = evidence_of(candidate)
    return CandidateReport(
        candidate_id=str(candidate.pk),
        name=candidate.display_name or "Candidate without a name",
        cohort_id=str(membership.cohort_id),
        cohort=membership.cohort.name,
        computed_at=estimates.computed_at if estimates else None,
        last_answer_at=max((row.happened_at for row in rows), default=None),
        answer_count=estimates.answer_count if estimates else 0,
        mock_count=estimates.mock_count if estimates and membership.shares_mocks else 0,
        pass_percent=estimates.blueprint.pass_percent if estimates else 0,
        domains=domain_lines(estimates, history, names_sittings=membership.shares_mocks),
        topics=_topic_lines(estimates),
        confusions=tuple(_confusion_line(one) for one in confusions_of(rows) if one.wrong >= LEAST_CONFUSIONS)[:5],
        shares_mocks=membership.shares_mocks,
        shares_plan=membership.shares_plan,
        forecast=forecast_line(estimates) if membership.shares_mocks else None,
        sittings=_sittings(candidate) if membership.shares_mocks else None,
        plan=plan_line(candidate, now, tells_outcome=membership.shares_outcome, tells_changes=tells_changes)
        if membership.shares_plan
        else None,
        outcomes=outcome_lines(candidate) if membership.shares_outcome else None,
    )


def domain_lines(
    estimates: EstimateSet | None, history: Sequence[EstimateSet], *, names_sittings: bool = True
) -> tuple[DomainLine, ...]:
    """Domains in blueprint order, each with how it moved; sittings stay nameless where mocks are not shared."""
    if estimates is None:
        return ()
    trends: dict[int, list[TrendPoint]] = {}
    for past in history:
        for row in past.domains.all():
            trends.setdefault(row.domain_id, []).append(_trend_point(past, row, names_sittings))
    return tuple(
        DomainLine(
            code=row.domain.code,
            name=row.domain.name,
            letters=row.domain.letters,
            order=row.domain.order,
            weight_percent=row.weight_percent,
            mastery=row.mastery,
            low=row.mastery_low,
            high=row.mastery_high,
            weakness=row.weakness,
            answers=row.answer_count,
            label=row.label,
            marks_to_win=row.priority,
            trend=tuple(trends.get(row.domain_id, ())),
        )
        for row in estimates.domains.all()
    )


def _trend_point(past: EstimateSet, row: DomainEstimate, names_sitting: bool) -> TrendPoint:
    return TrendPoint(
        at=past.as_of,
        sitting=past.last_attempt.title if names_sitting and past.last_attempt else "",
        mastery=row.mastery,
        low=row.mastery_low,
        high=row.mastery_high,
        answers=row.answer_count,
    )


def _topic_lines(estimates: EstimateSet | None) -> tuple[TopicLine, ...]:
    if estimates is None:
        return ()
    return tuple(
        TopicLine(
            domain=row.topic.domain.code,
            code=row.topic.code,
            name=row.topic.name,
            mastery=row.mastery,
            low=row.mastery_low,
            high=row.mastery_high,
            answers=row.answer_count,
            label=row.label,
        )
        for row in estimates.topics.all()
    )


def _confusion_line(confusion: Confusion) -> ConfusionLine:
    named = confusion.misconception
    return ConfusionLine(named.code, named.name, confusion.wrong, confusion.answers)


def forecast_line(estimates: EstimateSet | None) -> ForecastLine | None:
    """None where there is no forecast yet: before the first mock."""
    if estimates is None or not estimates.has_forecast:
        return None
    forecast = estimates.forecast
    return ForecastLine(
        forecast.probability,
        forecast.probability_low,
        forecast.probability_high,
        forecast.score_mean,
        forecast.score_low,
        forecast.score_high,
    )


def _sittings(candidate: User) -> tuple[SittingLine, ...]:
    lines = []
    for mock in mock_results(candidate)[:12]:
        assert mock.finished_at is not None, "a finished mock has an end"
        lines.append(
            SittingLine(
                title=mock.title,
                finished_at=mock.finished_at,
                right=mock.scored_right or 0,
                total=mock.scored_total or 0,
                minutes_used=round((mock.finished_at - mock.started_at) / timedelta(minutes=1)),
                minutes_allowed=mock.minutes_allowed,
                passed=bool(mock.passed),
                before=forecast_line(estimates_before(mock)),
            )
        )
    return tuple(lines)
