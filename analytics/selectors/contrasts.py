"""Which side of a contrast pair a question has as its key."""

import re
from collections.abc import Collection
from typing import Literal

from questions.models import Misconception, Option

Side = Literal["left", "right", "unclear"]


def contrast_sides(pair: Misconception, version_ids: Collection[int]) -> dict[int, Side]:
    """By version: the side that the keys name and the distractors of the pair do not.

    Words of the pair's two names decide; where they say nothing the side is unclear.
    """
    left, right = _words(str(pair.left.get("name", ""))), _words(str(pair.right.get("name", "")))
    left, right = left - right, right - left
    balance = dict.fromkeys(version_ids, 0)
    options = Option.objects.filter(version_id__in=version_ids).values_list(
        "version_id", "text", "is_key", "misconception_id"
    )
    for version_id, text, is_key, misconception_id in options:
        if is_key or misconception_id == pair.pk:
            words = _words(text)
            leaning = len(words & left) - len(words & right)
            balance[version_id] += leaning if is_key else -leaning
    return {pk: "left" if value > 0 else "right" if value < 0 else "unclear" for pk, value in balance.items()}


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"[a-z0-9]+", text.lower()) if len(word) > 2}
