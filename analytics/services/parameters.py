"""Parameter sets: fitted each night from everybody's answers, kept, and brought back when staff say so."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction

from accounts.models import User
from analytics.models import ParameterSet
from analytics.selectors.evidence import model_evidence
from analytics.selectors.model_bank import ModelBank, current_parameter_set, model_bank
from engine.parameters import DEFAULTS, ModelParameters
from engine.questions import QuestionParameters, compile_bank
from engine.recalibration import ParameterProposal, Recalibration, refit_growth, refit_parameters
from engine.recalibration import recalibrate as fit_bank
from engine.recalibration.population import LEAST_CANDIDATES, LEAST_GROWERS
from engine.responses import Response
from exams.models import Attempt
from questions.models import ExamBlueprint, QuestionVersion
from questions.selectors import current_blueprint
from questions.services import FittedQuestion, store_question_parameters

# A task must end within four minutes, or Redis hands it out again: the most recent people are enough for any fit.
MOST_CANDIDATES = 2_000
MOST_FOR_CONSTANTS = 500
KEPT_SETS = 30
# Nats per answer. Every fit starts from the authors' levels, so a refit of nearly the same answers may move the third
# decimal either way; a set that forecasts worse than that is a fault, not an improvement.
WORSE = 0.005


class RecalibrationRefused(Exception):
    """Nothing was changed; the text says why."""


@dataclass(frozen=True, slots=True)
class _Fit:
    """What a night's work proposes, before anything is stored."""

    difficulties: dict[str, list[float]]
    people: int
    answers: int
    score_before: float
    score_after: float
    parameters: ModelParameters
    note: str


def recalibrate(*, now: datetime) -> ParameterSet:
    """Replay everybody's first answers, fit difficulties and constants, and make the new set the current one.

    The work is done before any row is locked; then everything is stored in one transaction, or nothing.
    Raises RecalibrationRefused under the engine's minimum of candidates, while a restored set is held, where nothing
    was answered since the last time, where forecasts would be worse, and where somebody else was quicker.
    """
    blueprint = current_blueprint()
    base = current_parameter_set(blueprint.code)
    if base is not None and base.is_held:
        raise RecalibrationRefused("A parameter set was restored by hand and is held.")
    bank = model_bank(blueprint)
    candidates = _candidates(bank)
    few = len(candidates) < LEAST_CANDIDATES
    fit = _growth_fit(bank, candidates, base) if few else _fit(bank, candidates, base)
    return _adopt(fit, blueprint, bank, base, now)


@transaction.atomic
def restore_parameter_set(*, parameter_set_id: uuid.UUID, by: User, now: datetime) -> ParameterSet:
    """Bring an earlier set back, difficulties included, and hold it: the nightly recalibration waits until released.

    Raises ParameterSet.DoesNotExist; RecalibrationRefused where the set is the current one already.
    """
    sets = ParameterSet.objects.select_for_update()
    chosen = sets.get(pk=parameter_set_id)
    if chosen.is_current:
        raise RecalibrationRefused("This set is the current one already.")
    sets.filter(exam_code=chosen.exam_code, is_current=True).update(is_current=False, is_held=False)
    store_question_parameters(fits=_stored_fits(chosen))
    chosen.is_current = chosen.is_held = True
    chosen.note = f"Restored by {by} on {now:%Y-%m-%d}. {chosen.note}"[:300]
    chosen.save(update_fields=["is_current", "is_held", "note"])
    return chosen


@transaction.atomic
def release_parameter_set(*, parameter_set_id: uuid.UUID) -> None:
    """Let the nightly recalibration go on from this set."""
    ParameterSet.objects.filter(pk=parameter_set_id).update(is_held=False)


def _candidates(bank: ModelBank) -> list[tuple[Response, ...]]:
    """The answers of the people who finished something most recently, in a fixed order."""
    finished = Attempt.objects.filter(finished_at__isnull=False).exclude(kind=Attempt.Kind.TUTORIAL)
    recent: dict[uuid.UUID, None] = {}
    for pk in finished.order_by("-finished_at", "pk").values_list("candidate_id", flat=True).iterator():
        recent.setdefault(pk)
        if len(recent) >= MOST_CANDIDATES:
            break
    people = User.objects.in_bulk(recent)
    answers = (model_evidence(people[pk], bank).responses for pk in sorted(recent) if pk in people)
    return [responses for responses in answers if responses]


def _fit(bank: ModelBank, candidates: list[tuple[Response, ...]], base: ParameterSet | None) -> _Fit:
    """Difficulties first, then the constants with them. Raises RecalibrationRefused where nothing is new, or worse."""
    levels = _author_levels()
    by_level = bank.bank.parameters.author_level_difficulty
    start = [
        by_level[levels[question.id] - 1] if question.id in levels else question.difficulty
        for question in bank.questions
    ]
    found = fit_bank(
        bank.bank,
        candidates,
        start=np.array(start),
        author_levels=[levels.get(question.id, -1) for question in bank.questions],
    )
    _refuse_the_same(base, found.people, found.answers)
    if not found.log_loss_after < found.log_loss_before + WORSE:
        raise RecalibrationRefused(
            f"Forecasts would be worse: log loss {found.log_loss_before:.4f} → {found.log_loss_after:.4f}."
        )
    fitted = {one.question: one for one in found.questions}
    questions = [
        replace(
            question,
            difficulty=fitted[question.id].difficulty,
            difficulty_variance=fitted[question.id].difficulty_variance,
        )
        for question in bank.questions
    ]
    return _with_constants(bank, found, questions, candidates[-MOST_FOR_CONSTANTS:])


def _growth_fit(bank: ModelBank, candidates: list[tuple[Response, ...]], base: ParameterSet | None) -> _Fit:
    """Only how much people gain from mock to mock: that is worth estimating long before difficulties are.

    Raises RecalibrationRefused where too few have sat two mocks, where nothing is new, or where it hardly changes.
    """
    answers = sum(len(responses) for responses in candidates)
    _refuse_the_same(base, len(candidates), answers)
    proposal = refit_growth(bank.bank, candidates)
    if proposal is None:
        raise RecalibrationRefused(
            f"{len(candidates)} candidates have answered; it takes {LEAST_CANDIDATES} to fit difficulties, and "
            f"{LEAST_GROWERS} who sat two mocks and gained more or less than assumed to fit the gain per mock."
        )
    return _Fit(
        difficulties={str(one.id): [one.difficulty, one.difficulty_variance] for one in bank.questions},
        people=len(candidates),
        answers=answers,
        score_before=proposal.log_loss_before,
        score_after=proposal.log_loss_after,
        parameters=proposal.parameters,
        note=(
            f"Gain per mock {proposal.parameters.ability_gain_per_batch:.3f} from {proposal.people} people who sat two "
            f"mocks or more; difficulties as before."
        ),
    )


def _refuse_the_same(base: ParameterSet | None, people: int, answers: int) -> None:
    if base is not None and (base.answer_count, base.candidate_count) == (answers, people):
        raise RecalibrationRefused("Nothing was answered since the last recalibration.")


def _with_constants(
    bank: ModelBank,
    found: Recalibration,
    questions: list[QuestionParameters],
    candidates: list[tuple[Response, ...]],
) -> _Fit:
    parameters = bank.bank.parameters
    proposal: ParameterProposal | None = refit_parameters(
        compile_bank(bank.bank.subject, questions, parameters), questions, candidates
    )
    if proposal is None or not proposal.worthwhile:
        return _whole_fit(found, parameters, "Constants as before.")
    before = parameters.to_dict()
    named = ", ".join(f"{name} {v}" for name, v in proposal.parameters.to_dict().items() if v != before[name])
    note = (
        f"Constants refitted ({named}): log loss of people the fit did not see "
        f"{proposal.log_loss_before:.4f} → {proposal.log_loss_after:.4f}, n {proposal.people}."
    )
    return _whole_fit(found, proposal.parameters, note[:300])


def _whole_fit(found: Recalibration, parameters: ModelParameters, note: str) -> _Fit:
    return _Fit(
        difficulties={str(one.question): [one.difficulty, one.difficulty_variance] for one in found.questions},
        people=found.people,
        answers=found.answers,
        score_before=found.log_loss_before,
        score_after=found.log_loss_after,
        parameters=parameters,
        note=note,
    )


@transaction.atomic
def _adopt(
    fit: _Fit, blueprint: ExamBlueprint, bank: ModelBank, base: ParameterSet | None, now: datetime
) -> ParameterSet:
    sets = ParameterSet.objects.select_for_update().filter(exam_code=blueprint.code)
    current = sets.filter(is_current=True).first()
    if (current.pk if current else None) != (base.pk if base else None) or (current and current.is_held):
        raise RecalibrationRefused("Somebody else changed the parameters in the meantime.")
    if current is None:
        _keep_start(blueprint, bank, now)
    else:
        sets.filter(pk=current.pk).update(is_current=False)
    adopted = ParameterSet.objects.create(
        exam_code=blueprint.code,
        values=fit.parameters.to_dict(),
        difficulties=fit.difficulties,
        fitted_at=now,
        candidate_count=fit.people,
        answer_count=fit.answers,
        score_before=fit.score_before,
        score_after=fit.score_after,
        is_current=True,
        note=fit.note,
    )
    store_question_parameters(fits=_stored_fits(adopted))
    old = sets.filter(is_current=False, candidate_count__gt=0).order_by("-fitted_at").values_list("pk", flat=True)
    ParameterSet.objects.filter(pk__in=list(old[KEPT_SETS:])).delete()
    return adopted


def _keep_start(blueprint: ExamBlueprint, bank: ModelBank, now: datetime) -> None:
    """What held before the first recalibration, so that it can be brought back like any other set."""
    ParameterSet.objects.create(
        exam_code=blueprint.code,
        values=DEFAULTS.to_dict(),
        difficulties={str(one.id): [one.difficulty, one.difficulty_variance] for one in bank.questions},
        fitted_at=now - timedelta(microseconds=1),
        candidate_count=0,
        answer_count=0,
        note="Before the first recalibration: difficulties from authors' levels.",
    )


def _stored_fits(parameter_set: ParameterSet) -> list[FittedQuestion]:
    return [
        FittedQuestion(question_id=int(pk), difficulty=difficulty, difficulty_variance=variance)
        for pk, (difficulty, variance) in parameter_set.difficulties.items()
    ]


def _author_levels() -> dict[Any, int]:
    """By question: the level its newest published version was given."""
    versions = QuestionVersion.objects.filter(published_at__isnull=False).order_by("question", "number")
    return dict(versions.values_list("question_id", "author_level"))
