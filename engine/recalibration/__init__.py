"""Nightly: difficulties from everybody's first answers, anchors, flags, and the population's constants.

`recalibrate` replays everybody and fits the questions; `refit_parameters` proposes another parameter
set where that forecasts better.
"""

from engine.recalibration.difficulties import (
    Difficulties,
    Observations,
    fit_difficulties,
    group_effects,
    observe,
)
from engine.recalibration.population import ParameterProposal, forecast_loss, refit_parameters
from engine.recalibration.questions import (
    QuestionCalibration,
    Recalibration,
    question_flags,
    recalibrate,
    with_difficulties,
)

__all__ = [
    "Difficulties",
    "Observations",
    "ParameterProposal",
    "QuestionCalibration",
    "Recalibration",
    "fit_difficulties",
    "forecast_loss",
    "group_effects",
    "observe",
    "question_flags",
    "recalibrate",
    "refit_parameters",
    "with_difficulties",
]
