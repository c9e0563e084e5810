"""From all of a candidate's answers to estimates, forecast and plan, in one transaction.

The same steps as docs/architecture.md tells them: lock the candidate's model, read the answers, rebuild the
posterior, store one set of estimates, note which attempts it knows, hand the needs to the plan.
"""

import hashlib
import json
import uuid
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from exams.selectors import EvidenceRow, evidence_of

from accounts.models import User
from analytics.models import (
    AnalysedAttempt,
    CandidateModel,
    DomainEstimate,
    EstimateSet,
    ReadinessForecast,
    TopicEstimate,
)
from analytics.selectors.estimates import FINAL
from analytics.selectors.model_bank import ModelBank, model_bank
from analytics.selectors.needs import needs_of
from engine.assessment import Assessment, assess
from engine.mastery import Mastery
from engine.readiness import study_moves
from engine.responses import Response, response_weight
from exams.models import Attempt
from questions.models import ExamBlueprint, Topic
from questions.selectors import current_blueprint, domain_weights
from study_plans import services as plans

SEED = 0
STUDY_MINUTES = 120.0


@transaction.atomic
def analyse_candidate(*, candidate_id: uuid.UUID, now: datetime) -> EstimateSet | None:
    """Rebuild what is believed about a candidate from all of their answers, and adjust the plan.

    Safe to run twice, late or out of order: estimates speak of the moment of the last answer, and the same
    evidence is estimated once. Returns the set that this call stored, or None where nothing was new.
    """
    return _analyse(candidate_id, now=now, as_of=None)


@transaction.atomic
def refresh_estimates(*, candidate_id: uuid.UUID, now: datetime) -> EstimateSet | None:
    """The nightly drift: the same evidence, a day older. None where there is no evidence."""
    return _analyse(candidate_id, now=now, as_of=now)


def _analyse(candidate_id: uuid.UUID, *, now: datetime, as_of: datetime | None) -> EstimateSet | None:
    candidate = User.objects.get(pk=candidate_id)
    blueprint = current_blueprint()
    model, _ = CandidateModel.objects.select_for_update().get_or_create(
        candidate=candidate, defaults={"blueprint": blueprint}
    )
    known = dict(
        Attempt.objects.filter(candidate=candidate, status__in=FINAL)
        .exclude(kind=Attempt.Kind.TUTORIAL)
        .values_list("pk", "score_version")
    )
    rows = evidence_of(candidate)
    bank = model_bank(blueprint)
    responses = responses_from(rows, bank)
    stored = None
    if responses or model.evidence_hash:
        spoken_of = as_of or max((row.finished_at for row in rows), default=now)
        digest = _evidence_digest(bank, responses, as_of)
        if digest != model.evidence_hash:
            assessment = assess(bank.bank, responses, now=spoken_of.timestamp(), seed=SEED)
            stored = _store(candidate, blueprint, bank, assessment, rows, digest, spoken_of, now)
            model.blueprint, model.computed_at, model.state = blueprint, now, assessment.state.to_dict()
            if as_of is None:
                model.evidence_hash = digest
            model.save()
    _note_analysed(known)
    if stored is not None:
        plans.adjust_plan(
            candidate=candidate,
            needs=needs_of(candidate, stored, rows),
            needs_version=stored.number,
            now=now,
            reason="attempt" if as_of is None else "nightly",
            attempt_id=stored.last_attempt_id if as_of is None else None,
        )
    return stored


def responses_from(rows: Iterable[EvidenceRow], bank: ModelBank) -> list[Response]:
    """Answers in the engine's words. Pilots and questions outside the bank take no part.

    A mock's answers are one batch at its end; so are those of any sitting that shows its rationales only then.
    Blanks count as wrong with half weight in timed sittings, and not at all where nobody asked for speed.
    """
    return [
        Response(
            id=row.attempt_question_id,
            question=row.question_id,
            correct=row.is_correct,
            at=(row.answered_at or row.finished_at if row.is_tutored else row.finished_at).timestamp(),
            weight=response_weight(answered=row.answered, timed=row.is_timed),
            batch=None if row.is_tutored else str(row.attempt_id),
        )
        for row in rows
        if row.question_id in bank.bank.index and not row.is_pilot and (row.answered or row.is_timed)
    ]


def _evidence_digest(bank: ModelBank, responses: Iterable[Response], as_of: datetime | None) -> str:
    """Of all that decides the estimates; a refresh adds its own moment, an analysis speaks of the last answer."""
    content = sorted([r.id, r.question, r.correct, r.at, r.weight, r.batch] for r in responses)
    text = json.dumps([bank.digest, as_of.isoformat() if as_of else "", content])
    return hashlib.sha256(text.encode()).hexdigest()


def _store(
    candidate: User,
    blueprint: ExamBlueprint,
    bank: ModelBank,
    assessment: Assessment,
    rows: Collection[EvidenceRow],
    digest: str,
    spoken_of: datetime,
    now: datetime,
) -> EstimateSet:
    newest = max(rows, key=lambda row: row.finished_at, default=None)
    number = EstimateSet.objects.filter(candidate=candidate).aggregate(n=Max("number"))["n"] or 0
    estimates, _ = EstimateSet.objects.update_or_create(
        candidate=candidate,
        evidence_hash=digest,
        defaults={
            "blueprint": blueprint,
            "number": number + 1,
            "answer_count": assessment.state.answers,
            "mock_count": len({row.attempt_id for row in rows if row.kind == Attempt.Kind.MOCK}),
            "last_attempt_id": newest.attempt_id if newest else None,
            "as_of": spoken_of,
            "computed_at": now,
        },
    )
    _store_domains(estimates, blueprint, assessment)
    _store_topics(estimates, blueprint, assessment)
    _store_forecast(estimates, bank, assessment)
    return estimates


def _percentages(mastery: Mastery) -> dict[str, float | str | int]:
    return {
        "mastery": 100 * mastery.mean,
        "mastery_low": 100 * mastery.low,
        "mastery_high": 100 * mastery.high,
        "weakness": mastery.weakness,
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
            priority=_marks_of_100(mastery, blueprint),
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


def _store_forecast(estimates: EstimateSet, bank: ModelBank, assessment: Assessment) -> None:
    ready = assessment.readiness
    moves = study_moves(bank.bank, assessment.sample, minutes=STUDY_MINUTES)
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
            "moves": [
                {"domain": move.domain, "gain": round(move.gain, 4), "marks": round(move.marks, 2)} for move in moves
            ],
        },
    )


def _note_analysed(known: dict[uuid.UUID, int]) -> None:
    """These attempts, at these score versions, are in the estimates: the sweep leaves them alone."""
    AnalysedAttempt.objects.bulk_create(
        [AnalysedAttempt(attempt_id=pk, score_version=version) for pk, version in known.items()],
        update_conflicts=True,
        unique_fields=["attempt"],
        update_fields=["score_version"],
    )
