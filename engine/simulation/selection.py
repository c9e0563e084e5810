"""Do chosen questions tell more than random ones, without wearing out the best?"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.ability import update
from engine.mastery import posterior_sample
from engine.metrics import root_mean_square
from engine.questions import Bank
from engine.readiness import score_moments
from engine.responses import Response
from engine.selection import Purpose, Sitting, StoppingRule, domain_deficit, next_question, target_mix
from engine.simulation.world import World, simulated_abilities
from engine.state import CandidateState, start_state

SETTLING_SITTINGS = 20  # exposure is a share of at least this many sittings


@dataclass(frozen=True, slots=True)
class SelectionReport:
    """RMSE of the expected score, in marks of 60, after as many chosen and as many random questions.

    questions: asked of everybody, or on average where a rule ended each sitting; shortest: how many were the fewest.
    ratio: chosen / random. largest_exposure: share of sittings the most used question was served in.
    fewest_in_domain: the fewest questions that any sitting asked in any domain.
    """

    people: int
    questions: float
    shortest: int
    chosen_rmse: float
    random_rmse: float
    ratio: float
    largest_exposure: float
    fewest_in_domain: int


def simulate_selection(
    world: World, *, people: int, questions: int | StoppingRule = 60, rng: np.random.Generator
) -> SelectionReport:
    """Everybody takes a diagnostic twice: led by `next_question`, and with as many balanced questions at random.

    questions: how many, or the rule that ends each sitting.
    """
    bank = world.bank
    rule = questions if isinstance(questions, StoppingRule) else StoppingRule(questions, questions)
    counts = np.array(bank.subject.scored_counts, dtype=np.float64)
    served: Counter[object] = Counter()
    missed: dict[bool, list[float]] = {True: [], False: []}
    lengths: list[int] = []
    fewest_in_domain = rule.most
    for person in range(people):
        abilities = simulated_abilities(world, rng)
        truth = float(counts @ world.mastery(abilities))
        chances = world.chances(abilities)
        exposure = {row: count / max(person, SETTLING_SITTINGS) for row, count in served.items()}
        led, asked = _led(world, chances, rule, exposure, rng)
        served.update(asked)
        lengths.append(len(asked))
        fewest_in_domain = min(fewest_in_domain, *(int((bank.domain[asked] == d).sum()) for d in range(len(counts))))
        by_chance = _answered(world, chances, world.paper(rng, np.zeros(len(bank), dtype=bool)), len(asked), rng)
        for chosen, state in ((True, led), (False, by_chance)):
            sample = posterior_sample(bank, state, np.random.default_rng(person))
            missed[chosen].append(float(score_moments(bank, sample)[0].mean()) - truth)
    chosen_rmse, random_rmse = (root_mean_square(missed[key]) for key in (True, False))
    return SelectionReport(
        people=people,
        questions=float(np.mean(lengths)),
        shortest=min(lengths),
        chosen_rmse=chosen_rmse,
        random_rmse=random_rmse,
        ratio=chosen_rmse / random_rmse,
        largest_exposure=max(served.values()) / people,
        fewest_in_domain=fewest_in_domain,
    )


def _led(
    world: World,
    chances: np.ndarray,
    rule: StoppingRule,
    exposure: Mapping[object, float],
    rng: np.random.Generator,
) -> tuple[CandidateState, list[int]]:
    """A sitting led by `next_question` until the rule is met: the state after it, and the rows asked."""
    bank = world.bank
    state = start_state(bank.subject, bank.parameters)
    asked: list[int] = []
    per_domain = [0] * bank.subject.domain_count
    while not rule.is_met(bank, state, len(asked)):
        sitting = Sitting(tuple(per_domain), frozenset(asked), exposure)
        choice = next_question(bank, state, sitting, purpose=Purpose.DIAGNOSTIC, now=float(len(asked)), rng=rng)
        row = int(choice.question)  # type: ignore[call-overload]
        state = _after(world, chances, state, row, len(asked), rng)
        asked.append(row)
        per_domain[int(bank.domain[row])] += 1
    return state, asked


def _answered(
    world: World, chances: np.ndarray, paper: np.ndarray, count: int, rng: np.random.Generator
) -> CandidateState:
    """The state after as many questions of a paper, drawn in proportion to its domains."""
    bank = world.bank
    state = start_state(bank.subject, bank.parameters)
    for number, row in enumerate(_balanced(bank, paper, count, rng)):
        state = _after(world, chances, state, row, number, rng)
    return state


def _balanced(bank: Bank, paper: np.ndarray, count: int, rng: np.random.Generator) -> list[int]:
    """So many rows of a paper, each next one from the domain that is owed most."""
    mix = target_mix(bank, None, 0.0)
    served = [0] * bank.subject.domain_count
    left = {domain: list(rng.permutation(paper[bank.domain[paper] == domain])) for domain in range(len(served))}
    rows: list[int] = []
    while len(rows) < count:
        deficit = domain_deficit(mix, served)
        domain = max((d for d in left if left[d]), key=lambda d: float(deficit[d]))
        rows.append(int(left[domain].pop()))
        served[domain] += 1
    return rows


def _after(
    world: World, chances: np.ndarray, state: CandidateState, row: int, number: int, rng: np.random.Generator
) -> CandidateState:
    correct = bool(rng.random() < chances[row])
    return update(world.bank, state, Response(number, row, correct, float(number)))
