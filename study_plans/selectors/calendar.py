"""A plan as an iCalendar file (RFC 5545)."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from study_plans import words
from study_plans.models import Block, StudyPlan
from study_plans.selectors.days import local_day
from study_plans.selectors.plans import blocks_between

DAYS_BACK = 30
DAYS_AHEAD = 400
REFRESH = timedelta(hours=2)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]+")


def plan_calendar(plan: StudyPlan, *, now: datetime, site: str) -> bytes:
    """Blocks from a month back to the exam, one event a block.

    Blocks have a day and no hour, so they are all-day events that do not block time, and no change of the clocks can
    shift them. Only a rehearsal and the exam have an hour, given in UTC. `site` is the address that links begin with.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Prep//Study plan//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Prep study plan")
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", REFRESH)
    today = local_day(plan.candidate, now)
    first, last = today - timedelta(days=DAYS_BACK), today + timedelta(days=DAYS_AHEAD)
    for block in blocks_between(plan, first, last):
        if block.kind != Block.Kind.REST and block.state in (Block.State.PLANNED, Block.State.DONE):
            calendar.add_component(_event(plan, block, now, site))
    if plan.exam_on is not None:
        calendar.add_component(_exam(plan, plan.exam_on, now))
    return bytes(calendar.to_ical())


def _event(plan: StudyPlan, block: Block, now: datetime, site: str) -> Event:
    event = Event()
    event.add("uid", f"{block.pk}@prep")
    event.add("dtstamp", now.astimezone(UTC))
    done = "Done: " if block.state == Block.State.DONE else ""
    kind = words.KIND_WORDS[Block.Kind(block.kind)][0]
    name = block.title if block.topic_id is None and block.lab_id is None else f"{block.title}, {kind}"
    event.add("summary", _line(f"{done}{name} ({words.minutes_words(block.minutes)})"))
    address = f"{site.rstrip('/')}/plan/blocks/{block.pk}/open/"
    event.add("description", _line(f"{block.reason}\n{address}"))
    event.add("url", address)
    if block.kind == Block.Kind.REHEARSAL and plan.exam_time is not None:
        _set_hour(event, plan, block.day, plan.exam_time, block.minutes)
        return event
    event.add("dtstart", block.day)
    event.add("dtend", block.day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    return event


def _exam(plan: StudyPlan, exam_on: date, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"exam-{plan.pk}@prep")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("summary", _line(f"Exam: {plan.blueprint.name}"))
    if plan.exam_time is not None:
        _set_hour(event, plan, exam_on, plan.exam_time, plan.blueprint.minutes)
    else:
        event.add("dtstart", exam_on)
        event.add("dtend", exam_on + timedelta(days=1))
    return event


def _set_hour(event: Event, plan: StudyPlan, day: date, hour: time, minutes: int) -> None:
    """An hour of the candidate's own clock, told in UTC; one that the clocks skip becomes the next that exists."""
    start = datetime.combine(day, hour, tzinfo=ZoneInfo(plan.candidate.time_zone)).astimezone(UTC)
    event.add("dtstart", start)
    event.add("dtend", start + timedelta(minutes=minutes))


def _line(text: str) -> str:
    """Text without control characters but line ends, which the writer escapes."""
    return _CONTROLS.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
