"""How many questions a bank needs, and how many it has: by domain, topic and author level."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from questions.bankfiles import BankBlueprint, BankQuestion

MOCKS_WITHOUT_REPEAT = 7
QUESTIONS_PER_TOPIC = 5
PILOTS_PER_PILOT_PLACE = 6
LEVELS = (1, 2, 3, 4, 5)
LEVEL_SHARES = (0.10, 0.25, 0.35, 0.20, 0.10)


@dataclass(frozen=True, slots=True)
class TopicCoverage:
    """Scored questions of a topic: how many there are and are needed, and how many of each author level."""

    code: str
    name: str
    have: int
    need: int
    levels: tuple[int, ...]
    pilots: int

    @property
    def missing(self) -> int:
        return max(0, self.need - self.have)


@dataclass(frozen=True, slots=True)
class DomainCoverage:
    """The same for a domain; `level_needs` is what its share of each level comes to."""

    code: str
    name: str
    order: int
    letters: str
    have: int
    need: int
    one_mock: int
    levels: tuple[int, ...]
    level_needs: tuple[int, ...]
    pilots: int
    topics: tuple[TopicCoverage, ...]

    @property
    def missing(self) -> int:
        return max(0, self.need - self.have)


def coverage_of(blueprint: BankBlueprint, questions: Iterable[BankQuestion]) -> list[DomainCoverage]:
    """The coverage of every domain, in blueprint order. A question counts for its first topic only.

    A bank needs `MOCKS_WITHOUT_REPEAT` mocks' worth of scored questions in the proportions of the blueprint,
    and `QUESTIONS_PER_TOPIC` on each topic.
    """
    scored: Counter[tuple[str, int]] = Counter()
    pilots: Counter[str] = Counter()
    for question in questions:
        if not question.topics:
            continue
        if question.pilot:
            pilots[question.topics[0]] += 1
        else:
            scored[question.topics[0], question.level] += 1
    found = []
    for order, domain in enumerate(blueprint.domains, start=1):
        topics = tuple(
            TopicCoverage(
                code=topic.code,
                name=topic.name,
                have=sum(scored[topic.code, level] for level in LEVELS),
                need=QUESTIONS_PER_TOPIC,
                levels=tuple(scored[topic.code, level] for level in LEVELS),
                pilots=pilots[topic.code],
            )
            for topic in domain.topics
        )
        share = blueprint.scored_count * domain.weight_percent / 100
        need = math.ceil(MOCKS_WITHOUT_REPEAT * share)
        found.append(
            DomainCoverage(
                code=domain.code,
                name=domain.name,
                order=order,
                letters=domain.letters,
                have=sum(topic.have for topic in topics),
                need=need,
                one_mock=math.ceil(share),
                levels=tuple(sum(topic.levels[level - 1] for topic in topics) for level in LEVELS),
                level_needs=tuple(round(need * part) for part in LEVEL_SHARES),
                pilots=sum(topic.pilots for topic in topics),
                topics=topics,
            )
        )
    return found


def pilots_needed(blueprint: BankBlueprint) -> int:
    """Trial questions that keep every paper's pilot places filled without showing one person the same again soon."""
    return PILOTS_PER_PILOT_PLACE * blueprint.pilot_count
