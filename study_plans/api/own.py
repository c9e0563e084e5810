"""What all views of the plan share: the person's plan, brought to today."""

from datetime import datetime
from typing import cast

from rest_framework.exceptions import APIException, NotFound
from rest_framework.request import Request

from accounts.models import User
from study_plans import selectors, services
from study_plans.models import StudyPlan


class NotPossibleNow(APIException):
    """The plan does not allow it as it stands; the code says which refusal it is."""

    status_code = 409


def signed_in(request: Request) -> User:
    return cast(User, request.user)


def own_plan(user: User, now: datetime) -> StudyPlan:
    """The plan, made or brought to today where needed."""
    services.create_plan(candidate=user, now=now)
    services.replan_missed_days(candidate=user, now=now)
    plan = selectors.plan_of(user)
    if plan is None:
        raise NotFound
    return plan
