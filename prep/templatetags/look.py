"""Small parts of the look that every page uses: icons and the one chart of Prep, a dot on a band.

Charts are SVG with x in percent and y in pixels, so they are fluid without a style attribute (static/css/components.css).
"""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# 20 × 20, stroked; the drawings are our own.
ICONS = {
    "alarm": '<circle cx="10" cy="11" r="6"/><path d="M10 8v3.2l2 1.3M8 2.8h4M10 2.8V5"/>',
    "book": '<path d="M10 5c-1.7-1.2-3.8-1.6-6.5-1.5V15c2.7-.1 4.8.3 6.5 1.5 1.7-1.2 3.8-1.6 6.5-1.5V3.5C13.8 3.4 11.7 3.8 10 5zM10 5v11.5"/>',
    "cards": '<path d="M6.5 6h10v11h-10zM3.5 14V3h10"/>',
    "check": '<path d="M4 10.6l4 4 8-9"/>',
    "clock": '<circle cx="10" cy="10" r="7"/><path d="M10 6v4.2l2.8 1.8"/>',
    "cross": '<path d="M5 5l10 10M15 5L5 15"/>',
    "exam": '<path d="M5 2.8h10v14.4H5zM7.7 7l1.2 1.2L11 6M7.7 12.2l1.2 1.2 2.1-2.2M13 7.2h.1M13 12.5h.1"/>',
    "falling": '<path d="M3 6l5 5 3-3 6 6M17 9.5V14h-4.5"/>',
    "flag": '<path d="M5 17.5V3M5 3.8h9.5l-2 3.2 2 3.2H5"/>',
    "flask": '<path d="M8 3h4M8.7 3v5L4.5 15.2c-.5 1 .1 1.8 1.1 1.8h8.8c1 0 1.6-.8 1.1-1.8L11.3 8V3M6.5 12.5h7"/>',
    "help": '<circle cx="10" cy="10" r="7"/><path d="M7.9 8c.1-1.3 1-2 2.2-2 1.3 0 2.2.8 2.2 1.9 0 1.6-2.2 1.7-2.2 3.3M10 13.9h.1"/>',
    "hide": '<path d="M3 3l14 14M8.3 5.3A8 8 0 0110 5c4.5 0 7 5 7 5a12 12 0 01-2.4 3M5.6 6.8A12 12 0 003 10s2.5 5 7 5a7 7 0 003-.7"/>',
    "level": '<path d="M3 10h13M12.5 6.5L16 10l-3.5 3.5"/>',
    "lock": '<path d="M5 9h10v8H5zM7 9V6.5a3 3 0 016 0V9"/>',
    "minus": '<path d="M4 10h12"/>',
    "moved": '<path d="M3.5 10h13M12.5 6l4 4-4 4"/>',
    "next": '<path d="M4 10h12M11 5l5 5-5 5"/>',
    "note": '<path d="M4 3.5h12v9l-4 4H4zM12 16.5v-4h4M7 7h6M7 10h4"/>',
    "notice": '<circle cx="10" cy="10" r="7"/><path d="M10 9.2v4.5M10 6.5h.1"/>',
    "offline": '<path d="M3 3l14 14M2.5 8.5A11 11 0 016.5 6M9.5 5.1a11 11 0 018 3.4M5.3 11.5a7 7 0 013-1.7M12 10a7 7 0 012.7 1.5M8.2 14.2a2.6 2.6 0 013.6 0"/>',
    "pencil": '<path d="M3.5 16.5l.8-3.4L13.6 3.8l2.6 2.6-9.3 9.3-3.4.8zM11.6 5.8l2.6 2.6"/>',
    "people": '<circle cx="7" cy="7" r="2.6"/><path d="M2.5 16c.4-3 2-4.6 4.5-4.6S11.1 13 11.5 16M13 4.8a2.6 2.6 0 010 4.8M14 11.6c2 .4 3.2 1.9 3.5 4.4"/>',
    "pin": '<path d="M7.5 3h5l-.6 5 2.6 2.5v1.5h-9v-1.5L8.1 8zM10 12v5"/>',
    "plan": '<path d="M3.5 4.5h13v12h-13zM3.5 8h13M7 2.8v3M13 2.8v3"/>',
    "plus": '<path d="M10 4v12M4 10h12"/>',
    "previous": '<path d="M16 10H4M9 5l-5 5 5 5"/>',
    "print": '<path d="M6 7V3h8v4M6 14H3.5V7h13v7H14M6 12h8v5H6z"/>',
    "refresh": '<path d="M4 8.5A6.5 6.5 0 0116 7.5M16 3.5v4h-4M16 11.5A6.5 6.5 0 014 12.5M4 16.5v-4h4"/>',
    "show": '<path d="M3 10s2.5-5 7-5 7 5 7 5-2.5 5-7 5-7-5-7-5z"/><circle cx="10" cy="10" r="2"/>',
    "strike": '<path d="M3 10h14M13.5 6.5C13 5 11.8 4.2 10 4.2c-2.1 0-3.5 1-3.5 2.7 0 1.5 1.3 2.3 3.5 3.1M6.3 13.3c.4 1.6 1.7 2.5 3.7 2.5 2.2 0 3.7-1.1 3.7-2.9 0-.5-.1-1-.4-1.4"/>',
    "text-size": '<path d="M2.5 15.5l4-10.5 4 10.5M4 12h5M12 15.5l2.7-7 2.7 7M13 13.3h3.5"/>',
    "today": '<circle cx="10" cy="10" r="3.2"/><path d="M10 2.5v2M10 15.5v2M2.5 10h2M15.5 10h2M4.7 4.7l1.4 1.4M13.9 13.9l1.4 1.4M4.7 15.3l1.4-1.4M13.9 6.1l1.4-1.4"/>',
    "unclear": '<circle cx="10" cy="10" r="6.5"/><path d="M10 3.5v13"/>',
    "undo": '<path d="M7.5 4.5L3.5 8.5l4 4M4 8.5h8a4 4 0 010 8H9"/>',
    "warning": '<path d="M10 3.3l7.3 13H2.7zM10 8v4M10 14.3h.1"/>',
    "weakness": '<path d="M3 5h14M3 10h14M3 15h14"/><circle cx="12.5" cy="5" r="1.7" fill="currentcolor"/><circle cx="7" cy="10" r="1.7" fill="currentcolor"/><circle cx="10" cy="15" r="1.7" fill="currentcolor"/>',
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """An inline icon; decoration only, so a word must stand beside it. Unknown names raise KeyError."""
    return format_html(
        '<svg class="icon" viewBox="0 0 20 20" aria-hidden="true">{}</svg>',
        mark_safe(ICONS[name]),  # noqa: S308
    )


@register.inclusion_tag("partials/range_chart.html")
def range_chart(
    mean: float,
    low: float,
    high: float,
    label: str,
    *,
    pass_percent: float = 72,
    before: float | None = None,
    is_open: bool = False,
) -> dict[str, object]:
    """A dot on a band from 0 to 100: mean with its 5–95 % range, the pass mark, and the last time as a tick.

    `label` is the sentence that says the same to somebody who cannot see it. `is_open` draws the dot open:
    the evidence could lie on either side of the pass mark.
    """
    low, high = max(0.0, min(low, high)), min(100.0, max(low, high))
    return {
        "mean": round(mean, 1),
        "low": round(low, 1),
        "width": round(max(high - low, 0.5), 1),
        "pass_percent": pass_percent,
        "before": None if before is None else round(before, 1),
        "is_open": is_open,
        "label": label,
    }
