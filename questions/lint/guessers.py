"""Blind guessers: they see the options and the words of the stem, know nothing of the subject, and should fail.

Each guesser scores the options of a single-select question and picks the highest; ties share the hit. A guesser that
does better or worse than chance by more than `TOLERANCE` has found a cue that a test-wise candidate finds as well.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from questions.bankfiles import BankQuestion
from questions.lint.words import absolutes, content_words, hedges

Array = NDArray[np.float64]
TOLERANCE = 0.05
FEWEST_QUESTIONS = 100
FEWEST_TO_SPEAK = 30
FOLDS = 10
REPEATS = 5
SEED = 20261123
RIDGE = 1.0
NEWTON_STEPS = 25


@dataclass(frozen=True, slots=True)
class GuesserResult:
    """How often a guesser hit the key in n questions, and how often chance would."""

    name: str
    hit_rate: float
    chance: float
    n: int

    @property
    def difference(self) -> float:
        return self.hit_rate - self.chance

    @property
    def is_near_chance(self) -> bool:
        return abs(self.difference) <= TOLERANCE + 1e-9


def blind_guessers(questions: Sequence[BankQuestion]) -> list[GuesserResult]:
    """Every fixed guesser and the trained one on the single-select questions; empty without any."""
    single = [q for q in questions if q.select == 1 and len(q.keys) == 1 and len(q.options) > 1]
    if not single:
        return []
    chance = float(np.mean([1 / len(question.options) for question in single]))
    scores = [option_scores(question) for question in single]
    keys = np.array([question.keys[0] for question in single])
    results = [
        GuesserResult(name, _hit_rate([table[:, column] for table in scores], keys), chance, len(single))
        for column, name in enumerate(GUESSERS)
    ]
    trained = _trained_hit_rate([_standardised(table) for table in scores], keys)
    return [*results, GuesserResult("trained classifier", trained, chance, len(single))]


@dataclass(frozen=True, slots=True)
class TrainedGuesser:
    """What the trained guesser goes by (weight per standard deviation, strongest first), and where it is surest."""

    weights: tuple[tuple[str, float], ...]
    surest: tuple[tuple[str, float], ...]


def trained_guesser(questions: Sequence[BankQuestion], most: int = 15) -> TrainedGuesser:
    """Trained on every single-select question, to show authors the cue: where to look first, and for what."""
    single = [q for q in questions if q.select == 1 and len(q.keys) == 1 and len(q.options) > 1]
    if not single:
        return TrainedGuesser((), ())
    features, present = _padded([_standardised(option_scores(question)) for question in single])
    keys = np.array([question.keys[0] for question in single])
    weights = _fit(features, present, keys)
    sureness = _chances(features, present, weights)[np.arange(len(keys)), keys]
    by_weight = sorted(zip(GUESSERS, weights.tolist(), strict=True), key=lambda pair: -abs(pair[1]))
    surest = [(single[place].slug, float(sureness[place])) for place in np.argsort(-sureness)[:most].tolist()]
    return TrainedGuesser(tuple(by_weight), tuple(surest))


def option_scores(question: BankQuestion) -> Array:
    """What the fixed guessers say of each option; shape (options, guessers)."""
    return np.column_stack([np.asarray(score(question), dtype=np.float64) for score in GUESSERS.values()])


def _texts(question: BankQuestion) -> list[str]:
    return [option.text for option in question.options]


def _longest(question: BankQuestion) -> list[float]:
    return [len(text) for text in _texts(question)]


def _middle_length(question: BankQuestion) -> list[float]:
    lengths = [len(text) for text in _texts(question)]
    middle = float(np.median(lengths))
    return [-abs(length - middle) for length in lengths]


def _stem_words(question: BankQuestion) -> frozenset[str]:
    return content_words(f"{question.scenario} {question.stem}")


def _stem_overlap(question: BankQuestion) -> list[float]:
    stem = _stem_words(question)
    return [len(content_words(text) & stem) for text in _texts(question)]


def _stem_share(question: BankQuestion) -> list[float]:
    stem = _stem_words(question)
    return [len((words := content_words(text)) & stem) / (len(words) or 1) for text in _texts(question)]


def _option_overlap(question: BankQuestion) -> list[float]:
    words = [content_words(text) for text in _texts(question)]
    return [
        sum(len(own & other) for place, other in enumerate(words) if place != mine) for mine, own in enumerate(words)
    ]


def _middle_position(question: BankQuestion) -> list[float]:
    middle = (len(question.options) - 1) / 2
    return [-abs(place - middle) for place in range(len(question.options))]


GUESSERS: dict[str, Callable[[BankQuestion], Sequence[float]]] = {
    "longest": _longest,
    "shortest": lambda question: [-length for length in _longest(question)],
    "middle length": _middle_length,
    "no absolutes": lambda question: [-len(absolutes(text)) for text in _texts(question)],
    "most hedged": lambda question: [len(hedges(text)) for text in _texts(question)],
    "most stem words": _stem_overlap,
    "largest share of stem words": _stem_share,
    "most like the others": _option_overlap,
    "most parts": lambda question: [t.count(",") + t.count(" and ") + t.count(";") for t in _texts(question)],
    "most figures": lambda question: [sum(c.isdigit() for c in text) for text in _texts(question)],
    "most code": lambda question: [text.count("`") for text in _texts(question)],
    "middle position": _middle_position,
    "last position": lambda question: list(range(len(question.options))),
}


def _hit_rate(scores: Sequence[Array], keys: NDArray[np.int64]) -> float:
    """Mean share of the key among the options with the highest score."""
    hits = 0.0
    for values, key in zip(scores, keys, strict=True):
        best = values >= values.max() - 1e-9
        hits += float(best[key]) / float(best.sum())
    return hits / len(keys)


def _standardised(table: Array) -> Array:
    """Each guesser's scores within one question as deviations from their mean, in standard deviations."""
    spread = table.std(axis=0)
    deviations: Array = (table - table.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return deviations


def _trained_hit_rate(tables: Sequence[Array], keys: NDArray[np.int64]) -> float:
    """Hit rate on questions that it was not trained on: repeated k-fold with fixed seeds."""
    n = len(tables)
    folds = min(FOLDS, n)
    if folds < 2:
        return 1 / len(tables[0])
    features, present = _padded(tables)
    rng = np.random.default_rng(SEED)
    rates = []
    for _ in range(REPEATS):
        fold_of = rng.permutation(n) % folds
        scores: list[Array] = [np.zeros(0)] * n
        for fold in range(folds):
            train = fold_of != fold
            weights = _fit(features[train], present[train], keys[train])
            for place in np.flatnonzero(~train).tolist():
                scores[place] = tables[place] @ weights
        rates.append(_hit_rate(scores, keys))
    return float(np.mean(rates))


def _padded(tables: Sequence[Array]) -> tuple[Array, NDArray[np.bool_]]:
    """Features of shape (questions, most options, guessers), and which options there really are."""
    most = max(len(table) for table in tables)
    features = np.zeros((len(tables), most, tables[0].shape[1]))
    present = np.zeros((len(tables), most), dtype=np.bool_)
    for place, table in enumerate(tables):
        features[place, : len(table)] = table
        present[place, : len(table)] = True
    return features, present


def _chances(features: Array, present: NDArray[np.bool_], weights: Array) -> Array:
    """Probability of each option to be the key; shape (questions, most options), rows sum to 1."""
    utility = np.where(present, features @ weights, -np.inf)
    chances: Array = np.exp(utility - utility.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    return chances


def _fit(features: Array, present: NDArray[np.bool_], keys: NDArray[np.int64]) -> Array:
    """Weights of a conditional logit (softmax over a question's options) with a ridge penalty, by Newton steps.

    Source   McFadden (1974), conditional logit analysis of qualitative choice behaviour.
    """
    width = features.shape[2]
    chosen = features[np.arange(len(keys)), keys]
    weights = np.zeros(width)
    for _ in range(NEWTON_STEPS):
        chances = _chances(features, present, weights)
        means = np.einsum("qo,qow->qw", chances, features)
        gradient = (chosen - means).sum(axis=0) - RIDGE * weights
        curvature = np.einsum("qo,qow,qov->wv", chances, features, features, optimize=True)
        curvature += RIDGE * np.eye(width) - means.T @ means
        step = np.linalg.solve(curvature, gradient)
        weights = weights + step
        if np.abs(step).max() < 1e-6:
            break
    return weights
