"""A cohort at a glance: who needs a talk and about what, the heat map, and what many mix up."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max

from accounts.models import Cohort, Membership
from accounts.selectors import members_of
from analytics.models import EstimateSet, Label
from analytics.selectors.reports import CandidateReport, DomainLine, report_of
from analytics.words import chance_words

AWAY_DAYS = 7
SETTLING_DAYS = 3
NEAR_EXAM_DAYS = 21
LITTLE_CHANCE = 0.5
FALL = 8.0
STALL = 3.0
STALL_SITTINGS = 3
STALL_ANSWERS = 15
KEPT_SHARE = 0.5
LEAST_PLANNED_MINUTES = 60
LEAST_ANSWERS_FOR_COLOUR = 10


@dataclass(frozen=True, slots=True)
class Attention:
    """Why a candidate needs a talk. kind: at_risk, falling, stalled, behind, away, not_started, in this order."""

    kind: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Member:
    membership: Membership
    report: CandidateReport
    attention: Attention | None


@dataclass(frozen=True, slots=True)
class SharedConfusion:
    """A pair that several candidates of the cohort mix up."""

    code: str
    name: str
    candidates: int
    wrong: int
    answers: int


@dataclass(frozen=True, slots=True)
class CohortOverview:
    cohort: Cohort
    members: tuple[Member, ...]
    attention: tuple[Member, ...]
    confusions: tuple[SharedConfusion, ...]


KINDS = {
    "at_risk": "At risk",
    "falling": "Falling",
    "stalled": "Stalled in one domain",
    "behind": "Behind the plan",
    "away": "Away",
    "not_started": "Not started",
}


def cohort_overview(cohort: Cohort, *, now: datetime) -> CohortOverview:
    """All present members with their reports under their own consent."""
    members = tuple(_member(membership, now) for membership in members_of(cohort).select_related("cohort"))
    order = list(KINDS)
    needing = [member for member in members if member.attention]
    needing.sort(key=lambda member: order.index(member.attention.kind) if member.attention else 0)
    return CohortOverview(cohort, members, tuple(needing), _shared_confusions(members))


def computed_moments(cohort: Cohort) -> list[datetime | None]:
    """When the figures of each present member were computed, in the order of their ids; None where there are none."""
    members = sorted(members_of(cohort).values_list("candidate_id", flat=True))
    newest = (
        EstimateSet.objects.filter(candidate__in=members, blueprint__code=settings.EXAM_CODE)
        .order_by()
        .values_list("candidate_id")
        .annotate(Max("computed_at"))
    )
    known = dict(newest)
    return [known.get(pk) for pk in members]


def _member(membership: Membership, now: datetime) -> Member:
    report = report_of(membership, now=now, tells_changes=False)
    return Member(membership, report, attention_for(membership, report, now=now))


def attention_for(membership: Membership, report: CandidateReport, *, now: datetime) -> Attention | None:
    """The most urgent reason to talk, or None. Only what the candidate shares is looked at; who passed needs none."""
    if report.outcomes and report.outcomes[0].passed:
        return None
    for kind, reason in (
        ("at_risk", _at_risk(report)),
        ("falling", _falling(report)),
        ("stalled", _stalled(report)),
        ("behind", _behind(report)),
        ("away", _away(report, now)),
        ("not_started", _not_started(membership, report, now)),
    ):
        if reason:
            return Attention(kind, KINDS[kind], reason)
    return None


def _at_risk(report: CandidateReport) -> str:
    plan, forecast = report.plan, report.forecast
    if plan is None or forecast is None or plan.days_left is None or not 0 <= plan.days_left <= NEAR_EXAM_DAYS:
        return ""
    if forecast.high >= LITTLE_CHANCE:
        return ""
    days = "today" if plan.days_left == 0 else f"in {plan.days_left} day{'' if plan.days_left == 1 else 's'}"
    return (
        f"Chance of passing {chance_words(forecast.low, forecast.high)}, and the exam is {days}. "
        "Moving the exam is worth talking about."
    )


def _falling(report: CandidateReport) -> str:
    fallen = [
        (line.trend[-3].mastery - line.mastery, line)
        for line in report.domains
        if len(line.trend) >= 3 and line.trend[-3].mastery - line.mastery >= FALL
    ]
    if not fallen:
        return ""
    fall, line = max(fallen, key=lambda pair: pair[0])
    return f"{line.name} fell by {fall:.0f} points over the last sittings, to {_range(line)}."


def _stalled(report: CandidateReport) -> str:
    weak = [line for line in report.domains if line.label == Label.WEAK and len(line.trend) >= STALL_SITTINGS]
    for line in sorted(weak, key=lambda line: -line.marks_to_win):
        first = line.trend[-STALL_SITTINGS]
        more = line.answers - first.answers
        if more >= STALL_ANSWERS and line.mastery - first.mastery < STALL:
            return f"{line.name} stays at {_range(line)} after {more} more answers. A talk may do more than a drill."
    return ""


def _behind(report: CandidateReport) -> str:
    plan = report.plan
    if plan is None or plan.minutes_planned < LEAST_PLANNED_MINUTES:
        return ""
    if plan.minutes_done >= KEPT_SHARE * plan.minutes_planned:
        return ""
    return (
        f"{plan.minutes_done} of {plan.minutes_planned} planned minutes in the last week. "
        "The plan was spread anew by itself; nothing is overdue."
    )


def _away(report: CandidateReport, now: datetime) -> str:
    last = report.last_answer_at
    if last is None or now - last < timedelta(days=AWAY_DAYS):
        return ""
    return f"No answers for {(now - last).days} days."


def _not_started(membership: Membership, report: CandidateReport, now: datetime) -> str:
    if report.answer_count or now - membership.consented_at < timedelta(days=SETTLING_DAYS):
        return ""
    return f"Joined {(now - membership.consented_at).days} days ago and has not answered a question yet."


def _range(line: DomainLine) -> str:
    return f"{line.mastery:.0f}% ({line.low:.0f} to {line.high:.0f}, n {line.answers})"


def _shared_confusions(members: Iterable[Member]) -> tuple[SharedConfusion, ...]:
    names: dict[str, str] = {}
    counts: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for member in members:
        for line in member.report.confusions:
            names[line.code] = line.name
            counts[line.code].append((line.wrong, line.answers))
    shared = [
        SharedConfusion(code, names[code], len(rows), sum(wrong for wrong, _ in rows), sum(n for _, n in rows))
        for code, rows in counts.items()
        if len(rows) > 1
    ]
    return tuple(sorted(shared, key=lambda one: (-one.candidates, -one.wrong, one.name))[:6])
