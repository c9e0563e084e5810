"""The way to the exam, gathered for the candidate to keep: sittings, weakness over time, hours, forecasts, rules."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Prefetch

from accounts.models import User
from analytics.models import DomainEstimate, EstimateSet, MistakeNote
from analytics.selectors.mistakes import open_mistakes
from analytics.selectors.record import CheckedForecast, checked_forecasts
from exams.models import Attempt
from exams.selectors import EvidenceRow, evidence_of
from questions.models import ExamBlueprint
from study_plans.models import Block, ExamReport
from study_plans.selectors import exam_reports_of, monday_of, overall_percent


@dataclass(frozen=True, slots=True)
class JourneySitting:
    """One graded sitting."""

    title: str
    kind: str
    finished_at: datetime
    right: int
    scored: int
    passed: bool | None

    @property
    def percent(self) -> float:
        return 100 * self.right / self.scored if self.scored else 0.0


@dataclass(frozen=True, slots=True)
class JourneyStanding:
    """What was believed right after a sitting: weakness and mastery per domain code, 0–100."""

    at: datetime
    sitting: str
    weakness: dict[str, float]
    mastery: dict[str, float]


@dataclass(frozen=True, slots=True)
class JourneyWeek:
    """Minutes of study that were done in a week."""

    monday: date
    minutes: int


@dataclass(frozen=True, slots=True)
class JourneyExam:
    """A real exam as it was told; overall is our own sum of the domains, None where they are untold."""

    sat_on: date
    passed: bool
    percents: dict[str, int]
    overall_percent: float | None


@dataclass(frozen=True, slots=True)
class JourneyRule:
    """A rule the candidate wrote about a mistake, and whether that mistake is put right."""

    rule: str
    reason: str
    written_at: datetime
    is_resolved: bool


@dataclass(frozen=True, slots=True)
class Journey:
    """All of it, oldest first. domains: code to name in blueprint order."""

    exam: str
    began_on: date | None
    domains: dict[str, str]
    exams: tuple[JourneyExam, ...]
    sittings: tuple[JourneySitting, ...]
    standings: tuple[JourneyStanding, ...]
    weeks: tuple[JourneyWeek, ...]
    minutes_by_kind: dict[str, int]
    study_days: int
    forecasts: tuple[CheckedForecast, ...]
    rules: tuple[JourneyRule, ...]
    mistakes_made: int
    mistakes_resolved: int
    answers: int

    @property
    def minutes(self) -> int:
        return sum(week.minutes for week in self.weeks)

    @property
    def is_empty(self) -> bool:
        return not (self.sittings or self.weeks or self.exams)


def journey_of(candidate: User, blueprint: ExamBlueprint) -> Journey:
    """The journey towards the exam of `blueprint`, whatever version of it was sat."""
    done = list(Block.objects.filter(plan__candidate=candidate, state=Block.State.DONE).exclude(kind=Block.Kind.REST))
    sittings = _sittings(candidate, blueprint)
    rows = [row for row in evidence_of(candidate) if row.answered]
    resolved, made = _mistakes(candidate, rows)
    domains = blueprint.weights.select_related("domain")
    began = [sitting.finished_at.date() for sitting in sittings[:1]] + [block.day for block in done]
    return Journey(
        exam=blueprint.name,
        began_on=min(began, default=None),
        domains={weight.domain.code: weight.domain.name for weight in domains},
        exams=tuple(_exam(report) for report in reversed(exam_reports_of(candidate, blueprint.code))),
        sittings=sittings,
        standings=_standings(candidate, blueprint),
        weeks=_weeks(done),
        minutes_by_kind=_minutes_by_kind(done),
        study_days=len({block.day for block in done}),
        forecasts=tuple(checked_forecasts(candidate)),
        rules=_rules(candidate),
        mistakes_made=made,
        mistakes_resolved=resolved,
        answers=len(rows),
    )


def _sittings(candidate: User, blueprint: ExamBlueprint) -> tuple[JourneySitting, ...]:
    attempts = Attempt.objects.filter(candidate=candidate, blueprint__code=blueprint.code)
    graded = attempts.exclude(kind=Attempt.Kind.TUTORIAL).order_by("finished_at")
    return tuple(
        JourneySitting(
            title=attempt.title,
            kind=attempt.kind,
            finished_at=attempt.finished_at,
            right=attempt.scored_right or 0,
            scored=attempt.scored_total or 0,
            passed=attempt.passed if attempt.kind == Attempt.Kind.MOCK else None,
        )
        for attempt in graded
        if attempt.is_graded and attempt.finished_at is not None
    )


def _standings(candidate: User, blueprint: ExamBlueprint) -> tuple[JourneyStanding, ...]:
    sets = EstimateSet.objects.filter(candidate=candidate, blueprint__code=blueprint.code)
    after = (
        sets.filter(as_of=F("last_attempt__finished_at"))
        .select_related("last_attempt")
        .prefetch_related(Prefetch("domains", DomainEstimate.objects.select_related("domain")))
        .order_by("as_of", "number")
    )
    newest = {one.last_attempt_id: one for one in after}
    return tuple(
        JourneyStanding(
            at=one.as_of,
            sitting=one.last_attempt.title if one.last_attempt else "",
            weakness={row.domain.code: round(row.weakness, 1) for row in one.domains.all()},
            mastery={row.domain.code: round(row.mastery, 1) for row in one.domains.all()},
        )
        for one in sorted(newest.values(), key=lambda one: (one.as_of, one.number))
    )


def _weeks(done: Iterable[Block]) -> tuple[JourneyWeek, ...]:
    minutes: dict[date, int] = defaultdict(int)
    for block in done:
        minutes[monday_of(block.day)] += block.minutes
    return tuple(JourneyWeek(monday, minutes[monday]) for monday in sorted(minutes))


def _minutes_by_kind(done: Iterable[Block]) -> dict[str, int]:
    minutes: dict[str, int] = defaultdict(int)
    for block in done:
        minutes[block.get_kind_display()] += block.minutes
    return dict(sorted(minutes.items(), key=lambda pair: -pair[1]))


def _exam(report: ExamReport) -> JourneyExam:
    return JourneyExam(report.sat_on, report.passed, dict(report.percents), overall_percent(report))


def _rules(candidate: User) -> tuple[JourneyRule, ...]:
    notes = MistakeNote.objects.filter(attempt_question__attempt__candidate=candidate).exclude(rule="")
    return tuple(
        JourneyRule(note.rule, note.get_reason_display(), note.updated_at, note.resolved_at is not None)
        for note in notes.order_by("updated_at")
    )


def _mistakes(candidate: User, rows: list[EvidenceRow]) -> tuple[int, int]:
    """How many missed questions were put right (on two days since, or by hand), and how many there were."""
    missed = {row.question_id for row in rows if not row.is_correct}
    still_open = open_mistakes(rows, candidate.time_zone)
    by_hand = set(
        MistakeNote.objects.filter(
            attempt_question_id__in=[mistake.attempt_question_id for mistake in still_open.values()],
            resolved_at__isnull=False,
        ).values_list("attempt_question_id", flat=True)
    )
    left = [one for one in still_open.values() if one.attempt_question_id not in by_hand]
    return len(missed) - len(left), len(missed)
