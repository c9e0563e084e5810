"""Putting a mock paper together: how many questions per domain, which ones, and in which order.

Every paper asks the same of the same ability: its expected score for somebody who would just pass
is steered to one target, so that scores of different mocks compare.
"""

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

SWAP_ROUNDS = 400


class NotEnoughQuestions(ValueError):
    """A domain has fewer usable questions than the paper needs."""


def largest_remainder(weights: Sequence[float], total: int) -> list[int]:
    """Whole numbers in proportion to weights that add up to total exactly.

    weights: not negative, in any unit. Returns one count per weight; each differs from its exact
    share by less than one. Equal remainders go to the larger weight, then to the earlier one.
    Raises   ValueError for a negative weight or total, or when all weights are 0.
    Source   Hamilton's method of apportionment.
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("weights and total must not be negative")
    amount = math.fsum(weights)
    if amount <= 0:
        raise ValueError("at least one weight must be positive")
    exact = [weight * total / amount for weight in weights]
    counts = [math.floor(share + 1e-9) for share in exact]
    order = sorted(range(len(weights)), key=lambda i: (-round(exact[i] - counts[i], 9), -weights[i], i))
    for index in order[: total - sum(counts)]:
        counts[index] += 1
    return counts


@dataclass(frozen=True, slots=True)
class PaperCandidate:
    """A question that may go on a paper.

    domain, topics: any codes. difficulty: logits. guess: chance level, 0…1.
    seen:       how often this candidate met it; last_seen: when last, any unit, larger is later.
    alike:      groups of look-alikes; two questions that share one never meet on a paper.
    pilot:      unscored trial question.
    """

    id: Hashable
    domain: Hashable
    topics: tuple[Hashable, ...] = ()
    difficulty: float = 0.0
    guess: float = 0.25
    seen: int = 0
    last_seen: float | None = None
    alike: frozenset[Hashable] = field(default_factory=frozenset)
    pilot: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """The chosen questions in the order they are served, pilots among them.

    expected_score: right answers of the scored questions expected of a just-passing candidate.
    repeats:        scored questions the candidate has met before.
    """

    ids: tuple[Hashable, ...]
    pilots: frozenset[Hashable]
    expected_score: float
    repeats: int


def right_chance(candidate: PaperCandidate, ability: float) -> float:
    """c + (1 − c)·σ(ability − difficulty) of one question.

    ability: logits. Returns the chance of a right answer, c…1.
    Source   Birnbaum (1968), three-parameter logistic with slope 1.
    """
    logit = min(max(ability - candidate.difficulty, -30.0), 30.0)
    return candidate.guess + (1.0 - candidate.guess) / (1.0 + math.exp(-logit))


def passing_ability(
    candidates: Iterable[PaperCandidate], counts: Mapping[Hashable, int], pass_fraction: float
) -> float:
    """The ability, in logits, at which the expected score on the whole bank is the pass mark.

    Computed once per bank: it fixes what `compose` steers every paper to.
    Raises   NotEnoughQuestions for a domain without a scored question, ValueError for a pass mark
             that guessing alone reaches.
    """
    domains: dict[Hashable, list[PaperCandidate]] = {}
    for candidate in candidates:
        if not candidate.pilot:
            domains.setdefault(candidate.domain, []).append(candidate)
    for domain, count in counts.items():
        if count and domain not in domains:
            raise NotEnoughQuestions(f"domain {domain!r} has no scored question")

    def share(ability: float) -> float:
        total = 0.0
        for domain, count in counts.items():
            if count:
                members = domains[domain]
                total += count * sum(right_chance(c, ability) for c in members) / len(members)
        return total / sum(counts.values())

    low, high = -12.0, 12.0
    if not share(low) < pass_fraction < share(high):
        raise ValueError(f"a pass mark of {pass_fraction:.0%} cannot be told from guessing on this bank")
    for _ in range(50):
        middle = (low + high) / 2.0
        low, high = (middle, high) if share(middle) < pass_fraction else (low, middle)
    return (low + high) / 2.0


def compose(
    candidates: Iterable[PaperCandidate],
    counts: Mapping[Hashable, int],
    *,
    ability: float,
    target: float,
    rng: np.random.Generator,
    pilot_count: int = 0,
    tolerance: float = 0.25,
) -> Paper:
    """One paper: unseen questions first, look-alikes apart, topics covered, expected score on target.

    counts:    scored questions per domain. ability: of a just-passing candidate (`passing_ability`).
    target:    expected score to aim at, usually pass_fraction · scored count; met within `tolerance`
               questions whenever swapping equally fresh questions allows, else as near as possible.
    pilot_count: fewer are taken when the bank holds fewer.
    The same rng seed and candidates give the same paper, whatever the order of the candidates' list.
    Raises   NotEnoughQuestions naming the domain that cannot be filled.
    """
    pool = PaperPool.of(candidates, ability)
    return pool.compose(counts, target=target, rng=rng, pilot_count=pilot_count, tolerance=tolerance)


@dataclass(frozen=True)
class PaperPool:
    """Questions in the order that papers are drawn from, prepared once for many papers.

    ability: logits, of a just-passing candidate. chance: of each scored question being right at that ability, by id.
    """

    candidates: tuple[PaperCandidate, ...]
    ability: float
    chance: Mapping[Hashable, float]

    @classmethod
    def of(cls, candidates: Iterable[PaperCandidate], ability: float) -> "PaperPool":
        ordered = sorted(candidates, key=lambda candidate: (str(type(candidate.id)), str(candidate.id)))
        return cls(tuple(ordered), ability, {c.id: right_chance(c, ability) for c in ordered if not c.pilot})

    def as_met(self, met: Mapping[Hashable, tuple[int, float]]) -> "PaperPool":
        """The pool as somebody finds it who met questions so often and then last; unknown ids are passed over."""
        if not any(candidate.id in met for candidate in self.candidates):
            return self
        seen = [
            replace(candidate, seen=met[candidate.id][0], last_seen=met[candidate.id][1])
            if candidate.id in met
            else candidate
            for candidate in self.candidates
        ]
        return PaperPool(tuple(seen), self.ability, self.chance)

    @cached_property
    def scored(self) -> dict[Hashable, list[PaperCandidate]]:
        """Scored questions by domain."""
        domains: dict[Hashable, list[PaperCandidate]] = {}
        for candidate in self.candidates:
            if not candidate.pilot:
                domains.setdefault(candidate.domain, []).append(candidate)
        return domains

    @cached_property
    def pilots(self) -> list[PaperCandidate]:
        return [candidate for candidate in self.candidates if candidate.pilot]

    def compose(
        self,
        counts: Mapping[Hashable, int],
        *,
        target: float,
        rng: np.random.Generator,
        pilot_count: int = 0,
        tolerance: float = 0.25,
    ) -> Paper:
        """See the function `compose`."""
        noise = rng.random(len(self.candidates)).tolist()
        draft = _Draft(self, {candidate.id: value for candidate, value in zip(self.candidates, noise, strict=True)})
        for domain, count in counts.items():
            draft.fill(domain, count)
        draft.balance(target, tolerance, rng)
        chosen = list(draft.chosen.values())
        pilots = draft.pilots(pilot_count)
        order = [candidate.id for candidate in chosen + pilots]
        return Paper(
            ids=tuple(order[index] for index in rng.permutation(len(order))),
            pilots=frozenset(candidate.id for candidate in pilots),
            expected_score=sum(self.chance[candidate.id] for candidate in chosen),
            repeats=sum(candidate.seen > 0 for candidate in chosen),
        )


class _Draft:
    """A paper in the making."""

    def __init__(self, pool: PaperPool, jitter: Mapping[Hashable, float]) -> None:
        self.pool = pool
        self.jitter = jitter
        self.chosen: dict[Hashable, PaperCandidate] = {}
        self.groups: Counter[Hashable] = Counter()
        self.topics: Counter[Hashable] = Counter()

    def take(self, candidate: PaperCandidate) -> None:
        self.chosen[candidate.id] = candidate
        self.groups.update(candidate.alike)
        self.topics.update(candidate.topics[:1])

    def drop(self, candidate: PaperCandidate) -> None:
        del self.chosen[candidate.id]
        self.groups.subtract(candidate.alike)
        self.topics.subtract(candidate.topics[:1])

    def free(self, candidate: PaperCandidate) -> bool:
        return candidate.id not in self.chosen and not any(self.groups[g] for g in candidate.alike)

    def fill(self, domain: Hashable, count: int) -> None:
        """Take `count` questions of one domain: the freshest, from the least covered topic."""
        queues: dict[Hashable | None, list[PaperCandidate]] = {}
        members = self.pool.scored.get(domain, [])
        for candidate in sorted(members, key=lambda c: (*_freshness(c), self.jitter[c.id]), reverse=True):
            queues.setdefault(candidate.topics[0] if candidate.topics else None, []).append(candidate)
        for taken in range(count):
            heads = [head for queue in queues.values() if (head := self._next_free(queue)) is not None]
            if not heads:
                raise NotEnoughQuestions(
                    f"domain {domain!r} needs {count} questions that may stand together and has {taken}"
                )
            self.take(min(heads, key=self._worth))

    def _next_free(self, queue: list[PaperCandidate]) -> PaperCandidate | None:
        """The last of a queue that may still be taken. Filling only adds, so what is not free now never will be."""
        while queue and not self.free(queue[-1]):
            queue.pop()
        return queue[-1] if queue else None

    def _worth(self, candidate: PaperCandidate) -> tuple[float, float, float, float]:
        covered = self.topics[candidate.topics[0]] if candidate.topics else 0
        return (*_freshness(candidate), covered, self.jitter[candidate.id])

    def pilots(self, count: int) -> list[PaperCandidate]:
        taken: list[PaperCandidate] = []
        for candidate in sorted(self.pool.pilots, key=lambda c: (*_freshness(c), self.jitter[c.id])):
            if len(taken) < count and self.free(candidate):
                self.take(candidate)
                taken.append(candidate)
        return taken

    def balance(self, target: float, tolerance: float, rng: np.random.Generator) -> None:
        """Swap questions until the expected score meets the target.

        First within one topic among equally fresh questions, then within the domain, and only
        then for questions met longer ago or more often.
        """
        for rules in ((True, True), (False, True), (False, False)):
            for _ in range(SWAP_ROUNDS):
                miss = target - sum(self.pool.chance[identity] for identity in self.chosen)
                if abs(miss) <= tolerance:
                    return
                swap = self._best_swap(miss, rules, rng)
                if swap is None:
                    break
                self.drop(swap[0])
                self.take(swap[1])

    def _best_swap(
        self, miss: float, rules: tuple[bool, bool], rng: np.random.Generator
    ) -> tuple[PaperCandidate, PaperCandidate] | None:
        """A swap that brings the paper nearer to its target: among the best few, one at random."""
        found: list[tuple[float, PaperCandidate, PaperCandidate]] = []
        others: dict[Hashable, list[tuple[PaperCandidate, float]]] = {}
        chance = self.pool.chance
        for new in self.pool.candidates:
            if new.id not in self.chosen and not new.pilot:
                others.setdefault(_swapped_for(new, *rules), []).append((new, chance[new.id]))
        limit = abs(miss) - 1e-9
        for old in self.chosen.values():
            wanted = miss + chance[old.id]
            for new, its_chance in others.get(_swapped_for(old, *rules), ()):
                left = abs(wanted - its_chance)
                # A look-alike may come for the one that goes.
                if left < limit and all(group in old.alike for group in new.alike if self.groups[group]):
                    found.append((left, old, new))
        if not found:
            return None
        found.sort(key=lambda swap: swap[0])
        return found[int(rng.integers(min(5, len(found))))][1:]


def _freshness(candidate: PaperCandidate) -> tuple[float, float]:
    """Smaller is fresher: never met, then met seldom, then met long ago."""
    return (candidate.seen, candidate.last_seen if candidate.last_seen is not None else -math.inf)


def _swapped_for(candidate: PaperCandidate, same_topic: bool, same_freshness: bool) -> Hashable:
    """Questions for which this is equal may be swapped."""
    return (
        candidate.domain,
        candidate.topics[:1] if same_topic else None,
        candidate.seen if same_freshness else None,
    )
