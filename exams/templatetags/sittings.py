"""How the pages of a sitting write time and letters."""

from django import template

register = template.Library()


@register.filter
def duration(seconds: int) -> str:
    """Minutes and seconds, such as 2:29; from an hour on 1:02:29."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes_of_hour = divmod(minutes, 60)
    return f"{hours}:{minutes_of_hour:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def clock_face(seconds: int) -> str:
    """Time left as the exam's clock shows it: minutes are never folded into hours, 101:38."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    return f"{minutes}:{rest:02}"


@register.filter
def letter(index: int) -> str:
    """A for 0, B for 1, …"""
    return chr(65 + index)
