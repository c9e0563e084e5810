"""What planning is told by the analysis: plain values, kept with the plan so that it can re-plan by itself."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class DomainStanding:
    """Where the candidate stands in a domain; percentages, 5–95 % range."""

    expected_percent: float
    low_percent: float
    high_percent: float
    answers: int


@dataclass(frozen=True, slots=True)
class TopicStanding:
    """Where the candidate stands in a topic.

    marks_to_win is in exam marks of 100; weakness 0–100; uncertainty is the standard deviation of mastery, 0–1.
    wrong_lately of answers_lately are from the last sitting that touched the topic.
    """

    marks_to_win: float
    weakness: float
    uncertainty: float
    answers: int
    wrong_lately: int = 0
    answers_lately: int = 0


@dataclass(frozen=True, slots=True)
class ConfusionStanding:
    """A misconception met in chosen distractors: wrong on `wrong` of `answers` questions about it."""

    topic: str
    wrong: int
    answers: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a full exam would score today: mean and standard deviation of right answers, and how many pass."""

    score_mean: float
    score_sd: float
    pass_score: int
    scored_count: int

    def chance(self, more_marks: float = 0.0) -> float:
        """Chance of passing, 0–1, with so many marks of 100 more than today; normal, halved between whole scores."""
        mean = self.score_mean + more_marks * self.scored_count / 100
        return 0.5 * math.erfc((self.pass_score - 0.5 - mean) / (self.score_sd * math.sqrt(2)))


@dataclass(frozen=True, slots=True)
class PlanNeeds:
    """All of it, keyed by code. `reviews_due` counts questions per ISO date; `outlook` is None before a forecast."""

    domains: Mapping[str, DomainStanding] = field(default_factory=dict)
    topics: Mapping[str, TopicStanding] = field(default_factory=dict)
    confusions: Mapping[str, ConfusionStanding] = field(default_factory=dict)
    reviews_due: Mapping[str, int] = field(default_factory=dict)
    open_mistakes: int = 0
    last_mock_on: str | None = None
    outlook: Outlook | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The needs as stored; an empty mapping gives empty needs."""
        return cls(
            domains={code: DomainStanding(**row) for code, row in values.get("domains", {}).items()},
            topics={code: TopicStanding(**row) for code, row in values.get("topics", {}).items()},
            confusions={code: ConfusionStanding(**row) for code, row in values.get("confusions", {}).items()},
            reviews_due=dict(values.get("reviews_due", {})),
            open_mistakes=values.get("open_mistakes", 0),
            last_mock_on=values.get("last_mock_on"),
            outlook=Outlook(**values["outlook"]) if values.get("outlook") else None,
        )
