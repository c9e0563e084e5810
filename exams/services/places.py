"""A place on a paper before it is stored."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Place:
    """A question version that goes on a paper, with what is frozen of it; see `AttemptQuestion.stands_for`."""

    version_id: int
    select_count: int
    option_ids: tuple[int, ...]
    is_pilot: bool
    stands_for_id: int | None = None


def shuffled(places: Iterable[Place], rng: np.random.Generator) -> list[Place]:
    """The places with the options of each in an order of their own."""
    return [
        Place(
            place.version_id,
            place.select_count,
            tuple(place.option_ids[index] for index in rng.permutation(len(place.option_ids)).tolist()),
            place.is_pilot,
            place.stands_for_id,
        )
        for place in places
    ]
