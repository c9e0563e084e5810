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
from engine.recalibration.growth import Growth, GrowthEvidence, fit_growth, growth_evidence, population_growth
from engine.recalibration.population import ParameterProposal, forecast_loss, refit_growth, refit_parameters
from engine.recalibration.questions import (
    QuestionCalibration,
    Recalibration,
    question_flags,
    recalibrate,
    with_difficulties,
)

__all__ = [
    "Difficulties",
    "Growth",
    "GrowthEvidence",
    "Observations",
    "ParameterProposal",
    "QuestionCalibration",
    "Recalibration",
    "fit_difficulties",
    "fit_growth",
    "forecast_loss",
    "group_effects",
    "growth_evidence",
    "observe",
    "population_growth",
    "question_flags",
    "recalibrate",
    "refit_growth",
    "refit_parameters",
    "with_difficulties",
]
