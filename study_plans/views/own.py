"""What every page of the plan needs: the person, their plan brought to today, their blocks."""

import uuid
from datetime import date, datetime
from typing import cast

from django.http import Http404, HttpRequest

from accounts.models import User
from study_plans import selectors, services
from study_plans.models import Block, StudyPlan


def signed_in(request: HttpRequest) -> User:
    """The person behind a view that asks for sign-in."""
    return cast(User, request.user)


def own_plan(request: HttpRequest, now: datetime) -> StudyPlan | None:
    """The plan, begun anew if the candidate's day began since it was last made."""
    user = signed_in(request)
    plan = selectors.plan_of(user)
    if plan is not None and selectors.is_behind(plan, now):
        services.replan_missed_days(candidate=user, now=now)
        plan = selectors.plan_of(user)
    return plan


def own_block(request: HttpRequest, block_id: uuid.UUID) -> Block:
    block = selectors.block_of(signed_in(request), block_id)
    if block is None:
        raise Http404
    return block


def asked_day(text: str, default: date) -> date:
    """A date from an address; anything else is the default, and so is a date outside of calendars."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return default
    return day if abs(day.year - default.year) <= 5 else default
