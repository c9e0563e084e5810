"""What a bank holds, as plain values: the same shapes for YAML files, exchange files and rows of the database."""

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a bank that cannot stand: where, and what."""

    file: str
    slug: str
    field: str
    text: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.slug, self.field, self.text) if part)


class BankFileError(Exception):
    """A bank that cannot be loaded; `problems` lists everything that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass(frozen=True, slots=True)
class BankOption:
    text: str
    rationale: str
    key: bool = False
    misconception: str = ""


@dataclass(frozen=True, slots=True)
class BankReference:
    url: str
    title: str
    verified_on: date
    page_updated: str = ""


@dataclass(frozen=True, slots=True)
class BankQuestion:
    """A question as its author wrote it. The first topic decides the domain."""

    slug: str
    topics: tuple[str, ...]
    level: int
    stem: str
    select: int
    options: tuple[BankOption, ...]
    references: tuple[BankReference, ...]
    verified_on: date | None
    scenario: str = ""
    pilot: bool = False
    alike: tuple[str, ...] = ()
    file: str = field(default="", compare=False)

    @property
    def keys(self) -> tuple[int, ...]:
        """Places of the right options, from 0."""
        return tuple(place for place, option in enumerate(self.options) if option.key)

    @property
    def checked_on(self) -> date | None:
        """The newest day on which anything the question rests on was checked."""
        days = [reference.verified_on for reference in self.references]
        return max(days) if days else self.verified_on

    @property
    def hash(self) -> str:
        """Digest of everything in the file; changes whenever the author changed anything."""
        values = dataclasses.asdict(self)
        del values["file"]
        return _digest(values)

    @property
    def content_hash(self) -> str:
        """Digest of what a candidate reads and is graded by; changes only when a new version is due.

        Days of checking, level, topics and pilot state are upkeep: they change without a new version.
        """
        return _digest(
            {
                "scenario": self.scenario,
                "stem": self.stem,
                "select": self.select,
                "options": [dataclasses.asdict(option) for option in self.options],
                "references": [[reference.url, reference.title] for reference in self.references],
            }
        )


@dataclass(frozen=True, slots=True)
class BankSide:
    """One half of a contrast pair."""

    name: str
    choose_when: str
    points: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "choose_when": self.choose_when, "points": list(self.points)}


@dataclass(frozen=True, slots=True)
class BankMisconception:
    code: str
    name: str
    left: BankSide
    right: BankSide
    domain: str
    file: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class BankTopic:
    code: str
    name: str
    summary: str = ""
    foundations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BankDomain:
    code: str
    letters: str
    name: str
    weight_percent: int
    topics: tuple[BankTopic, ...]


@dataclass(frozen=True, slots=True)
class BankBlueprint:
    code: str
    name: str
    version: int
    effective_on: date
    minutes: int
    scored_count: int
    pilot_count: int
    pass_percent: int
    scoring_rule: str
    retake_after_days: tuple[int, ...]
    domains: tuple[BankDomain, ...]


@dataclass(frozen=True, slots=True)
class BankLab:
    slug: str
    topic: str
    title: str
    minutes: int
    steps: str
    self_checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bank:
    """A whole bank. `notes` maps a topic's code to its Markdown."""

    blueprint: BankBlueprint
    questions: tuple[BankQuestion, ...] = ()
    misconceptions: tuple[BankMisconception, ...] = ()
    labs: tuple[BankLab, ...] = ()
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def domain_of_topic(self) -> dict[str, str]:
        return {topic.code: domain.code for domain in self.blueprint.domains for topic in domain.topics}


def _digest(values: Any) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()
