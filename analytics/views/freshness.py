"""Pages over other people's figures, and over everybody's.

A line says how old the figures are, asks once a minute, and tells the page where there are newer ones.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.http import trigger_client_event

SINCE = "since"


@dataclass(frozen=True, slots=True)
class Figures:
    """When what a page shows was computed, part by part in a fixed order; None for a part that has no figures.

    beside: what else makes the page another one when it changes, without being told in the line.
    """

    word: str
    stamps: Sequence[datetime | None]
    beside: str = ""
    address: str = ""

    @property
    def oldest(self) -> datetime | None:
        return min((stamp for stamp in self.stamps if stamp), default=None)

    @property
    def newest(self) -> datetime | None:
        return max((stamp for stamp in self.stamps if stamp), default=None)

    @property
    def mark(self) -> str:
        """The same as long as nothing was computed anew."""
        parts = [*(str(stamp) for stamp in self.stamps), self.beside]
        return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]


def figures_of(
    request: HttpRequest, word: str, stamps: Sequence[datetime | None], *, beside: str = "", page: str = ""
) -> Figures:
    """word: 'Updated' or 'Counted'. page: where the figures stand, if not at the address that was asked for."""
    figures, asked = Figures(word, stamps, beside), request.GET.copy()
    asked[SINCE] = figures.mark
    return replace(figures, address=f"{page or request.path}?{asked.urlencode()}")


def only_freshness(request: HttpRequest, figures: Figures, now: datetime) -> HttpResponse | None:
    """The line alone, for a page that asks whether its figures are still the newest; None where a page is wanted."""
    if SINCE not in request.GET:
        return None
    response = render(request, "analytics/partials/figures_fresh.html", {"figures": figures, "now": now})
    if request.GET[SINCE] != figures.mark:
        trigger_client_event(response, "figures-changed", after="swap")
    return response
