"""Words for blocks, minutes and days in templates."""

from datetime import date
from typing import Any

from django import template

from study_plans import words
from study_plans.models import KIND_TITLES, Block, PlanRevision

register = template.Library()
KIND_ICONS = {
    Block.Kind.DIAGNOSTIC: "weakness",
    Block.Kind.READ: "book",
    Block.Kind.DRILL: "pencil",
    Block.Kind.CONTRAST_DRILL: "pencil",
    Block.Kind.REVIEW: "cards",
    Block.Kind.MISTAKES: "refresh",
    Block.Kind.LAB: "flask",
    Block.Kind.MOCK: "exam",
    Block.Kind.REHEARSAL: "exam",
    Block.Kind.REST: "today",
}
CHANGE_WORDS = {"added": "added", "moved": "moved here", "longer": "longer", "shorter": "shorter"}
CHANGE_ICONS = {"added": "plus", "moved": "moved", "longer": "plus", "shorter": "minus", "dropped": "cross"}
CHANGE_CHIPS = {
    "added": "chip-positive",
    "moved": "chip-accent",
    "longer": "chip-caution",
    "shorter": "chip-caution",
}
# What `analytics:drill_start` starts for a kind of block; the others are not sittings of that sort.
DRILL_KINDS = {
    Block.Kind.DRILL: "drill",
    Block.Kind.CONTRAST_DRILL: "drill",
    Block.Kind.REVIEW: "review",
    Block.Kind.DIAGNOSTIC: "diagnostic",
}


@register.filter
def kind_icon(block: Block) -> str:
    """Name of the icon that stands for a block's kind."""
    return KIND_ICONS[Block.Kind(block.kind)]


@register.filter
def block_words(block: Block) -> str:
    """'Drill · 15 questions'."""
    return words.block_words(block)


@register.filter
def minutes_words(minutes: int) -> str:
    return words.minutes_words(int(minutes))


@register.filter
def day_words(day: date | str) -> str:
    """'Tuesday 24 November', also from an ISO date."""
    return words.day_words(date.fromisoformat(day) if isinstance(day, str) else day)


@register.filter
def change_words(change: str) -> str:
    return CHANGE_WORDS.get(change, change)


@register.filter
def change_icon(change: str) -> str:
    return CHANGE_ICONS[change]


@register.filter
def change_chip(change: str) -> str:
    return CHANGE_CHIPS.get(change, "")


@register.filter
def drill_kind(block: Block) -> str:
    """What starts when the block is opened, or '' where nothing is drilled."""
    return DRILL_KINDS.get(Block.Kind(block.kind), "")


@register.filter
def why_beside_name(item: dict[str, Any]) -> str:
    """Why something is left out, as read beside its name: the name is not said twice."""
    why, name = str(item["why"]), str(item["name"])
    if why.startswith(f"{name} "):
        rest = why.removeprefix(f"{name} ")
        return f"{rest[:1].upper()}{rest[1:]}"
    return why.replace(f"No time for {name} ", "No time ", 1)


@register.filter
def kind_beside_title(row: dict[str, Any]) -> str:
    """', drill' after the title of a revision's row; nothing where the title says the kind already."""
    kind = Block.Kind(row["kind"])
    return "" if row["title"] == KIND_TITLES.get(kind) else f", {words.KIND_WORDS[kind][0]}"


@register.filter
def because_words(revision: PlanRevision) -> str:
    """Why a revision was made, as a sentence."""
    because = words.BECAUSE.get(PlanRevision.Reason(revision.reason), "")
    return f"{because[:1].upper()}{because[1:]}." if because else ""


@register.simple_tag
def day_name(day: date) -> str:
    """'Mon 23'."""
    return f"{day:%a} {day.day}"


@register.filter
def grouped(diff: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a revision gathered by change, in the order in which LOOK.md tells them."""
    found = []
    for change in ("added", "moved", "longer", "shorter", "dropped"):
        rows = [row for row in diff if row["change"] == change]
        if rows:
            found.append({"change": change, "rows": rows})
    return found
