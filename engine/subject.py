"""The fixed shape of what is examined: domains with their weights, topics with their domain."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from engine.composition import largest_remainder


@dataclass(frozen=True)
class Subject:
    """Domains and topics by index, with how the exam weighs and scores them.

    domain_codes, domain_weights, scored_counts: one entry per domain; weights are fractions of 1.
    topic_codes, topic_domains: one entry per topic; topic_domains are indices into domain_codes
    (−1 in a subject without domains).
    pass_fraction: share of the scored questions that must be right, 0…1.
    Raises   ValueError where lengths, codes or indices do not fit together.
    """

    domain_codes: tuple[str, ...]
    domain_weights: tuple[float, ...]
    scored_counts: tuple[int, ...]
    topic_codes: tuple[str, ...]
    topic_domains: tuple[int, ...]
    pass_fraction: float = 0.72

    def __post_init__(self) -> None:
        domains = len(self.domain_codes)
        if not len(self.domain_weights) == len(self.scored_counts) == domains:
            raise ValueError("domain codes, weights and counts differ in number")
        if len(self.topic_domains) != len(self.topic_codes):
            raise ValueError("topic codes and topic domains differ in number")
        for codes in (self.domain_codes, self.topic_codes):
            if len(set(codes)) != len(codes):
                raise ValueError("a code appears twice")
        lowest = 0 if domains else -1  # a log of answers may have skills and no domains
        if any(not lowest <= index < domains for index in self.topic_domains):
            raise ValueError("a topic points at a domain that does not exist")
        if domains and not math.isclose(sum(self.domain_weights), 1.0, abs_tol=1e-6):
            raise ValueError(f"domain weights add up to {sum(self.domain_weights):.4f}, not to 1")
        if not 0 < self.pass_fraction < 1:
            raise ValueError("pass_fraction must lie between 0 and 1")

    @classmethod
    def from_blueprint(
        cls,
        domains: Iterable[tuple[str, float]],
        topics: Iterable[tuple[str, str]],
        *,
        scored_count: int = 60,
        pass_percent: float = 72.0,
    ) -> Self:
        """A subject from (domain code, weight in percent) and (topic code, domain code) pairs.

        Raises   ValueError for a topic of an unknown domain.
        """
        named = [(code, float(weight)) for code, weight in domains]
        codes = tuple(code for code, _ in named)
        total = sum(weight for _, weight in named)
        placed = list(topics)
        unknown = sorted({domain for _, domain in placed} - set(codes))
        if unknown:
            raise ValueError(f"topics of unknown domains: {', '.join(unknown)}")
        return cls(
            domain_codes=codes,
            domain_weights=tuple(weight / total for _, weight in named),
            scored_counts=tuple(largest_remainder([weight for _, weight in named], scored_count)),
            topic_codes=tuple(code for code, _ in placed),
            topic_domains=tuple(codes.index(domain) for _, domain in placed),
            pass_fraction=pass_percent / 100,
        )

    @property
    def domain_count(self) -> int:
        return len(self.domain_codes)

    @property
    def topic_count(self) -> int:
        return len(self.topic_codes)

    @property
    def size(self) -> int:
        """Number of abilities: one global, one per domain, one per topic, in this order."""
        return 1 + self.domain_count + self.topic_count

    @property
    def scored_count(self) -> int:
        return sum(self.scored_counts)

    @property
    def pass_score(self) -> int:
        """Fewest right answers that pass: 44 of 60 at 72 %."""
        return math.ceil(self.pass_fraction * self.scored_count - 1e-9)

    @cached_property
    def domain_index(self) -> dict[str, int]:
        return {code: index for index, code in enumerate(self.domain_codes)}

    @cached_property
    def topic_index(self) -> dict[str, int]:
        return {code: index for index, code in enumerate(self.topic_codes)}
