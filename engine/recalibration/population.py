"""The population's constants, refitted where that forecasts better."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.ability import predictions
from engine.metrics import log_loss
from engine.parameters import DEFAULTS, ModelParameters
from engine.questions import Bank, QuestionParameters, compile_bank
from engine.recalibration.growth import fit_growth
from engine.responses import Response

LEAST_CANDIDATES = 200
LEAST_GROWERS = 20  # people with two mocks, from whom on the gain per mock is worth estimating
CLEAR = 2.0  # posterior standard deviations between the gain and the usual one, for it to be taken
LEAST_GROWTH = 0.01  # logits per mock, below which a new gain is not worth a change
LEAST_GAIN = 0.0005  # nats per answer, below which a new parameter set is not worth a change


@dataclass(frozen=True, slots=True)
class ParameterProposal:
    """A parameter set refitted from data, with what justifies it: log loss of forecasts of mock answers
    by people the fit did not see, before and after."""

    parameters: ModelParameters
    people: int
    answers: int
    log_loss_before: float
    log_loss_after: float

    @property
    def worthwhile(self) -> bool:
        return self.log_loss_before - self.log_loss_after > LEAST_GAIN


def refit_parameters(
    bank: Bank,
    questions: Sequence[QuestionParameters],
    candidates: Sequence[Sequence[Response]],
    *,
    guess_factors: Sequence[float] = (1.0, 0.85, 0.7, 0.5),
    population: Sequence[float] = (-0.4, -0.2, 0.0, 0.2, 0.4),
) -> ParameterProposal | None:
    """Guess factor, gain per mock and population mean that forecast best; None under 200 candidates.

    One value after the other is chosen on every second candidate and judged on the rest; the gain is the one
    that their scores speak for (`fit_growth`).
    Raises   as `engine.ability.rebuild`.
    """
    if len(candidates) < LEAST_CANDIDATES:
        return None
    fitting, judging = candidates[::2], candidates[1::2]
    best = bank.parameters
    reached = forecast_loss(bank, fitting)

    def take(trials: list[ModelParameters]) -> None:
        nonlocal best, reached
        losses = [forecast_loss(compile_bank(bank.subject, questions, trial), fitting) for trial in trials]
        if min(losses) < reached:
            best, reached = trials[losses.index(min(losses))], min(losses)

    take([best.replace(start_ability=best.start_ability + step) for step in population])
    growth = fit_growth(compile_bank(bank.subject, questions, best), fitting)
    take([best.replace(ability_gain_per_batch=growth.mean)])
    take([best.replace(guess_factor=factor) for factor in guess_factors])
    return ParameterProposal(
        parameters=best,
        people=len(candidates),
        answers=sum(len(responses) for responses in candidates),
        log_loss_before=forecast_loss(bank, judging),
        log_loss_after=forecast_loss(compile_bank(bank.subject, questions, best), judging),
    )


def refit_growth(bank: Bank, candidates: Sequence[Sequence[Response]]) -> ParameterProposal | None:
    """The gain per mock alone, for exams too young for `refit_parameters`; all else stays as it is.

    The estimate is drawn towards that of `DEFAULTS` as strongly as so few people leave it open, and taken only where
    it is clearly another: a chance run of good mocks must not lift everybody's forecast. It needs no people held
    out; the log losses are those of the same people. None under 20 people with two mocks, or where the gain
    would hardly move.
    Raises   as `engine.ability.rebuild`.
    """
    growth = fit_growth(bank, candidates)
    usual = DEFAULTS.ability_gain_per_batch
    gain = growth.mean if abs(growth.mean - usual) > CLEAR * growth.sd else usual
    if growth.people < LEAST_GROWERS or abs(gain - bank.parameters.ability_gain_per_batch) < LEAST_GROWTH:
        return None
    grown = bank.parameters.replace(ability_gain_per_batch=gain)
    return ParameterProposal(
        parameters=grown,
        people=growth.people,
        answers=sum(len(responses) for responses in candidates),
        log_loss_before=forecast_loss(bank, candidates),
        log_loss_after=forecast_loss(bank.with_parameters(grown), candidates),
    )


def forecast_loss(bank: Bank, candidates: Iterable[Iterable[Response]]) -> float:
    """Log loss of first answers as forecast before their mock began.

    Returns  nats, ≥ 0; NaN without answers.
    Raises   as `engine.ability.rebuild`.
    """
    foreseen = [
        prediction for responses in candidates for prediction in predictions(bank, responses) if prediction.first
    ]
    if not foreseen:
        return math.nan
    return log_loss([p.probability for p in foreseen], [p.correct for p in foreseen])
