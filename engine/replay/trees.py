"""Boosted regression trees on binned inputs: what a linear head leaves over, found in small steps.

Plain numpy: a tree is grown level by level from histograms, every node of a level with its own split.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.normal import Array, logistic

BINS = 32
DEPTH = 4
RATE = 0.08
RIDGE = 20.0  # curvature added to every leaf: a leaf of few rows says little
LEAST_CURVATURE = 8.0  # about 40 rows at p near one half
ROW_SHARE = 0.6
INPUT_SHARE = 0.5
SLICE = 8_192

Binned = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Tree:
    """A full tree of DEPTH levels: input and threshold per inner node, value per leaf."""

    column: NDArray[np.int64]
    threshold: NDArray[np.uint8]
    value: Array

    def leaves(self, binned: Binned) -> NDArray[np.int64]:
        """Leaf of each row, from bins laid out input by input: (m, n)."""
        rows = np.arange(binned.shape[1])
        node = np.zeros(binned.shape[1], dtype=np.int64)
        for _ in range(DEPTH):
            right = binned[self.column[node], rows] > self.threshold[node]
            node = 2 * node + 1 + right
        return node - (2**DEPTH - 1)


@dataclass(frozen=True, eq=False)
class Boosted:
    """Trees on top of a given logit. edges: per input, the inner bin edges."""

    edges: tuple[Array, ...]
    trees: tuple[Tree, ...]

    def binned(self, inputs: Array) -> Binned:
        """Bins (m, n) of inputs (n, m)."""
        return np.stack(
            [np.searchsorted(edge, inputs[:, j], side="left").astype(np.uint8) for j, edge in enumerate(self.edges)]
        )

    def surplus(self, inputs: Array) -> Array:
        """What the trees add to the logit, shape (n,)."""
        added = np.zeros(len(inputs))
        for start in range(0, len(inputs), SLICE):
            part = slice(start, start + SLICE)
            binned = self.binned(inputs[part])
            for tree in self.trees:
                added[part] += tree.value[tree.leaves(binned)]
        return added


def bin_edges(inputs: Array) -> tuple[Array, ...]:
    """Inner edges of at most BINS bins per input: between its values, or at quantiles of many."""
    edges = []
    for column in inputs.T:
        values = np.unique(column)
        if len(values) > BINS:
            values = np.unique(np.quantile(column, np.linspace(0, 1, BINS + 1)[1:-1]))
            edges.append(values)
        else:
            edges.append((values[1:] + values[:-1]) / 2)
    return tuple(edges)


def boost(
    inputs: Array,
    outcome: Array,
    offset: Array,
    *,
    judging: NDArray[np.bool_] | None,
    rounds: int,
    rng: np.random.Generator,
    patience: int = 12,
) -> tuple[Boosted, int]:
    """Trees fitted on the rows that do not judge, as many as serve the rows that do.

    inputs: (n, m). outcome: (n,) 0 or 1. offset: (n,) the logit to improve on. judging: (n,) rows of
    people held out, or None to grow all `rounds` trees on everybody.
    Returns  the trees and their number.
    Source   Friedman (2001); histogram splits after Chen & Guestrin (2016).
    """
    fitting = np.ones(len(inputs), dtype=np.bool_) if judging is None else ~judging
    edges = bin_edges(inputs[fitting][:: max(1, int(fitting.sum()) // 50_000)])
    model = Boosted(edges, ())
    binned = model.binned(inputs)
    table, happened, logit = np.ascontiguousarray(binned[:, fitting]), outcome[fitting], offset[fitting].copy()
    held = None if judging is None else np.ascontiguousarray(binned[:, judging])
    held_logit = np.zeros(0) if judging is None else offset[judging].copy()
    held_outcome = np.zeros(0) if judging is None else outcome[judging]
    best, best_at = _loss(held_logit, held_outcome), 0
    trees: list[Tree] = []
    for number in range(1, rounds + 1):
        tree = _grown(table, happened, logit, rng)
        trees.append(tree)
        logit += tree.value[tree.leaves(table)]
        if held is None:
            best_at = number
            continue
        held_logit += tree.value[tree.leaves(held)]
        reached = _loss(held_logit, held_outcome)
        if reached < best - 1e-6:
            best, best_at = reached, number
        elif number - best_at >= patience:
            break
    return Boosted(edges, tuple(trees[:best_at])), best_at


def _loss(logit: Array, outcome: Array) -> float:
    return float((np.logaddexp(0.0, logit) - outcome * logit).mean()) if len(logit) else 0.0


def _grown(binned: Binned, outcome: Array, logit: Array, rng: np.random.Generator) -> Tree:
    inputs, rows = binned.shape
    chosen = np.flatnonzero(rng.random(rows) < ROW_SHARE)
    columns = np.sort(rng.permutation(inputs)[: max(1, round(INPUT_SHARE * inputs))])
    part = binned[np.ix_(columns, chosen)].astype(np.int64)
    chance = logistic(logit[chosen])
    pull, weight = outcome[chosen] - chance, chance * (1.0 - chance)
    inner, node = 2**DEPTH - 1, np.zeros(len(chosen), dtype=np.int64)
    column, threshold = np.zeros(inner, dtype=np.int64), np.full(inner, 255, dtype=np.uint8)
    here = np.arange(len(chosen))
    for level in range(DEPTH):
        first, width = 2**level - 1, 2**level
        place, bins = _splits(part, node - first, width, pull, weight)
        column[first : first + width], threshold[first : first + width] = columns[place], bins
        at = node - first
        node = 2 * node + 1 + (part[place[at], here] > bins[at])
    leaf = node - inner
    totals = [np.bincount(leaf, values, 2**DEPTH) for values in (pull, weight)]
    return Tree(column, threshold, RATE * totals[0] / (totals[1] + RIDGE))


def _splits(
    part: NDArray[np.int64], node: NDArray[np.int64], width: int, pull: Array, weight: Array
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Best input (row of `part`) and bin for each node of one level; bin 255 keeps a node whole."""
    best, place = np.zeros(width), np.zeros(width, dtype=np.int64)
    bins = np.full(width, 255, dtype=np.uint8)
    offset = node * BINS
    for j, values in enumerate(part):
        cell = offset + values
        g = np.bincount(cell, pull, width * BINS).reshape(width, BINS).cumsum(axis=1)
        h = np.bincount(cell, weight, width * BINS).reshape(width, BINS).cumsum(axis=1)
        whole_g, whole_h = g[:, -1:], h[:, -1:]
        gain = g**2 / (h + RIDGE) + (whole_g - g) ** 2 / (whole_h - h + RIDGE) - whole_g**2 / (whole_h + RIDGE)
        gain[(h < LEAST_CURVATURE) | (whole_h - h < LEAST_CURVATURE)] = 0.0
        at = gain.argmax(axis=1)
        top = gain[np.arange(width), at]
        better = top > best
        best[better], place[better], bins[better] = top[better], j, at[better]
    return place, bins
