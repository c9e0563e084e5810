"""A table of marks as people keep it: a line per person, a column per item."""

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from engine.normal import Array

NAME_HEADINGS = {"", "person", "user", "student", "candidate", "name", "id"}


class MalformedMarks(ValueError):
    """A line that cannot be read; lines of the file count from 1, the headings included."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line


@dataclass(frozen=True, eq=False)
class MarkTable:
    """marks: (people, items); largest: best mark of each item; items: their headings."""

    items: tuple[str, ...]
    marks: Array
    largest: Array


def read_marks(lines: Iterable[str], *, largest: str = "1") -> MarkTable:
    """A mark table from CSV lines; a first column of names is recognised and left out.

    largest: best mark, one number for all items or one for each, joined by commas.
    Raises   MalformedMarks with the number of the first line that does not fit.
    """
    reader = csv.reader(lines)
    try:
        numbered = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if cells]
    except csv.Error as error:
        raise MalformedMarks(reader.line_num, f"not CSV ({error})") from error
    if not numbered:
        raise MalformedMarks(1, "the table is empty")
    (_, headings), *people = numbered
    for line, cells in people:
        if len(cells) != len(headings):
            raise MalformedMarks(line, f"{len(cells)} cells under {len(headings)} headings")
    if not people:
        raise MalformedMarks(1, "there are headings but no marks")
    first = 1 if _holds_names(headings[0], [cells[0] for _, cells in people]) else 0
    items = headings[first:]
    _check_headings(items)
    best = _largest(largest, len(items))
    marks = [
        [_mark(line, item, cell, top) for item, cell, top in zip(items, cells[first:], best, strict=True)]
        for line, cells in people
    ]
    return MarkTable(tuple(items), np.array(marks, dtype=np.float64), np.array(best))


def _holds_names(heading: str, cells: list[str]) -> bool:
    """By its heading, or because no cell of it is a number: one that is none among numbers is a slip, not a name."""
    return heading.lower() in NAME_HEADINGS or all(cell and _number(cell) is None for cell in cells)


def _check_headings(items: list[str]) -> None:
    if not items:
        raise MalformedMarks(1, "there is no column of marks")
    twice = next((item for place, item in enumerate(items) if item in items[:place]), None)
    if twice is not None:
        raise MalformedMarks(1, f"the heading {twice!r} stands twice")
    if all(_number(item) in {0.0, 1.0} for item in items):
        raise MalformedMarks(1, "the first line must name the items; these look like marks")


def _largest(text: str, items: int) -> list[float]:
    best = [_number(part.strip()) for part in text.split(",")]
    if any(value is None or value <= 0 for value in best) or len(best) not in {1, items}:
        raise MalformedMarks(
            1, f"the best marks {text!r} are not one positive number, or one for each of {items} items"
        )
    return [float(value or 0) for value in best] * (items if len(best) == 1 else 1)


def _mark(line: int, item: str, text: str, best: float) -> float:
    mark = _number(text)
    if mark is None:
        raise MalformedMarks(line, f"the mark of {item} is {text!r}, not a number")
    if not 0 <= mark <= best:
        raise MalformedMarks(line, f"the mark of {item} is {text}, outside 0 to {best:g}")
    return mark


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
