"""Another question of the same topic, for recall that must not be of the wording alone."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import numpy as np

from analytics.selectors.practice import PracticeGround
from analytics.selectors.reviews import review_cards
from exams.selectors import questions_met_by
from questions.selectors import DrawableQuestion

REST = timedelta(days=14)
WIDTH = 3


def siblings_of(
    ground: PracticeGround, question_ids: Sequence[int], *, asked: Collection[int], rng: np.random.Generator
) -> dict[int, int]:
    """By question: one that stands for it; questions without a sibling are left out.

    A sibling has the same first topic, no memory of its own, was not met for two weeks, looks like nothing that is
    asked in the sitting, and is asked once. Those never met come first, then the nearest in difficulty.
    """
    if not question_ids:
        return {}
    met = questions_met_by(ground.candidate)
    remembered = review_cards(
        ground.evidence.rows, time_zone=ground.candidate.time_zone, today=ground.today, exam_on=ground.exam_on
    )
    free = [
        question
        for pk, question in ground.drawable.items()
        if pk not in asked and pk not in remembered and _is_rested(met.get(pk), ground.now)
    ]
    alike = {mark for pk in asked for mark in ground.drawable[pk].look_alikes if pk in ground.drawable}
    found: dict[int, int] = {}
    for pk in question_ids:
        fitting = [one for one in free if _fits(one, ground.drawable[pk]) and not alike & set(one.look_alikes)]
        if not fitting:
            continue
        difficulty = ground.drawable[pk].difficulty
        fitting.sort(key=lambda one: (one.question_id in met, abs(one.difficulty - difficulty), one.question_id))
        chosen = fitting[int(rng.integers(min(WIDTH, len(fitting))))]
        found[pk] = chosen.question_id
        free.remove(chosen)
        alike |= set(chosen.look_alikes)
    return found


def _is_rested(met: tuple[int, datetime] | None, now: datetime) -> bool:
    return met is None or now - met[1] >= REST


def _fits(sibling: DrawableQuestion, question: DrawableQuestion) -> bool:
    return sibling.topic_ids[:1] == question.topic_ids[:1] != ()
