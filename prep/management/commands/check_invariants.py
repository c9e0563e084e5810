"""`manage.py check_invariants [--json]`, with I6: no reply to a failure of ours shows a stack trace."""

from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import cast

from django.core.handlers.exception import handle_uncaught_exception
from django.test import RequestFactory
from django.urls import get_resolver

from analytics.management.commands.check_invariants import Command as AnalyticsCommand
from exams.selectors import Violation

ADDRESSES = ("/exams/", "/api/v1/attempts/")
SECRET = "a sentence that only the log may hold"  # noqa: S105


class Command(AnalyticsCommand):
    """I1–I4 of the exams, I5 of the estimates, and I6."""

    help = "Check what must hold whatever happened: answers, gradings, estimates, and replies to failures."
    checked = {**AnalyticsCommand.checked, "I6": "a failure of ours shows nobody its inside"}

    def found(self) -> Iterable[Violation]:
        return [*super().found(), *reply_violations()]


def reply_violations() -> Iterator[Violation]:
    """I6: fails on purpose, once as a page and once as the API, and reads the reply that people would get."""
    for address in ADDRESSES:
        request = RequestFactory().get(address)
        try:
            raise RuntimeError(SECRET)
        except RuntimeError as failure:
            what = (RuntimeError, failure, cast(TracebackType, failure.__traceback__))
            response = handle_uncaught_exception(request, get_resolver(), what)
        text = response.content.decode()
        if response.status_code != 500 or any(trace in text for trace in (SECRET, "Traceback", "RuntimeError", ".py")):
            yield Violation("I6", f"a failure at {address} shows its inside ({response.status_code})", "none")
