"""Reads of study plans; one noun a module. Import from here."""

from study_plans.selectors.calendar import plan_calendar
from study_plans.selectors.days import local_day, minutes_of_day, next_study_day
from study_plans.selectors.hands_on import HandsOn, hands_on
from study_plans.selectors.planning_input import asked_digest, engine_block, planning_ground, planning_input
from study_plans.selectors.plans import (
    block_of,
    blocks_between,
    is_behind,
    latest_revision,
    next_block,
    plan_by_calendar_secret,
    plan_of,
    plans_behind,
    revision_of,
    swap_choices,
)
from study_plans.selectors.reports import asks_for_outcome, earliest_retake, exam_reports_of, overall_percent
from study_plans.selectors.rules import broken_rules
from study_plans.selectors.weeks import (
    DayBlock,
    DaySummary,
    DomainMinutes,
    Milestone,
    chance_left_out,
    changed_blocks,
    day_summaries,
    day_summary,
    minutes_by_domain,
    monday_of,
    study_streak,
    way_to_exam,
    week_count,
    week_number,
)

__all__ = [
    "DayBlock",
    "DaySummary",
    "DomainMinutes",
    "HandsOn",
    "Milestone",
    "asked_digest",
    "asks_for_outcome",
    "block_of",
    "blocks_between",
    "broken_rules",
    "chance_left_out",
    "changed_blocks",
    "day_summaries",
    "day_summary",
    "earliest_retake",
    "engine_block",
    "exam_reports_of",
    "hands_on",
    "is_behind",
    "latest_revision",
    "local_day",
    "minutes_by_domain",
    "minutes_of_day",
    "monday_of",
    "next_block",
    "next_study_day",
    "overall_percent",
    "plan_by_calendar_secret",
    "plan_calendar",
    "plan_of",
    "planning_ground",
    "planning_input",
    "plans_behind",
    "revision_of",
    "study_streak",
    "swap_choices",
    "way_to_exam",
    "week_count",
    "week_number",
]
