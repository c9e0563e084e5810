"""How pages draw and write estimates. Charts are SVG with x in percent and y in pixels (see components.css)."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.utils.dateformat import format as format_date
from django.utils.timezone import localtime

from analytics import words
from analytics.models import DomainEstimate, Label, ReadinessForecast
from analytics.selectors.record import ForecastGroup
from analytics.selectors.reports import DomainLine, ForecastLine, TrendPoint
from analytics.services.estimates import GOAL

register = template.Library()

CHIPS = {
    Label.WEAK: ("chip-critical", "falling"),
    Label.STRONG: ("chip-positive", "check"),
    Label.UNCLEAR: ("", "unclear"),
}


@register.filter
def percent(share: float | None) -> str:
    """0…1 as whole percent, without the sign."""
    return "" if share is None else f"{100 * share:.0f}"


@register.filter
def signed(value: float | str | None, digits: int) -> str:
    """A figure that may be negative, with a real minus; a dash where there is none."""
    if value is None or isinstance(value, str):  # an absent key reads as empty text in a template
        return "–"
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")


@register.filter
def of_code(figures: Mapping[str, float], code: str) -> float | None:
    """One domain's figure, or None."""
    return figures.get(code)


@register.simple_tag
def chance_words(low: float, high: float) -> str:
    return words.chance_words(low, high)


@register.filter
def ago(moment: datetime, now: datetime) -> str:
    return words.ago_words(moment, now)


@register.filter
def heat_step(mastery: float, pass_percent: int) -> int:
    """1 to 5, five steps around the pass mark."""
    return 1 + sum(mastery >= edge for edge in words.heat_edges(pass_percent))


@register.filter
def half_range(line: DomainLine) -> float:
    return (line.high - line.low) / 2


@register.simple_tag
def standing_words(name: str, mean: float, low: float, high: float, answers: int, pass_percent: int) -> str:
    return words.standing_words(name, mean, low, high, answers, pass_percent)


@register.simple_tag
def gap_parts(row: DomainEstimate, target_percent: int) -> dict[str, float]:
    """The expected shortfall in two parts: of the middle of the range, and what its width adds; in points, ≥ 0."""
    middle = max(0.0, target_percent - row.mastery)
    return {"middle": middle, "uncertainty": max(0.0, row.shortfall - middle)}


@register.simple_tag
def few_words(row: DomainEstimate) -> str:
    """What a handful of answers is worth; nothing once there are enough for a word."""
    return words.few_words(row.answer_count, row.mastery_low, row.mastery_high)


@register.inclusion_tag("analytics/partials/label_chip.html")
def label_chip(label: str) -> dict[str, object]:
    style, glyph = CHIPS[Label(label)]
    return {"style": style, "glyph": glyph, "words": Label(label).label}


@register.inclusion_tag("analytics/charts/readiness.html")
def readiness_chart(
    forecast: ReadinessForecast | ForecastLine, before: ReadinessForecast | None = None
) -> dict[str, object]:
    """Chance of passing from 0 to 100 with its range, the goal, and the figure before."""
    if isinstance(forecast, ForecastLine):
        probability, low, high = forecast.probability, forecast.low, forecast.high
    else:
        probability, low, high = forecast.probability, forecast.probability_low, forecast.probability_high
    earlier = before.probability if before else None
    return {
        "mean": round(100 * probability, 1),
        "low": round(100 * low, 1),
        "width": round(max(100 * (high - low), 0.5), 1),
        "goal": round(100 * GOAL),
        "before": None if earlier is None else round(100 * earlier, 1),
        "label": words.forecast_words(probability, low, high, goal=GOAL, before=earlier),
    }


def _y(percent_value: float) -> float:
    """Pixels from the top of a small multiple: 100 at 10, 0 at 114."""
    return round(10 + 1.04 * (100 - percent_value), 1)


@register.inclusion_tag("analytics/charts/trend.html")
def trend_chart(line: DomainLine, pass_percent: int) -> dict[str, object]:
    """One domain after each sitting, with ranges; x runs in the order of the sittings."""
    points = list(line.trend)
    spread = 72 / (len(points) - 1) if len(points) > 1 else 0
    drawn = [
        {
            "x": round(20 + spread * place if len(points) > 1 else 56, 1),
            "y": _y(point.mastery),
            "top": _y(point.high),
            "bottom": _y(point.low),
        }
        for place, point in enumerate(points)
    ]
    spoken = ", ".join(
        f"{_day(point)} {point.mastery:.0f}% ({point.low:.0f} to {point.high:.0f}, {point.answers} answers)"
        for point in points
    )
    return {
        "points": drawn,
        "joins": list(itertools.pairwise(drawn)),
        "grid": [(_y(value), value) for value in (100, 50, 0)],
        "pass_y": _y(pass_percent),
        "first": _day(points[0]) if points else "",
        "middle": _day(points[1]) if len(points) == 3 else "",
        "last": _day(points[-1]) if len(points) > 1 else "",
        "label": f"{line.name}: {spoken}",
    }


@register.inclusion_tag("analytics/charts/spark.html")
def spark_chart(trend: Sequence[TrendPoint], pass_percent: int) -> dict[str, object]:
    """The means alone, 28 px high; the ranges stand in the row beside it."""
    points = list(trend)[-6:]
    spread = 90 / (len(points) - 1) if len(points) > 1 else 0

    def y(value: float) -> float:
        return round(2 + 0.24 * (100 - value), 2)

    drawn = [
        {"x": round(5 + spread * place if len(points) > 1 else 95, 1), "y": y(p.mastery)}
        for place, p in enumerate(points)
    ]
    return {
        "last": drawn[-1] if drawn else None,
        "joins": list(itertools.pairwise(drawn)),
        "pass_y": y(pass_percent),
        "label": "After each sitting: " + ", ".join(f"{point.mastery:.0f}" for point in points) + "%",
    }


@register.inclusion_tag("analytics/charts/reliability.html")
def reliability_chart(groups: Sequence[ForecastGroup]) -> dict[str, object]:
    """What we said against how many passed, one dot a group, larger for more forecasts."""
    most = max((group.count for group in groups), default=1)

    def x(share: float) -> float:
        return round(44 + 280 * share, 1)

    def y(share: float) -> float:
        return round(255 - 245 * share, 2)

    return {
        "dots": [
            {
                "x": x(group.said),
                "y": y(group.passed),
                "top": y(group.high),
                "bottom": y(group.low),
                "r": round(4 + 4 * (group.count / most) ** 0.5, 1),
            }
            for group in groups
        ],
        "grid": [(x(step / 100), y(step / 100), step) for step in (0, 25, 50, 75, 100)],
    }


def _day(point: TrendPoint) -> str:
    return format_date(localtime(point.at), "j M")


@register.simple_tag
def gain_words(forecast: ReadinessForecast, move: dict[str, Any]) -> str:
    """'18 → 24%', both capped as the forecast is; 'still 2%' where it stays the same whole number."""
    now, then = (
        f"{100 * share:.0f}" for share in (forecast.probability, min(forecast.probability + move["gain"], 0.98))
    )
    return f"still {now}%" if now == then else f"{now} → {then}%"
