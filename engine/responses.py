"""One answer of one candidate, as the model reads it."""

import math
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from engine.parameters import DEFAULTS, ModelParameters
from engine.questions import QuestionId


@dataclass(frozen=True, slots=True)
class Response:
    """One scored answer.

    id:       identifies the answer; the same id twice counts once. Ids of one candidate are comparable.
    question: id of the question.
    correct:  all or nothing; False when left unanswered at expiry.
    at:       seconds since any fixed origin, the same for all responses of a candidate.
    weight:   0…1, how much it counts for the ability; see `response_weight`.
    batch:    the submitted mock it belongs to. A batch is predicted as a whole before any of it
              counts, and happens at the latest `at` among its answers.
    learned:  the candidate saw the right answer afterwards.
    """

    id: Any
    question: QuestionId
    correct: bool
    at: float
    weight: float = 1.0
    batch: Hashable | None = None
    learned: bool = True

    def __post_init__(self) -> None:
        if not 0.0 <= self.weight <= 1.0:
            raise ValueError(f"response {self.id!r}: weight {self.weight} outside [0, 1]")
        if not math.isfinite(self.at):
            raise ValueError(f"response {self.id!r}: time {self.at} is not a moment")


def response_weight(
    *,
    answered: bool = True,
    after_reading: bool = False,
    hinted: bool = False,
    timed: bool = True,
    parameters: ModelParameters = DEFAULTS,
) -> float:
    """How much an answer says about ability, 0…1.

    1 in a mock; less where reading, hints or unlimited time helped, each by a factor; half for a
    question left unanswered at expiry, which says as much about pace as about knowledge.
    """
    weight = 1.0 if answered else parameters.unanswered_weight
    for helped, factor in ((after_reading, 0.5), (hinted, 0.5), (not timed, 0.8)):
        if helped:
            weight *= factor
    return weight


def distinct_responses(responses: Iterable[Response]) -> list[Response]:
    """Each answer once.

    Raises   ValueError when one id comes with two different contents.
    """
    kept: dict[Any, Response] = {}
    for response in responses:
        known = kept.setdefault(response.id, response)
        if known is not response and known != response:
            raise ValueError(f"response {response.id!r} appears twice with different content")
    return list(kept.values())


def sittings(responses: Iterable[Response]) -> list[tuple[float, list[Response]]]:
    """Answers grouped into batches and put in order of time, then id.

    Returns  (moment, answers) pairs; an answer without a batch stands alone. The order of the
             input makes no difference.
    """
    groups: dict[Hashable, list[Response]] = {}
    for response in distinct_responses(responses):
        key = ("alone", response.id) if response.batch is None else ("batch", response.batch)
        groups.setdefault(key, []).append(response)
    ordered = []
    for members in groups.values():
        if len(members) > 1:
            members.sort(key=lambda response: (response.at, response.id))
        ordered.append((members[-1].at, members))
    ordered.sort(key=lambda group: (group[0], group[1][0].id))
    return ordered
