"""Storing one set of estimates, and checking a stored one against a full recompute."""

import math
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Max

from accounts.models import User
from analytics.models import DomainEstimate, EstimateSet, ReadinessForecast, TopicEstimate
from analytics.selectors.estimates import current_estimates, freshness_of
from analytics.selectors.evidence import Evidence, candidate_bank, model_evidence
from analytics.selectors.model_bank import ModelBank
from engine.assessment import Assessment, assess
from engine.mastery import Mastery
from engine.parameters import SECONDS_PER_DAY
from engine.readiness import ReadyForecast, daily_gain, ready_forecast, study_moves
from exams.models import Attempt
from questions.models import ExamBlueprint, Topic
from questions.selectors import current_blueprint, domain_weights
from study_plans.models import default_minutes_per_weekday
from study_plans.selectors import asks_for_outcome, exam_reports_of, local_day, plan_of

SEED = 0
STUDY_MINUTES = 120.0
GOAL = 0.80


def stored_difference(candidate: User) -> float | None:
    """The largest difference, in percentage points, between the stored estimates and a full recompute of that moment.

    0 is what the house promises; infinite where the stored set lacks a domain. None where there is nothing to compare:
    no estimates, an attempt that is still to be heard, or a bank that has changed since (the next night follows it).
    """
    stored = current_estimates(candidate)
    if stored is None or freshness_of(candidate, stored).is_waiting:
        return None
    bank = candidate_bank(candidate, stored.blueprint)
    if stored.bank_digest != bank.digest:
        return None
    responses = model_evidence(candidate, bank).responses
    again = assess(bank.bank, responses, now=stored.as_of.timestamp(), seed=SEED)
    kept = {row.domain.code: row for row in stored.domains.all()}
    if set(kept) != {mastery.code for mastery in again.domains}:
        return math.inf
    worst = 100 * abs(stored.forecast.probability - again.readiness.shown) if stored.has_forecast else 0.0
    for mastery in again.domains:
        row, computed = kept[mastery.code], _percentages(mastery)
        for name in ("mastery", "mastery_low", "mastery_high", "weakness"):
            worst = max(worst, abs(getattr(row, name) - float(computed[name])))
    return worst


def store_estimates(
    *,
    candidate: User,
    blueprint: ExamBlueprint,
    bank: ModelBank,
    assessment: Assessment,
    evidence: Evidence,
    digest: str,
    as_of: datetime,
    now: datetime,
) -> EstimateSet:
    """Keep an assessment as the candidate's newest set; the same evidence again renews its set."""
    newest = evidence.newest
    plan = plan_of(candidate)
    # The plan may know a higher number where sets were deleted: it only listens to a newer one.
    known = EstimateSet.objects.filter(candidate=candidate).aggregate(n=Max("number"))["n"] or 0
    number = max(known, plan.needs_version if plan else 0)
    estimates, _ = EstimateSet.objects.update_or_create(
        candidate=candidate,
        evidence_hash=digest,
        defaults={
            "blueprint": blueprint,
            "bank_digest": bank.digest,
            "number": number + 1,
            "answer_count": assessment.state.answers - evidence.reported_count,
            "mock_count": len({row.attempt_id for row in evidence.rows if row.attempt_kind == Attempt.Kind.MOCK}),
            "last_attempt_id": newest.attempt_id if newest else None,
            "as_of": as_of,
            "computed_at": now,
        },
    )
    _store_domains(estimates, blueprint, assessment)
    _store_topics(estimates, blueprint, assessment)
    if estimates.has_forecast:
        _store_forecast(estimates, bank, assessment, local_day(candidate, as_of))
    else:
        ReadinessForecast.objects.filter(estimate_set=estimates).delete()
    return estimates


def forget_superseded_sets(stored: EstimateSet) -> None:
    """Sets from the night or from within a sitting that a newer one replaced before a mock or exam began after them.

    They can never be a forecast that counts; what was believed right after each sitting is kept.
    """
    last_trial = _last_trial(stored.candidate, stored.computed_at)
    superseded = EstimateSet.objects.filter(candidate=stored.candidate_id, number__lt=stored.number).exclude(
        as_of=F("last_attempt__finished_at")
    )
    if last_trial is not None:
        superseded = superseded.filter(computed_at__gt=last_trial)
    superseded.delete()


def _last_trial(candidate: User, now: datetime) -> datetime | None:
    """When the last mock began, or the last exam day that is over: forecasts from before it are held against it."""
    mocks = Attempt.objects.filter(candidate=candidate, kind=Attempt.Kind.MOCK)
    trials = [mocks.order_by("-started_at").values_list("started_at", flat=True).first()]
    trials += [report.sat_at for report in exam_reports_of(candidate, current_blueprint().code)[:1]]
    plan = plan_of(candidate)
    if plan is not None and asks_for_outcome(plan, local_day(candidate, now)):
        assert plan.exam_on is not None, "an open outcome has an exam day"
        trials.append(datetime.combine(plan.exam_on, time.max, tzinfo=ZoneInfo(candidate.time_zone)))
    return max((trial for trial in trials if trial is not None), default=None)


def _percentages(mastery: Mastery) -> dict[str, Any]:
    return {
        "mastery": 100 * mastery.mean,
        "mastery_low": 100 * mastery.low,
        "mastery_high": 100 * mastery.high,
        "weakness": mastery.weakness,
        "weakness_low": mastery.weakness_low,
        "weakness_high": mastery.weakness_high,
        "confidence": mastery.confidence,
        "label": mastery.label.value,
        "answer_count": mastery.answers,
    }


def _store_domains(estimates: EstimateSet, blueprint: ExamBlueprint, assessment: Assessment) -> None:
    estimates.domains.all().delete()
    weights = {weight.domain.code: weight for weight in domain_weights(blueprint)}
    DomainEstimate.objects.bulk_create(
        DomainEstimate(
            estimate_set=estimates,
            domain=weights[mastery.code].domain,
            weight_percent=weights[mastery.code].weight_percent,
            below_pass=mastery.below_pass,
            priority=weights[mastery.code].weight_percent * mastery.priority.expected_gap,
            shortfall=100 * mastery.priority.expected_gap,
            **_percentages(mastery),
        )
        for mastery in assessment.domains
    )


def _store_topics(estimates: EstimateSet, blueprint: ExamBlueprint, assessment: Assessment) -> None:
    estimates.topics.all().delete()
    topics = {topic.code: topic for topic in Topic.objects.filter(domain__exam_code=blueprint.code)}
    TopicEstimate.objects.bulk_create(
        TopicEstimate(
            estimate_set=estimates,
            topic=topics[mastery.code],
            priority=_marks_of_100(mastery, blueprint),
            **_percentages(mastery),
        )
        for mastery in assessment.topics
    )


def _marks_of_100(mastery: Mastery, blueprint: ExamBlueprint) -> float:
    return 100 * mastery.priority.marks / blueprint.scored_count


def _store_forecast(estimates: EstimateSet, bank: ModelBank, assessment: Assessment, today: date) -> None:
    ready = assessment.readiness
    moves = study_moves(bank.bank, assessment.sample, minutes=STUDY_MINUTES)
    pace = _pace(estimates, bank, assessment)
    ReadinessForecast.objects.update_or_create(
        estimate_set=estimates,
        defaults={
            "probability": ready.shown,
            "probability_low": ready.low,
            "probability_high": ready.high,
            "score_mean": ready.score_mean,
            "score_low": ready.score_low,
            "score_high": ready.score_high,
            "pass_score": ready.pass_score,
            "scored_count": ready.scored_count,
            "answer_count": ready.answers,
            "ability": float(assessment.state.mean[0]),
            "ability_sd": math.sqrt(float(assessment.state.covariance[0, 0])),
            "ready_on": _day_after(today, pace.days),
            "ready_early": _day_after(today, pace.low),
            "ready_late": _day_after(today, pace.high),
            "moves": [
                {"domain": move.domain, "gain": round(move.gain, 4), "marks": round(move.marks, 2)} for move in moves
            ],
        },
    )


def _pace(estimates: EstimateSet, bank: ModelBank, assessment: Assessment) -> ReadyForecast:
    """When the goal is reached, from the minutes planned per day and how ability has moved so far."""
    history = [
        (as_of.timestamp() / SECONDS_PER_DAY, mean, sd)
        for as_of, mean, sd in EstimateSet.objects.filter(
            candidate=estimates.candidate,
            blueprint__code=estimates.blueprint.code,
            as_of__lt=estimates.as_of,
            forecast__isnull=False,
        )
        .order_by("as_of")
        .values_list("as_of", "forecast__ability", "forecast__ability_sd")
    ]
    state = assessment.state
    history.append(
        (estimates.as_of.timestamp() / SECONDS_PER_DAY, float(state.mean[0]), math.sqrt(float(state.covariance[0, 0])))
    )
    plan = plan_of(estimates.candidate)
    week = plan.minutes_per_weekday if plan else default_minutes_per_weekday()
    gain, gain_sd = daily_gain(bank.bank, history, minutes_per_day=sum(week) / 7)
    return ready_forecast(bank.bank, assessment.sample, gain_per_day=gain, gain_sd=gain_sd, target=GOAL)


def _day_after(today: date, days: float | None) -> date | None:
    return None if days is None else today + timedelta(days=math.ceil(days))
