"""The population's constants, refitted where that forecasts better."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.ability import predictions
from engine.metrics import log_loss
from engine.parameters import ModelParameters
from engine.questions import Bank, QuestionParameters, compile_bank
from engine.responses import Response

LEAST_CANDIDATES = 200
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
    batch_gains: Sequence[float] = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3),
    population: Sequence[float] = (-0.4, -0.2, 0.0, 0.2, 0.4),
) -> ParameterProposal | None:
    """Guess factor, gain per mock and population mean that forecast best; None under 200 candidates.

    One value after the other is chosen on every second candidate and judged on the rest.
    Raises   as `engine.ability.rebuild`.
    """
    if len(candidates) < LEAST_CANDIDATES:
        return None
    fitting, judging = candidates[::2], candidates[1::2]
    best = bank.parameters
    reached = forecast_loss(bank, fitting)
    for name, values in (
        ("start_ability", [best.start_ability + step for step in population]),
        ("ability_gain_per_batch", list(batch_gains)),
        ("guess_factor", list(guess_factors)),
    ):
        trials = [best.replace(**{name: value}) for value in values]
        losses = [forecast_loss(compile_bank(bank.subject, questions, trial), fitting) for trial in trials]
        least = min(losses)
        if least < reached:
            best, reached = trials[losses.index(least)], least
    return ParameterProposal(
        parameters=best,
        people=len(candidates),
        answers=sum(len(responses) for responses in candidates),
        log_loss_before=forecast_loss(bank, judging),
        log_loss_after=forecast_loss(compile_bank(bank.subject, questions, best), judging),
    )


def forecast_loss(bank: Bank, candidates: Iterable[Iterable[Response]]) -> float:
    """Log loss, nats, of first answers as forecast before their mock began. NaN without answers."""
    foreseen = [
        prediction for responses in candidates for prediction in predictions(bank, responses) if prediction.first
    ]
    if not foreseen:
        return math.nan
    return log_loss([p.probability for p in foreseen], [p.correct for p in foreseen])
