"""Whose page this is: every page of a sitting belongs to one candidate, and to everybody else it is not there."""

import uuid
from datetime import datetime
from typing import cast

from django.http import Http404, HttpRequest

from accounts.models import User
from exams import selectors, services
from exams.models import Attempt


def signed_in(request: HttpRequest) -> User:
    """The person behind a view that asks for sign-in."""
    return cast(User, request.user)


def own_attempt(request: HttpRequest, attempt_id: uuid.UUID, now: datetime) -> Attempt:
    """The attempt as it stands at this moment: one whose time is up is closed first. 404 for anybody else's."""
    attempt = selectors.attempt_of(signed_in(request), attempt_id)
    if attempt is None:
        raise Http404
    return services.settle_attempt(attempt, now)
