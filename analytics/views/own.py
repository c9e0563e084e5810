"""Who is behind a request, and what every page with estimates shows of their freshness."""

from datetime import datetime
from typing import Any, cast

from django.http import HttpRequest

from accounts.models import User
from analytics.models import EstimateSet
from analytics.selectors import current_estimates, freshness_of


def signed_in(request: HttpRequest) -> User:
    """The person behind a view that asks for sign-in."""
    return cast(User, request.user)


def estimates_context(candidate: User, now: datetime) -> dict[str, Any]:
    """`estimates`, `freshness`, `now` and what the templates of both need."""
    estimates = current_estimates(candidate)
    return {"estimates": estimates, "now": now, **freshness_context(candidate, estimates, now)}


def freshness_context(candidate: User, estimates: EstimateSet | None, now: datetime) -> dict[str, Any]:
    freshness = freshness_of(candidate, estimates)
    is_late = freshness.is_late(now)
    seconds = 60 if not freshness.is_waiting else 5 if is_late else 1
    return {"freshness": freshness, "is_late": is_late, "refresh_seconds": seconds, "now": now}
