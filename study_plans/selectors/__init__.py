"""Reads of study plans; one noun a module. Import from here."""

from study_plans.selectors.days import local_day, minutes_of_day, next_study_day
from study_plans.selectors.planning_input import asked_digest, engine_block, planning_ground, planning_input
from study_plans.selectors.plans import (
    block_of,
    blocks_between,
    latest_revision,
    next_block,
    plan_by_calendar_secret,
    plan_of,
    plans_behind,
    revision_of,
)

__all__ = [
    "asked_digest",
    "block_of",
    "blocks_between",
    "engine_block",
    "latest_revision",
    "local_day",
    "minutes_of_day",
    "next_block",
    "next_study_day",
    "plan_by_calendar_secret",
    "plan_of",
    "planning_ground",
    "planning_input",
    "plans_behind",
    "revision_of",
]
