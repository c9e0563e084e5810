"""One person of a log at a time: a small bank of just the items and skills they met."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.features import FEATURES, head_features
from engine.normal import Array
from engine.parameters import ModelParameters
from engine.questions import Bank
from engine.recalibration.difficulties import Difficulties, Observations, person_observations
from engine.replay.log import ResponseLog
from engine.responses import Response
from engine.state import start_state
from engine.subject import Subject
from engine.tracker import Tracker


@dataclass(frozen=True, eq=False)
class Person:
    """rows: of the log. bank: of the items met; items: their numbers in the log, bank row by row."""

    rows: NDArray[np.int64]
    items: NDArray[np.int64]
    bank: Bank
    responses: tuple[Response, ...]


def people(
    log: ResponseLog, users: NDArray[np.int64], fitted: Difficulties, parameters: ModelParameters
) -> Iterator[Person]:
    """The given users of the log, each with a bank that holds the fitted difficulties."""
    for user in users.tolist():
        yield person(log, log.rows_of[user], fitted, parameters)


def person(log: ResponseLog, rows: NDArray[np.int64], fitted: Difficulties, parameters: ModelParameters) -> Person:
    """One user: dimensions are the global ability and the skills met, so a rebuild stays small."""
    items, local = np.unique(log.item[rows], return_inverse=True)
    skills: dict[int, int] = {}
    topics = tuple(
        tuple(skills.setdefault(skill, len(skills)) for skill in log.item_skills[item]) for item in items.tolist()
    )
    loadings = np.zeros((len(items), 1 + len(skills)))
    loadings[:, 0] = 1.0
    for row, members in enumerate(topics):
        for topic in members:
            loadings[row, 1 + topic] = 1.0 / len(members)
    bank = Bank(
        subject=Subject((), (), (), tuple(map(str, skills)), (-1,) * len(skills)),
        parameters=parameters,
        ids=tuple(range(len(items))),
        topics=topics,
        domain=np.full(len(items), -1, dtype=np.int64),
        loadings=loadings,
        difficulty=fitted.mean[items],
        difficulty_variance=fitted.variance[items],
        guess=log.guess[items] * parameters.guess_factor,
        published=np.ones(len(items), dtype=np.bool_),
    )
    columns = (local.tolist(), log.correct[rows].tolist(), log.at[rows].tolist())
    responses = tuple(
        Response(number, question, correct, at)
        for number, (question, correct, at) in enumerate(zip(*columns, strict=True))
    )
    return Person(rows, items, bank, responses)


def log_observations(
    log: ResponseLog, users: NDArray[np.int64], fitted: Difficulties, parameters: ModelParameters
) -> Observations:
    """First answers of the users with the ability they were given with; rows are item numbers."""
    rows, columns, owners, levels = [], [], [], []
    for number, one in enumerate(people(log, users, fitted, parameters)):
        index, correct, ability, spread, level = person_observations(one.bank, one.responses)
        rows.append(one.items[index])
        columns.append((correct, ability, spread))
        owners.append(np.full(len(index), number))
        levels.append(level[0])
    return Observations(
        row=np.concatenate(rows),
        correct=np.concatenate([column[0] for column in columns]),
        ability=np.concatenate([column[1] for column in columns]),
        spread=np.concatenate([column[2] for column in columns]) + parameters.memory_variance,
        person=np.concatenate(owners),
        level=float(np.mean(levels)),
    )


def person_forecasts(one: Person, features: bool) -> tuple[Array, Array]:
    """(p, inputs of the head) before each answer of one person; inputs are empty unless wanted."""
    tracker = Tracker(one.bank, start_state(one.bank.subject, one.bank.parameters))
    chances = np.empty(len(one.responses))
    inputs = np.empty((len(one.responses) if features else 0, len(FEATURES)))
    for number, response in enumerate(one.responses):
        tracker.advance(response.at)
        if features:
            inputs[number] = head_features(tracker, response.question)  # type: ignore[arg-type]
        else:
            chances[number] = tracker.foresee(response.question)[0]
        tracker.absorb(response)
        tracker.close((response,))
    return chances, inputs
