"""From all of a candidate's answers to estimates, forecast and plan, in one transaction.

The same steps as docs/architecture.md tells them: lock the candidate's model, read the answers, rebuild the
posterior, store one set of estimates, complete the blocks that asked for a sitting, note which attempts are known,
hand the needs to the plan. Estimates follow every answer that a tutored sitting has fixed; the plan hears at the end
of the sitting, so that it never changes under somebody's hands (docs/decisions/0009-estimates-per-answer.md).
"""

import contextlib
import uuid
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from analytics.models import AnalysedAttempt, CandidateModel, EstimateSet
from analytics.selectors.estimates import REFRESH_AFTER, is_overlooked
from analytics.selectors.evidence import Evidence, candidate_bank, model_evidence
from analytics.selectors.model_bank import current_parameter_set
from analytics.selectors.needs import needs_of
from analytics.services.estimates import SEED, forget_superseded_sets, store_estimates
from engine.assessment import assess
from exams.models import Attempt
from questions.selectors import current_blueprint
from study_plans import services as plans
from study_plans.selectors import local_day, plan_of

Known = Mapping[uuid.UUID, AnalysedAttempt]


@transaction.atomic
def analyse_candidate(*, candidate_id: uuid.UUID, now: datetime) -> EstimateSet | None:
    """Rebuild what is believed about a candidate from all of their answers, and adjust the plan.

    Safe to run twice, late or out of order: estimates speak of the moment of the last answer, and the same
    evidence is estimated once. Of many messages that wait for one candidate the first does the work of all.
    Returns the set that this call stored, or None where nothing was new.
    """
    return _analyse(candidate_id, now=now) if is_overlooked(candidate_id) else None


@transaction.atomic
def recompute_candidate(*, candidate_id: uuid.UUID, now: datetime) -> EstimateSet | None:
    """The same although nothing is new: puts right what was lost or changed by hand. None without any answer."""
    CandidateModel.objects.filter(candidate=candidate_id).update(evidence_hash="")
    return _analyse(candidate_id, now=now, reason="attempt")


@transaction.atomic
def refresh_estimates(*, candidate_id: uuid.UUID, now: datetime) -> EstimateSet | None:
    """The nightly drift: the same evidence, a day older, once a night.

    None where there is no evidence, where this night has been, and where somebody else is at this candidate.
    """
    models = CandidateModel.objects.select_for_update(skip_locked=True).filter(candidate=candidate_id)
    model = models.filter(computed_at__lte=now - REFRESH_AFTER).first()
    if model is None:
        return None
    stored = _analyse(candidate_id, now=now, as_of=now)
    if stored is None:
        # Every answer was voided: there is nothing to say until the next night either.
        models.update(computed_at=now)
    return stored


@transaction.atomic
def analyse_exam_report(*, candidate_id: uuid.UUID, now: datetime) -> EstimateSet | None:
    """After a real exam was told of, corrected or taken back: the plan hears at once. None where nothing is new."""
    return _analyse(candidate_id, now=now, reason="exam")


@transaction.atomic
def follow_parameters(*, candidate_id: uuid.UUID, now: datetime) -> EstimateSet | None:
    """After a recalibration: the same evidence with the new parameters, once. None where they are followed already."""
    model = CandidateModel.objects.select_for_update().get(candidate=candidate_id)
    current = current_parameter_set(current_blueprint().code)
    if model.parameter_set_id == (current.pk if current else None):
        return None
    return _analyse(candidate_id, now=now, as_of=now)


@transaction.atomic
def note_failed_analysis(*, candidate_id: uuid.UUID, error: Exception, now: datetime) -> None:
    """An analysis failed: staff can see it, and after three the sweep waits before it tries again."""
    model, _ = CandidateModel.objects.select_for_update().get_or_create(
        candidate_id=candidate_id, defaults={"blueprint": current_blueprint()}
    )
    model.failure_count = min(model.failure_count + 1, 1000)
    model.failed_at, model.failure = now, repr(error)[:300]
    model.save(update_fields=["failure_count", "failed_at", "failure"])


def _analyse(
    candidate_id: uuid.UUID, *, now: datetime, as_of: datetime | None = None, reason: str = ""
) -> EstimateSet | None:
    """as_of: for a refresh, the moment it speaks of. reason: tells the plan so, also where no sitting ended."""
    candidate = User.objects.get(pk=candidate_id)
    blueprint = current_blueprint()
    model, _ = CandidateModel.objects.select_for_update().get_or_create(
        candidate=candidate, defaults={"blueprint": blueprint}
    )
    bank = candidate_bank(candidate, blueprint)
    evidence = model_evidence(candidate, bank)
    digest = evidence.digest(bank, as_of or evidence.moment)
    stored = None
    had_evidence = model.evidence_hash and model.blueprint.code == blueprint.code
    if (evidence.responses or had_evidence) and digest != model.evidence_hash:
        spoken_of = as_of or evidence.moment or now
        assessment = assess(bank.bank, evidence.responses, now=spoken_of.timestamp(), seed=SEED)
        stored = store_estimates(
            candidate=candidate,
            blueprint=blueprint,
            bank=bank,
            assessment=assessment,
            evidence=evidence,
            digest=digest,
            as_of=spoken_of,
            now=now,
        )
        model.blueprint, model.computed_at, model.state = blueprint, now, assessment.state.to_dict()
        if as_of is None:
            model.evidence_hash = digest
        model.save()
        forget_superseded_sets(stored)
    if model.parameter_set_id != bank.parameter_set_id:
        model.parameter_set_id = bank.parameter_set_id
        model.save(update_fields=["parameter_set"])
    if model.failure_count:
        model.failure_count, model.failure = 0, ""
        model.save(update_fields=["failure_count", "failure"])
    known = AnalysedAttempt.objects.filter(attempt__candidate=candidate).in_bulk()
    _complete_blocks(candidate, evidence, known)
    _note_analysed(evidence, known)
    if stored is not None and (as_of is not None or reason or _has_turned(evidence, known)):
        _tell_plan(candidate, stored, evidence, now, reason=reason or ("attempt" if as_of is None else "nightly"))
    return stored


def _has_turned(evidence: Evidence, known: Known) -> bool:
    """Whether a sitting ended, or one that counted was graded anew, voided or reopened; not one that just goes on."""
    return any(
        (known[attempt.pk].status, known[attempt.pk].score_version) != (attempt.status, attempt.score_version)
        if attempt.pk in known
        else attempt.is_final
        for attempt in evidence.attempts
    )


def _tell_plan(candidate: User, stored: EstimateSet, evidence: Evidence, now: datetime, *, reason: str) -> None:
    plan = plan_of(candidate)
    needs = needs_of(
        candidate,
        stored,
        evidence.rows,
        today=local_day(candidate, now),
        exam_on=plan.exam_on if plan else None,
    )
    plans.adjust_plan(
        candidate=candidate,
        needs=needs,
        needs_version=stored.number,
        now=now,
        reason=reason,
        attempt_id=stored.last_attempt_id if reason == "attempt" else None,
    )


def _complete_blocks(candidate: User, evidence: Evidence, known: Known) -> None:
    """A sitting that a study block asked for, finished with at least one answer, completes the block; once."""
    heard = {pk for pk, one in known.items() if one.status != Attempt.Status.IN_PROGRESS}
    answered = {row.attempt_id for row in evidence.rows if row.answered}
    for attempt in evidence.attempts:
        if attempt.block_id and attempt.finished_at and attempt.pk in answered and attempt.pk not in heard:
            # A block that was marked done by hand, skipped or planned away stays as the candidate left it.
            with contextlib.suppress(plans.BlockNotFound, plans.BlockNotOpen):
                plans.complete_block(plan_owner=candidate, block_id=attempt.block_id, now=attempt.finished_at)


def _note_analysed(evidence: Evidence, known: Known) -> None:
    """The estimates know these attempts as they are now: the sweep leaves them alone until they change."""
    AnalysedAttempt.objects.bulk_create(
        [
            AnalysedAttempt(
                attempt=attempt,
                status=attempt.status,
                score_version=attempt.score_version,
                checked_version=attempt.checked_version,
            )
            for attempt in evidence.attempts
            if attempt.is_final or attempt.checked_version or attempt.pk in known
        ],
        update_conflicts=True,
        unique_fields=["attempt"],
        update_fields=["status", "score_version", "checked_version"],
    )
