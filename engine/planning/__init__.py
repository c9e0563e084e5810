"""The study planner: what to study, when, and why. Pure: every moment and fact is an argument."""

from engine.planning.because import Because
from engine.planning.blocks import Block, Kind, LeftOut, Plan, minutes_by_domain
from engine.planning.changes import Change, ChangeKind, changes, summary
from engine.planning.needs import (
    ConfusionPair,
    DomainNeed,
    DoneDay,
    LabOffer,
    PlanInput,
    TopicNeed,
)
from engine.planning.planner import make_plan
from engine.planning.reasons import Reason, Why
from engine.planning.recall import Memory, recall_chance, review_day, reviews_due

__all__ = [
    "Because",
    "Block",
    "Change",
    "ChangeKind",
    "ConfusionPair",
    "DomainNeed",
    "DoneDay",
    "Kind",
    "LabOffer",
    "LeftOut",
    "Memory",
    "Plan",
    "PlanInput",
    "Reason",
    "TopicNeed",
    "Why",
    "changes",
    "make_plan",
    "minutes_by_domain",
    "recall_chance",
    "review_day",
    "reviews_due",
    "summary",
]
