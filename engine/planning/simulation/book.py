"""What a learner's answers are in the words of the ability model."""

from __future__ import annotations

import numpy as np

from engine.planning.simulation.learner import Integers
from engine.responses import Response

SECONDS = 86_400.0
VARIANTS = 4  # questions that ask about the same fact, taken in turn


class AnswerBook:
    """Every answer so far. A fact asked again is asked by its next variant."""

    def __init__(self, fact_count: int) -> None:
        self.responses: list[Response] = []
        self.asked_times = np.zeros(fact_count, dtype=np.int64)

    def note(
        self, facts: Integers, right: np.ndarray[tuple[int], np.dtype[np.bool_]], day: float, sitting: bool
    ) -> list[Response]:
        """Write down the answers to different facts; the responses they are."""
        first = len(self.responses)
        new = [
            Response(first + at, self._question(fact), bool(hit), day * SECONDS + 1.0, batch=first if sitting else None)
            for at, (fact, hit) in enumerate(zip(facts, right, strict=True))
        ]
        self.asked_times[facts] += 1
        self.responses += new
        return new

    def _question(self, fact: int) -> int:
        return int(fact) * VARIANTS + int(self.asked_times[fact]) % VARIANTS
