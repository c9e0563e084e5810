"""A table of marks as people keep it: a line per person, a column per item."""

import csv
import itertools
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from engine.normal import Array

NAME_WORDS = {"person", "user", "student", "candidate", "learner", "name", "surname", "username", "id", "email", "mail"}
WORDS_BESIDE = {"first", "last", "no", "number", "code", "e"}  # they name people only with one of the others
SEPARATORS = (",", "\t", ";")
SMALLEST_BEST, LARGEST_BEST = 1e-6, 1e9


class MalformedMarks(ValueError):
    """A line that cannot be read; lines of the file count from 1, the headings included."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line


class UnfitBestMarks(ValueError):
    """The best marks that were asked for do not fit the table."""


@dataclass(frozen=True, eq=False)
class MarkTable:
    """marks: (people, items); largest: best mark of each item; items: their headings."""

    items: tuple[str, ...]
    marks: Array
    largest: Array


def read_marks(lines: Iterable[str], *, largest: str = "1") -> MarkTable:
    """A mark table from CSV lines; a first column of names is recognised and left out.

    Tabs or semicolons may stand for the commas; then a mark may have a decimal comma.
    largest: best mark, one number for all items or one for each, joined by commas.
    Raises   MalformedMarks with the number of the first line that does not fit, UnfitBestMarks.
    """
    separator, (top, headings), people = _rows(lines)
    for line, cells in people:
        if len(cells) != len(headings):
            plural = "" if len(cells) == 1 else "s"
            unclosed = " (is a quotation mark never closed?)" if any("\n" in cell for cell in cells) else ""
            raise MalformedMarks(line, f"{len(cells)} cell{plural} under {len(headings)} headings{unclosed}")
    if not people:
        raise MalformedMarks(top, "there are headings but no marks")
    first = 1 if _holds_names(headings[0], [cells[0] for _, cells in people]) else 0
    items = [" ".join(heading.split()) for heading in headings[first:]]
    _check_headings(top, items, first)
    best = _largest(largest, len(items))
    marks = [
        [
            _mark(line, item, _plain(cell, separator), most)
            for item, cell, most in zip(items, cells[first:], best, strict=True)
        ]
        for line, cells in people
    ]
    return MarkTable(tuple(items), np.array(marks, dtype=np.float64), np.array(best))


Row = tuple[int, list[str]]


def _rows(lines: Iterable[str]) -> tuple[str, Row, list[Row]]:
    """What separates the cells, the headings, and the other lines; each with the line of the file it begins on."""
    source = iter(lines)
    blank, first = next(((n, line) for n, line in enumerate(source) if line.strip()), (0, None))
    if first is None:
        raise MalformedMarks(1, "the table is empty")
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(itertools.chain([first], source), delimiter=separator)
    rows: list[Row] = []
    line = blank + 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((line, [cell.strip() for cell in cells]))
            line = blank + reader.line_num + 1
    except csv.Error as error:
        raise MalformedMarks(line, f"not a row of CSV ({error})") from error
    return separator, rows[0], rows[1:]


def _holds_names(heading: str, cells: list[str]) -> bool:
    """By its heading, or because no cell of it is a number: one that is none among numbers is a slip, not a name."""
    words = set(re.findall(r"[a-z]+", heading.lower()))
    named = not heading or (bool(words & NAME_WORDS) and words <= NAME_WORDS | WORDS_BESIDE)
    return named or all(cell and _number(cell) is None for cell in cells)


def _check_headings(line: int, items: list[str], before: int) -> None:
    if not items:
        raise MalformedMarks(line, "there is no column of marks")
    if "" in items:
        raise MalformedMarks(line, f"column {items.index('') + before + 1} has no heading")
    twice = next((item for place, item in enumerate(items) if item in items[:place]), None)
    if twice is not None:
        raise MalformedMarks(line, f"the heading {twice!r} stands twice")
    if all(_number(item) in {0.0, 1.0} for item in items):
        raise MalformedMarks(line, "the first line must name the items; these look like marks")


def _largest(text: str, items: int) -> list[float]:
    best = [_number(part.strip()) for part in text.split(",")]
    if any(value is None or not SMALLEST_BEST <= value <= LARGEST_BEST for value in best) or len(best) not in {
        1,
        items,
    }:
        raise UnfitBestMarks(
            f"the best marks {text!r} are not one positive number up to a thousand million, or one for each of "
            f"{items} items"
        )
    return [float(value or 0) for value in best] * (items if len(best) == 1 else 1)


def _plain(cell: str, separator: str) -> str:
    """A decimal comma as a point, where commas separate nothing."""
    return cell.replace(",", ".") if separator != "," and cell.count(",") == 1 and "." not in cell else cell


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
    if "_" in text:
        return None
    return value if math.isfinite(value) else None
