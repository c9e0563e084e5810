"""Every constant of the model, in one documented place."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

SECONDS_PER_DAY = 86_400.0
SECONDS_PER_HOUR = 3_600.0


@dataclass(frozen=True, slots=True)
class ModelParameters:
    """One parameter set. Abilities, difficulties and gains are in logits, variances in squared logits.

    The defaults are the fixed set for exams with fewer than 200 candidates; `engine.recalibration`
    proposes another set from data. Measured reasons for each value: docs/model.md.
    """

    # Start of a candidate
    start_ability: float = 0.0  # population mean of the global ability
    ability_variance: float = 0.60
    domain_variance: float = 0.20
    topic_variance: float = 0.15
    memory_variance: float = 0.20  # memory of one question

    # Forgetting: topics and memories fall back towards their start
    forgetting_days: float = 60.0
    forgetting_step_hours: float = 1.0  # shorter pauses are added up first, so that a drill costs one step
    ability_variance_per_day: float = 0.0005
    ability_variance_days: float = 60.0  # a pause counts for at most this many days

    # Drift per answer: small, because a forecast must settle; `REPLAY` follows next answers instead
    ability_variance_per_answer: float = 0.0003
    topic_variance_per_answer: float = 0.001
    memory_variance_per_answer: float = 0.02

    # Learning from an answer that was looked at afterwards
    topic_gain_right: float = 0.0
    topic_gain_wrong: float = 0.0
    memory_gain_right: float = 0.30
    memory_gain_wrong: float = 0.20
    ability_gain_per_batch: float = 0.0  # global gain after each reviewed mock, refitted from data

    # What an answer weighs
    repeat_weight: float = 0.0  # an answer to a question seen before moves the memory, not the ability
    unanswered_weight: float = 0.5

    # What practice does to the topics asked about: nothing in a forecast, see `following`. Practice is an answer
    # outside a mock that is looked at on the spot.
    practice_gain_right: float = 0.0
    practice_gain_wrong: float = 0.0
    practice_variance: float = 0.0  # added per answer: who practises leaves old answers behind
    practice_repeat: float = 0.0  # an answer to a question met n times before counts practice_repeat / n
    practice_rest_hours: float = 12.0  # unless it was answered more recently than this

    # Guessing
    guess_factor: float = 1.0  # scales every chance level; below 1 where distractors are good

    # Moving averages of outcomes
    slow_rate: float = 0.2
    fast_rate: float = 0.5
    topic_rate: float = 0.25

    # Guards
    logit_limit: float = 15.0
    outcome_variance_floor: float = 1e-6
    variance_floor: float = 1e-4

    # Difficulty before any answer, by author level 1 to 5
    author_level_difficulty: tuple[float, ...] = (-1.4, -0.7, -0.3, 0.1, 0.8)
    author_level_variance: float = 0.55

    # What people see
    draws: int = 256
    expert_mastery: float = 0.95  # weakness 0
    target_margin: float = 0.08  # study aims this far above the pass mark
    label_certainty: float = 0.80
    label_answers: int = 5  # below this no domain or topic is called weak or strong
    pass_probability_cap: float = 0.02
    exam_difficulty_sd: float = 0.15  # how far the real exam may be harder or easier than the bank
    study_gain_per_hour: float = 0.12  # logits on one domain, an assumption until refitted

    # Choosing questions
    priority_share_drill: float = 0.60
    rest_days: float = 14.0
    exposure_limit: float = 0.20
    target_success: float = 0.70
    choice_width: int = 5

    def __post_init__(self) -> None:
        for name in _POSITIVE:
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be positive, not {getattr(self, name)!r}")
        for name in _SHARES:
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must lie in [0, 1], not {getattr(self, name)!r}")
        for name in _NOT_NEGATIVE:
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative, not {getattr(self, name)!r}")
        if len(self.author_level_difficulty) != 5:
            raise ValueError("author_level_difficulty needs five values, for levels 1 to 5")
        if self.draws < 2 or self.draws % 2:
            raise ValueError(f"draws must be even and at least 2, not {self.draws}")

    def to_dict(self) -> dict[str, Any]:
        """Plain values for storage as JSON; `from_dict` reads them back."""
        values = dataclasses.asdict(self)
        values["author_level_difficulty"] = list(self.author_level_difficulty)
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Parameters from stored values; a field that is absent keeps its default.

        Raises   ValueError for a name that is no parameter or a value out of range.
        """
        known = {field.name for field in dataclasses.fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise ValueError(f"unknown parameters: {', '.join(unknown)}")
        given = dict(values)
        if "author_level_difficulty" in given:
            given["author_level_difficulty"] = tuple(given["author_level_difficulty"])
        return cls(**given)

    def following(self) -> Self:
        """The same set for estimates that follow practice: what to study next, and how weak somebody is by now.

        Everything that practice does not touch stays as it is, so after mocks alone both sets say the same.
        """
        return self.replace(
            practice_gain_right=0.08,
            practice_gain_wrong=0.04,
            practice_variance=0.02,
            practice_repeat=0.5,
        )

    @property
    def follows_practice(self) -> bool:
        """Whether practice does anything under this set that other answers do not."""
        gains = (self.practice_gain_right, self.practice_gain_wrong)
        return max(*gains, self.practice_variance, self.practice_repeat) > 0.0

    def replace(self, **changes: Any) -> Self:
        """The same set with some values changed."""
        return dataclasses.replace(self, **changes)


_POSITIVE = (
    "ability_variance", "domain_variance", "topic_variance", "memory_variance", "forgetting_days",
    "logit_limit", "outcome_variance_floor", "variance_floor", "author_level_variance", "choice_width",
)  # fmt: skip
_NOT_NEGATIVE = (
    "forgetting_step_hours", "ability_variance_per_day", "ability_variance_days",
    "ability_variance_per_answer", "topic_variance_per_answer", "memory_variance_per_answer",
    "exam_difficulty_sd", "study_gain_per_hour", "rest_days", "label_answers",
    "practice_gain_right", "practice_gain_wrong", "practice_variance", "practice_rest_hours",
)  # fmt: skip
_SHARES = (
    "repeat_weight", "practice_repeat", "unanswered_weight", "guess_factor", "slow_rate", "fast_rate", "topic_rate",
    "expert_mastery", "target_margin", "label_certainty", "pass_probability_cap",
    "priority_share_drill", "exposure_limit", "target_success",
)  # fmt: skip

DEFAULTS = ModelParameters()

# For predicting the next answer in a log of practice, where people learn as they go and meet questions
# again: faster drift, learning from each answer, and repeats that count for the ability too.
REPLAY = ModelParameters(
    ability_variance_per_answer=0.0015,
    topic_variance_per_answer=0.02,
    topic_gain_right=0.03,
    topic_gain_wrong=0.02,
    repeat_weight=1.0,
)
