"""A response log as columns, and every complaint about a row with its line number."""

import csv
import itertools
import math
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.normal import Array

COLUMNS = ("user", "item", "skill", "correct", "timestamp", "split")
OTHER_SEPARATORS = ("\t", ";")
STEP_SECONDS = 30.0  # between two answers of a log that has no times
# A moment later than the year 5000 counts in something smaller than seconds.
LATEST_SECOND = 1e11
SMALLER_UNITS = (1e3, 1e6, 1e9)  # milliseconds, microseconds, nanoseconds


class MalformedRow(ValueError):
    """A row that cannot be read; `line` counts lines of the file from 1, the header included."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


@dataclass(frozen=True, eq=False)
class ResponseLog:
    """n rows in input order, encoded; items and skills are numbered by first appearance, users by name, so
    that the order in which they mix makes no difference.

    user, item: (n,). correct, test: (n,) bool. at: (n,) seconds, not falling per user.
    item_skills: per item the skills it was first seen with. guess: per item, 0 without options.
    rows_of:     per user, row numbers in order.
    backwards:   rows that stand after a later moment of the same user; the order of the log was kept.
    """

    user: NDArray[np.int64]
    item: NDArray[np.int64]
    correct: NDArray[np.bool_]
    test: NDArray[np.bool_]
    at: Array
    item_skills: tuple[tuple[int, ...], ...]
    guess: Array
    skill_count: int
    rows_of: tuple[NDArray[np.int64], ...]
    backwards: int = 0

    def __len__(self) -> int:
        return len(self.user)


class _Numbering(dict[str, int]):
    """Names numbered in the order they appear."""

    def __missing__(self, name: str) -> int:
        self[name] = number = len(self)
        return number


def read_log(lines: Iterable[str], *, options_column: str | None = None) -> ResponseLog:
    """A log from CSV lines with the header `user,item,skill,correct,timestamp,split`.

    skill: empty, one, or several joined by `;`. correct: 0 or 1. timestamp: seconds, or empty (then order
    counts); milli-, micro- and nanoseconds since 1970 are recognised by their size. split: train or test, the
    same for all rows of a user. Other columns are ignored. Tabs or semicolons may stand for the commas; then a
    `skill` that holds semicolons itself must be quoted.
    options_column: optional column with the number of options, for the guess floor.
    Raises   MalformedRow with the line number of the first row that does not fit.
    """
    rows = _rows(lines)
    _, header = next(rows, (1, []))
    place = _header(header, options_column)
    width = max(place.values()) + 1
    users, items, skills = _Numbering(), _Numbering(), _Numbering()
    item_skills: list[tuple[int, ...]] = []
    guess: list[float] = []
    splits: list[bool] = []
    clock: list[float] = []
    # A million rows must fit.
    columns: tuple[array[Any], ...] = (array("q"), array("q"), array("b"), array("b"), array("d"))
    backwards = 0
    for line, cells in rows:
        if not cells:
            continue
        if len(cells) < width:
            raise MalformedRow(line, _too_few(cells, width))
        named = {name: cells[index].strip() for name, index in place.items()}
        correct, test = _outcome(line, named["correct"]), _split(line, named["split"])
        for name in ("user", "item"):
            if not named[name]:
                raise MalformedRow(line, f"no {name}")
        user, item = users[named["user"]], items[named["item"]]
        if user == len(splits):
            splits.append(test)
            clock.append(-math.inf)
        elif splits[user] != test:
            raise MalformedRow(line, f"user {named['user']!r} is in train and in test")
        moment = _moment(line, named["timestamp"], clock[user])
        backwards += moment < clock[user]
        clock[user] = max(moment, clock[user])
        if item == len(item_skills):
            parts = [part.strip() for part in named["skill"].split(";")]
            item_skills.append(tuple(dict.fromkeys(skills[part] for part in parts if part)))
            guess.append(_floor(line, named[options_column]) if options_column else 0.0)
        for column, value in zip(columns, (user, item, correct, test, clock[user]), strict=True):
            column.append(value)
    by_name = np.argsort(sorted(range(len(users)), key=list(users).__getitem__))
    user_column = by_name.astype(np.int64)[np.array(columns[0], dtype=np.int64)]
    order = np.argsort(user_column, kind="stable")
    bounds = np.searchsorted(user_column[order], np.arange(1, len(users)))
    return ResponseLog(
        user=user_column,
        item=np.array(columns[1], dtype=np.int64),
        correct=np.array(columns[2], dtype=np.bool_),
        test=np.array(columns[3], dtype=np.bool_),
        at=_in_seconds(np.array(columns[4], dtype=np.float64)),
        item_skills=tuple(item_skills),
        guess=np.array(guess, dtype=np.float64),
        skill_count=len(skills),
        rows_of=tuple(np.split(order, bounds)) if len(users) else (),
        backwards=backwards,
    )


def _rows(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins on: one with a line break inside quotes takes several."""
    source = iter(lines)
    first = next(source, "").removeprefix("\ufeff")
    reader = csv.reader(itertools.chain([first], source), delimiter=_separator(first))
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise MalformedRow(line, f"not a row of CSV ({error})") from error
        if cells is None:
            return
        yield line, cells
        line = reader.line_num + 1


def _separator(header: str) -> str:
    """What stands between the names of the first line; a comma unless there is none."""
    return "," if "," in header else next((mark for mark in OTHER_SEPARATORS if mark in header), ",")


def _too_few(cells: list[str], width: int) -> str:
    unclosed = " (is a quotation mark never closed?)" if any("\n" in cell for cell in cells) else ""
    return f"{len(cells)} cell{'' if len(cells) == 1 else 's'} where {width} are needed{unclosed}"


def _header(cells: list[str], options_column: str | None) -> dict[str, int]:
    found = [cell.strip() for cell in cells]
    wanted = (*COLUMNS, *([options_column] if options_column else []))
    missing = [name for name in wanted if name not in found]
    if missing:
        there = f"; it names {', '.join(found)[:200]}" if any(found) else ", as the file is empty"
        raise MalformedRow(1, f"the header lacks {', '.join(missing)}{there}")
    return {name: found.index(name) for name in wanted}


def _outcome(line: int, text: str) -> bool:
    if text not in {"0", "1", "0.0", "1.0"}:
        raise MalformedRow(line, f"correct is {text!r}, not 0 or 1")
    return text.startswith("1")


def _split(line: int, text: str) -> bool:
    if text not in {"train", "test"}:
        raise MalformedRow(line, f"split is {text!r}, not train or test")
    return text == "test"


def _moment(line: int, text: str, before: float) -> float:
    """Seconds; without a time one step after the answer before."""
    if not text:
        return before + STEP_SECONDS if math.isfinite(before) else 0.0
    try:
        moment = float(text)
    except ValueError:
        raise MalformedRow(line, f"timestamp is {text!r}, not seconds") from None
    if not math.isfinite(moment):
        raise MalformedRow(line, f"timestamp is {text!r}, not a moment")
    return moment


def _in_seconds(at: Array) -> Array:
    """Moments of a log that counts in milli-, micro- or nanoseconds brought to seconds; others as they are."""
    usual = float(np.median(np.abs(at))) if len(at) else 0.0  # one wild moment must not change the unit
    for unit in (1.0, *SMALLER_UNITS):
        if usual <= LATEST_SECOND * unit:
            return at / unit
    return at / SMALLER_UNITS[-1]


def _floor(line: int, text: str) -> float:
    if not text:
        return 0.0
    if not text.isdigit() or int(text) < 2:
        raise MalformedRow(line, f"{text!r} is not a number of options (2 or more)")
    return 1.0 / int(text)
