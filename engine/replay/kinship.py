"""Which skills go together: whoever is better than expected on one, is they so on another?

The model lets skills hang together through one global ability. Where there is more than one thing behind
the skills of a log, what is left over on some skills says something of others.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.normal import Array
from engine.replay.history import Lines

RANK = 6
PRIOR_ANSWERS = 4.0  # of a person on a skill, at a surplus of 0
MOST_SKILLS = 600  # of a log, the most practised ones; the rest have too few answers to say anything
MOST_CELLS = 4_000_000


@dataclass(frozen=True, eq=False)
class Kinship:
    """weights: (s, s), how much the surplus on each skill (column) says of another (row); 0 on itself.

    place: (S,) row of each skill of the log, −1 for one that is left out.
    """

    weights: Array
    place: NDArray[np.int64]


def fit_kinship(lines: Lines, surplus: Array, skill_count: int) -> Kinship:
    """The common directions of people's surpluses per skill.

    surplus: (n,) outcome − what global ability and item alone make one expect.
    Source   a truncated, shrunken singular value decomposition of people by skills.
    """
    if not skill_count:
        return Kinship(np.zeros((0, 0)), np.zeros(0, dtype=np.int64))
    practised = np.argsort(-np.bincount(lines.pair_skill, minlength=skill_count), kind="stable")[:MOST_SKILLS]
    place = np.full(skill_count, -1)
    place[practised] = np.arange(len(practised))
    row, skill = lines.pair_row, place[lines.pair_skill]
    row, skill, skill_count = row[skill >= 0], skill[skill >= 0], len(practised)
    people = int(lines.user.max(initial=-1)) + 1
    cell = lines.user[row] * skill_count + skill
    total = np.bincount(cell, surplus[row], people * skill_count)
    tries = np.bincount(cell, minlength=people * skill_count)
    table = (total / (tries + PRIOR_ANSWERS)).reshape(people, skill_count)
    values, directions = np.linalg.eigh(table.T @ table)
    top = slice(max(0, skill_count - RANK), None)
    noise = float(np.median(values))
    kept = np.maximum(values[top] - noise, 0.0) / np.maximum(values[top], 1e-12)
    weights = (directions[:, top] * kept) @ directions[:, top].T
    np.fill_diagonal(weights, 0.0)
    return Kinship(weights * skill_count**0.5, place)


def kin_surplus(lines: Lines, surplus: Array, kinship: Kinship) -> Array:
    """What a user's surpluses on other skills, so far, say of the skills of each row.

    Σ over met skills of weight · (sum of surpluses)/(answers + 4), averaged over the row's skills.
    surplus: (n,) outcome − expectation. Returns shape (n,); 0 where nothing was met before.
    """
    found = np.zeros(len(lines))
    known = kinship.place[lines.pair_skill] >= 0
    pair_row, pair_skill = lines.pair_row[known], kinship.place[lines.pair_skill[known]]
    bounds = np.append(np.flatnonzero(np.diff(lines.user, prepend=-1)), len(lines))
    pairs = np.searchsorted(pair_row, bounds)
    for a, b, p, q in zip(bounds[:-1], bounds[1:], pairs[:-1], pairs[1:], strict=True):
        if q > p:
            own = _of_user(pair_row[p:q] - a, pair_skill[p:q], surplus[a:b], kinship.weights)
            found[a:b] = own / lines.width[a:b]
    return found


def _of_user(row: NDArray[np.int64], skill: NDArray[np.int64], surplus: Array, weights: Array) -> Array:
    met, own = np.unique(skill, return_inverse=True)
    weights = weights[np.ix_(met, met)]
    total, tries = np.zeros(len(met)), np.zeros(len(met))
    found = np.zeros(len(surplus))
    slice_rows = max(1, MOST_CELLS // len(met))
    for start in range(0, len(surplus), slice_rows):
        size = min(slice_rows, len(surplus) - start)
        first, last = np.searchsorted(row, [start, start + size])
        at, who = row[first:last] - start, own[first:last]
        cell, cells = (at + 1) * len(met) + who, (size + 1) * len(met)
        steps = np.stack([np.bincount(cell, surplus[start + at], cells), np.bincount(cell, minlength=cells)])
        running = steps.reshape(2, size + 1, len(met))
        running[:, 0] = total, tries
        running = running.cumsum(axis=1)
        state = running[0] / (running[1] + PRIOR_ANSWERS)
        found += np.bincount(start + at, (weights[who] * state[at]).sum(axis=1), len(found))
        total, tries = running[:, -1]
    return found
