"""Do chosen questions tell more than random ones, without wearing out the best?"""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from engine.ability import update
from engine.mastery import posterior_sample
from engine.metrics import root_mean_square
from engine.readiness import score_moments
from engine.responses import Response
from engine.selection import Purpose, Sitting, next_question
from engine.simulation.world import World, simulated_abilities
from engine.state import CandidateState, start_state

SETTLING_SITTINGS = 20  # exposure is a share of at least this many sittings


@dataclass(frozen=True, slots=True)
class SelectionReport:
    """RMSE of the expected score, in marks of 60, after as many chosen and as many random questions.

    ratio: chosen / random. largest_exposure: share of sittings the most used question was served in.
    """

    people: int
    questions: int
    chosen_rmse: float
    random_rmse: float
    ratio: float
    largest_exposure: float


def simulate_selection(world: World, *, people: int, questions: int = 60, rng: np.random.Generator) -> SelectionReport:
    """Everybody takes a diagnostic twice: led by `next_question`, and with a random balanced paper."""
    bank = world.bank
    counts = np.array(bank.subject.scored_counts, dtype=np.float64)
    served: Counter[object] = Counter()
    missed: dict[bool, list[float]] = {True: [], False: []}
    for person in range(people):
        abilities = simulated_abilities(world, rng)
        truth = float(counts @ world.mastery(abilities))
        chances = world.chances(abilities)
        exposure = {row: count / max(person, SETTLING_SITTINGS) for row, count in served.items()}
        for chosen in (True, False):
            state = _diagnostic(world, chances, questions, exposure if chosen else None, served, rng)
            sample = posterior_sample(bank, state, np.random.default_rng(person))
            missed[chosen].append(float(score_moments(bank, sample)[0].mean()) - truth)
    chosen_rmse, random_rmse = (root_mean_square(missed[key]) for key in (True, False))
    return SelectionReport(
        people=people,
        questions=questions,
        chosen_rmse=chosen_rmse,
        random_rmse=random_rmse,
        ratio=chosen_rmse / random_rmse,
        largest_exposure=max(served.values()) / people,
    )


def _diagnostic(
    world: World,
    chances: np.ndarray,
    questions: int,
    exposure: dict | None,
    served: Counter,
    rng: np.random.Generator,
) -> CandidateState:
    bank = world.bank
    state = start_state(bank.subject, bank.parameters)
    asked: list[int] = []
    paper = world.paper(rng, np.zeros(len(bank), dtype=bool)) if exposure is None else None
    per_domain = [0] * bank.subject.domain_count
    for number in range(questions):
        if paper is not None:
            row = int(paper[number % len(paper)])
        else:
            sitting = Sitting(tuple(per_domain), frozenset(asked), exposure)
            choice = next_question(bank, state, sitting, purpose=Purpose.DIAGNOSTIC, now=float(number), rng=rng)
            row = int(choice.question)  # type: ignore[call-overload]
            served[row] += 1
        asked.append(row)
        per_domain[int(bank.domain[row])] += 1
        correct = bool(rng.random() < chances[row])
        state = update(bank, state, Response(number, row, correct, float(number)))
    return state
