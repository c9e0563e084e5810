"""What had happened before each answer of a log: counts, streaks, windows and pauses, for all rows at once.

Rows stand user after user, each user's in order of time. Nothing of a row's own outcome, or of a later
one, enters what is said of the row.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.normal import Array
from engine.replay.log import ResponseLog

HOUR = 3_600.0
WINDOWS = (HOUR, 24 * HOUR, 168 * HOUR)
SESSION_GAP = HOUR  # a longer pause starts another session
LONGEST = 50.0  # years a log may span, beyond which pauses are cut

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Lines:
    """Some users' rows of a log, user after user; n rows, m pairs of a row and one of its skills.

    row: (n,) number in the log. user: (n,) numbered from 0 in this selection. item, at, correct: (n,).
    pair_row, pair_skill: (m,) row position and skill. width: (n,) skills of the row, at least 1.
    """

    row: Rows
    user: Rows
    item: Rows
    correct: Array
    at: Array
    pair_row: Rows
    pair_skill: Rows
    width: Array

    def __len__(self) -> int:
        return len(self.row)

    def among(self, kept: NDArray[np.bool_]) -> "Lines":
        """Only some users' rows; users keep their numbers."""
        place = np.cumsum(kept) - 1
        pairs = kept[self.pair_row]
        return Lines(
            self.row[kept], self.user[kept], self.item[kept], self.correct[kept], self.at[kept],
            place[self.pair_row[pairs]], self.pair_skill[pairs], self.width[kept],
        )  # fmt: skip

    def per_row(self, of_pairs: Array) -> Array:
        """Mean over the skills of each row, shape (n,); 0 for a row without skills."""
        return np.bincount(self.pair_row, of_pairs, len(self)) / self.width


def lines_of(log: ResponseLog, users: NDArray[np.int64]) -> Lines:
    """The rows of the given users, in their order."""
    own = [log.rows_of[user] for user in users.tolist()]
    row = np.concatenate(own) if own else np.zeros(0, dtype=np.int64)
    user = np.repeat(np.arange(len(own)), [len(rows) for rows in own])
    item = log.item[row]
    counts = np.array([len(skills) for skills in log.item_skills], dtype=np.int64)
    flat = np.array([skill for skills in log.item_skills for skill in skills], dtype=np.int64)
    first = np.concatenate([[0], np.cumsum(counts)])[:-1]
    width = counts[item]
    pair_row = np.repeat(np.arange(len(row)), width)
    within = np.arange(len(pair_row)) - np.repeat(np.cumsum(width) - width, width)
    return Lines(
        row=row,
        user=user,
        item=item,
        correct=log.correct[row].astype(np.float64),
        at=log.at[row],
        pair_row=pair_row,
        pair_skill=flat[first[item[pair_row]] + within] if len(pair_row) else pair_row,
        width=np.maximum(width, 1).astype(np.float64),
    )


class Past:
    """Rows in groups (a user's, or a user's on one skill or item), each in order of time.

    Every method returns one value per row that speaks of the rows before it in its group.
    """

    def __init__(self, group: Rows, correct: Array, at: Array) -> None:
        self.order = np.argsort(group, kind="stable")
        self.back = np.empty_like(self.order)
        self.back[self.order] = np.arange(len(group))
        self.correct, self.at = correct[self.order], at[self.order]
        new = np.ones(len(group), dtype=np.bool_)
        new[1:] = np.diff(group[self.order]) != 0
        self.place = np.arange(len(group))
        self.start = np.maximum.accumulate(np.where(new, self.place, 0))
        self.number = np.cumsum(new) - 1
        self.rank = self.place - self.start
        self.sums = np.concatenate([[0.0], np.cumsum(self.correct)])

    def _given(self, ordered: NDArray[Any]) -> Array:
        return np.asarray(ordered[self.back], dtype=np.float64)

    def tries(self) -> Array:
        return self._given(self.rank)

    def wins(self) -> Array:
        return self._given(self.sums[self.place] - self.sums[self.start])

    def outcome(self, back: int) -> Array:
        """Outcome so many rows before: 1 right, −1 wrong, 0 where there is none."""
        there = self.rank >= back
        value = 2.0 * self.correct[np.maximum(self.place - back, 0)] - 1.0
        return self._given(np.where(there, value, 0.0))

    def recent(self, count: int, *, prior: float = 2.0) -> Array:
        """Share right among the last `count`, drawn to one half as by `prior` rows."""
        first = np.maximum(self.place - count, self.start)
        wins = self.sums[self.place] - self.sums[first]
        return self._given((wins + prior / 2) / (self.place - first + prior))

    def streak(self) -> Array:
        """Rights in a row up to here, or minus the wrongs in a row."""
        last_wrong = self._last(self.correct < 0.5)
        last_right = self._last(self.correct > 0.5)
        return self._given(
            np.where(last_right > last_wrong, self.place - 1.0 - last_wrong, last_right - self.place + 1.0)
        )

    def _last(self, marked: NDArray[np.bool_]) -> Array:
        """Place of the last marked row before each row in its group, or the place before the group."""
        latest = np.maximum.accumulate(np.where(marked, self.place, -1))
        before = np.concatenate([[-1], latest])[:-1]
        return np.maximum(before, self.start - 1).astype(np.float64)

    def pause(self) -> Array:
        """Seconds since the row before, −1 where there is none."""
        gap = self.at - self.at[np.maximum(self.place - 1, 0)]
        return self._given(np.where(self.rank > 0, np.maximum(gap, 0.0), -1.0))

    def window(self, seconds: float) -> tuple[Array, Array]:
        """(rows, wins) of the last so many seconds."""
        span = float(self.at.max(initial=0.0)) + seconds + 1.0
        clock = self.number * span + self.at
        first = np.maximum(np.searchsorted(clock, clock - seconds, side="left"), self.start)
        first = np.minimum(first, self.place)
        return self._given(self.place - first), self._given(self.sums[self.place] - self.sums[first])


@dataclass(frozen=True, eq=False)
class History:
    """Named columns of what is known before each row, and the groups they come from."""

    lines: Lines

    @cached_property
    def clock(self) -> Array:
        """Seconds since the user's first answer."""
        first = self.lines.at[np.searchsorted(self.lines.user, self.lines.user, side="left")]
        return np.minimum(self.lines.at - first, LONGEST * 365 * 24 * HOUR)

    @cached_property
    def by_user(self) -> Past:
        return Past(self.lines.user, self.lines.correct, self.clock)

    @cached_property
    def by_item(self) -> Past:
        span = int(self.lines.item.max(initial=0)) + 1
        return Past(self.lines.user * span + self.lines.item, self.lines.correct, self.clock)

    @cached_property
    def by_skill(self) -> Past:
        lines = self.lines
        span = int(lines.pair_skill.max(initial=0)) + 1
        group = lines.user[lines.pair_row] * span + lines.pair_skill
        return Past(group, lines.correct[lines.pair_row], self.clock[lines.pair_row])

    @cached_property
    def sessions(self) -> Past:
        pause = self.by_user.pause()
        fresh = (pause < 0) | (pause > SESSION_GAP)
        return Past(np.cumsum(fresh), self.lines.correct, self.clock)

    def columns(self) -> dict[str, Array]:
        """Every column by name, each (n,)."""
        return {**self._of_users(), **self._of_items(), **self._of_skills(), **self._of_runs()}

    def _of_users(self) -> dict[str, Array]:
        past = self.by_user
        found = {
            "log answers": np.log1p(past.tries()),
            "log wins": np.log1p(past.wins()),
            "share right": (past.wins() + 2.0) / (past.tries() + 4.0),
            "last outcome": past.outcome(1),
            "outcome two before": past.outcome(2),
            "outcome three before": past.outcome(3),
            "streak": _squeezed(past.streak()),
            "log pause": _log_hours(past.pause()),
            "log session answers": np.log1p(self.sessions.tries()),
            "session share": self.sessions.recent(1_000, prior=4.0),
        }
        found |= {f"last {count} right": past.recent(count) for count in (5, 10, 30)}
        return found

    def _of_items(self) -> dict[str, Array]:
        past = self.by_item
        tries, wins = past.tries(), past.wins()
        return {
            "log item answers": np.log1p(tries),
            "log item wins": np.log1p(wins),
            "item seen": np.minimum(tries, 1.0),
            "last outcome on item": past.outcome(1),
            "outcome two before on item": past.outcome(2),
            "log hours since item": _log_hours(past.pause()),
            "log item answers × last outcome": np.log1p(tries) * past.outcome(1),
            "log wins − log answers on item": np.log1p(wins) - np.log1p(tries),
        }

    def _of_skills(self) -> dict[str, Array]:
        past, mean = self.by_skill, self.lines.per_row
        tries, wins = past.tries(), past.wins()
        found = {
            "log skill answers": mean(np.log1p(tries)),
            "log skill wins": mean(np.log1p(wins)),
            "log wins − log answers on skill": mean(np.log1p(wins) - np.log1p(tries)),
            "skill share right": mean((wins + 1.0) / (tries + 2.0)),
            "last outcome on skill": mean(past.outcome(1)),
            "outcome two before on skill": mean(past.outcome(2)),
            "outcome three before on skill": mean(past.outcome(3)),
            "last 5 right on skill": mean(past.recent(5)),
            "last 12 right on skill": mean(past.recent(12)),
            "skill streak": mean(_squeezed(past.streak())),
            "log hours since skill": mean(_log_hours(past.pause())),
        }
        for seconds, name in zip(WINDOWS, ("hour", "day", "week"), strict=True):
            counts = past.window(seconds)
            found[f"log skill answers in an {name}" if name == "hour" else f"log skill answers in a {name}"] = mean(
                np.log1p(counts[0])
            )
            found[f"log skill wins in {name}"] = mean(np.log1p(counts[1]))
        return found

    def _of_runs(self) -> dict[str, Array]:
        """What the row before was: the same item, the same skills, and how long the run of the skill is."""
        lines = self.lines
        same_user = np.concatenate([[False], lines.user[1:] == lines.user[:-1]]) if len(lines) else np.zeros(0, bool)
        same_item = same_user & (lines.item == np.roll(lines.item, 1))
        key = np.bincount(lines.pair_row, (lines.pair_skill + 1.0) ** 1.5, len(lines))
        same_skill = same_user & (key == np.roll(key, 1))
        place = np.arange(len(lines))
        run = place - np.maximum.accumulate(np.where(same_skill, 0, place))
        return {
            "same item as before": same_item.astype(np.float64),
            "same skills as before": same_skill.astype(np.float64),
            "log run of skill": np.log1p(run),
            "has skill": np.minimum(np.bincount(lines.pair_row, minlength=len(lines)), 1.0),
        }


def _log_hours(seconds: Array) -> Array:
    return np.log1p(np.maximum(seconds, 0.0) / HOUR)


def _squeezed(streak: Array) -> Array:
    return np.sign(streak) * np.log1p(np.abs(streak))
