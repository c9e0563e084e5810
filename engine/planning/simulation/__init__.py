"""Simulated learners: is the plan worth it? Their learning is a process of its own, not the planner's curve."""

from engine.planning.simulation.learner import Nature
from engine.planning.simulation.policies import Policy
from engine.planning.simulation.trial import Setting, Trial, compare, simulate_study

__all__ = ["Nature", "Policy", "Setting", "Trial", "compare", "simulate_study"]
