"""Does recalibration find the questions' true difficulties?"""

from dataclasses import dataclass, replace

import numpy as np

from engine.metrics import root_mean_square
from engine.normal import Array
from engine.parameters import DEFAULTS, ModelParameters
from engine.questions import QuestionParameters, compile_bank
from engine.recalibration import Difficulties, fit_difficulties, observe, recalibrate
from engine.responses import Response
from engine.simulation.world import DAY, World, WorldShape, simulated_abilities, simulated_answers, simulated_world


@dataclass(frozen=True, slots=True)
class DifficultyReport:
    """Error of fitted difficulties, logits, beside that of the author levels they started from.

    floor: the error the same fit has when every ability is known exactly.
    """

    answers_per_question: float
    people: int
    questions: int
    rmse: float
    floor: float
    start_rmse: float
    correlation: float


def authored_world(rng: np.random.Generator, shape: WorldShape, parameters: ModelParameters = DEFAULTS) -> World:
    """A world whose bank knows only each author's level, a noisy guess at the difficulty."""
    world = simulated_world(rng, shape, parameters)
    starts = np.array(parameters.author_level_difficulty)
    # Authors see the difficulty through noise of .6 logits, then pick the nearest level.
    seen = world.difficulty + rng.normal(0.0, 0.6, len(world.bank))
    level = np.abs(seen[:, None] - starts).argmin(axis=1)
    questions = [
        QuestionParameters(
            id=row,
            domain=int(world.bank.domain[row]),
            topics=world.bank.topics[row],
            difficulty=float(starts[level[row]]),
            difficulty_variance=parameters.author_level_variance,
            guess=float(world.guess[row]),
        )
        for row in range(len(world.bank))
    ]
    return replace(world, bank=compile_bank(world.bank.subject, questions, parameters))


def simulate_difficulty(
    world: World, *, answers_per_question: int, mocks: int = 2, rng: np.random.Generator
) -> DifficultyReport:
    """Everybody sits `mocks` papers; enough people that a question is answered that often on average."""
    bank = world.bank
    people = max(1, round(answers_per_question * len(bank) / (mocks * bank.subject.scored_count)))
    candidates, truth = [], []
    for _ in range(people):
        abilities = simulated_abilities(world, rng)
        truth.append(abilities)
        used = np.zeros(len(bank), dtype=bool)
        candidates.append(
            [
                response
                for mock in range(mocks)
                for response in simulated_answers(
                    world, abilities, world.paper(rng, used), mock=mock, at=mock * 7 * DAY, rng=rng
                )
            ]
        )
    found = recalibrate(bank, candidates)
    fitted = np.array([question.difficulty for question in found.questions])
    return DifficultyReport(
        answers_per_question=found.answers / len(bank),
        people=people,
        questions=len(bank),
        rmse=root_mean_square(fitted - world.difficulty),
        floor=root_mean_square(_known_abilities(world, candidates, truth).mean - world.difficulty),
        start_rmse=root_mean_square(bank.difficulty - world.difficulty),
        correlation=float(np.corrcoef(fitted, world.difficulty)[0, 1]),
    )


def _known_abilities(world: World, candidates: list[list[Response]], truth: list[Array]) -> Difficulties:
    """The same fit with true abilities, and the prior a perfect author effect would give."""
    bank = world.bank
    seen = observe(bank, candidates)
    ability = np.einsum("ij,ij->i", bank.loadings[seen.row], np.array(truth)[seen.person])
    exact = replace(seen, ability=ability, spread=np.zeros(len(seen)), level=0.0)
    shift = bank.difficulty - (bank.difficulty - world.difficulty).mean()
    variance = float((shift - world.difficulty).var())
    return fit_difficulties(exact, bank.guess, shift, variance)
