"""The freshness contract: what nobody has checked against its sources for a year leaves the mock draw."""

from datetime import date

FRESH_YEARS = 1


def stale_before(today: date) -> date:
    """The first day that still counts as fresh: the same day a year ago."""
    try:
        return today.replace(year=today.year - FRESH_YEARS)
    except ValueError:  # 29 February
        return today.replace(year=today.year - FRESH_YEARS, day=28)


def is_fresh(checked_on: date | None, today: date) -> bool:
    """Whether a question whose newest check was on that day may still be drawn; never checked is never fresh."""
    return checked_on is not None and checked_on >= stale_before(today)
