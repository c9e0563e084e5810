"""make_plan: from what is known today to dated blocks with reasons."""

from __future__ import annotations

from engine.planning.blocks import Plan, minutes_by_domain
from engine.planning.days import calendar, taper_start
from engine.planning.learning import topic_targets
from engine.planning.left_out import left_out
from engine.planning.needs import PlanInput, check_input
from engine.planning.schedule import Schedule
from engine.planning.sittings import place_sittings


def make_plan(asked: PlanInput) -> Plan:
    """The plan that wins most expected marks within the rules.

    Steps: lay out the calendar; place full sittings, counted back from the exam; fill every day
    (schedule.py), best marginal gain per minute first; say what is left out.
    The same input gives the same plan. Exam today gives a plan without new blocks; exam tomorrow
    one day of rest; no exam day four weeks from today.

    Raises ValueError, naming the field, if the input contradicts itself.
    """
    check_input(asked)
    days = calendar(asked)
    sittings = place_sittings(asked, days)
    taper_from = taper_start(asked, sittings)
    schedule = Schedule(asked, days, sittings, taper_from)
    blocks = schedule.fill()
    missing = left_out(asked, blocks, schedule)
    on_topics = sum(minutes_by_domain(blocks).values())
    return Plan(
        today=asked.today,
        exam_on=asked.exam_on,
        last_day=days[-1].on if days else None,
        blocks=blocks,
        left_out=tuple(missing),
        expected_gain=max(schedule.progress.expected_gain, 0.0),
        marks_left_out=sum(item.cost_marks for item in missing if item.what == "topic"),
        target_minutes=topic_targets(asked, on_topics),
        taper_from=taper_from,
    )
