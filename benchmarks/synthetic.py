"""Practice logs from a process the model does not assume: slopes, slips, learning curves, forgetting.

Each person has one ability per skill around a general one. An answer follows a two-parameter logistic
with a guessing floor and a slip ceiling. Practice moves a skill towards a person's own ceiling by a share
of the distance (not by a constant), pauses move it back, and a question met before is easier for hours,
not for days. People work through skills in blocks, come back to them, and meet questions again.
"""

import io
from dataclasses import dataclass

import numpy as np

from engine.normal import logistic


@dataclass(frozen=True, slots=True)
class LogShape:
    """Size and temper of a synthetic log."""

    users: int = 1_000
    answers: int = 120
    items: int = 400
    skills: int = 20
    slope_sd: float = 0.35
    guess: float = 0.15
    slip: float = 0.04
    learning: float = 0.04  # share of the distance to the ceiling per answer
    forgetting_days: float = 20.0
    repeat_share: float = 0.15
    two_skills: float = 0.1
    test_share: float = 0.3


def synthetic_log(shape: LogShape, rng: np.random.Generator) -> str:
    """CSV text in the format of `replay_responses`; the last users are the test people."""
    slope = np.exp(rng.normal(0.0, shape.slope_sd, shape.items))
    difficulty = rng.normal(0.0, 1.0, shape.items)
    skill = rng.integers(shape.skills, size=shape.items)
    second = np.where(rng.random(shape.items) < shape.two_skills, rng.integers(shape.skills, size=shape.items), -1)
    by_skill = [np.flatnonzero(skill == s) for s in range(shape.skills)]
    out = io.StringIO()
    out.write("user,item,skill,correct,timestamp,split\n")
    for user in range(shape.users):
        split = "test" if user >= shape.users * (1 - shape.test_share) else "train"
        _person(shape, rng, (slope, difficulty, skill, second, by_skill), f"u{user}", split, out)
    return out.getvalue()


def _person(shape: LogShape, rng: np.random.Generator, bank: tuple, name: str, split: str, out: io.StringIO) -> None:
    slope, difficulty, skill, second, by_skill = bank
    general = rng.normal(0.0, 0.8)
    ability = general + rng.normal(0.0, 0.5, shape.skills)
    base = ability.copy()
    ceiling = ability + rng.gamma(2.0, 0.6, shape.skills)
    last = np.zeros(shape.skills)
    met: dict[int, float] = {}
    now, current = float(rng.integers(10_000_000)), int(rng.integers(shape.skills))
    count = max(10, int(rng.gamma(2.0, shape.answers / 2.0)))
    for _ in range(count):
        if rng.random() < 0.12 or not len(by_skill[current]):
            current = int(rng.integers(shape.skills))
        if rng.random() < 0.03:
            now += float(rng.exponential(5.0)) * 86_400.0
        now += float(rng.exponential(60.0))
        if met and rng.random() < shape.repeat_share:
            item = list(met)[int(rng.integers(len(met)))]
        elif len(by_skill[current]):
            item = int(rng.choice(by_skill[current]))
        else:
            item = int(rng.integers(shape.items))
        skills = [s for s in (int(skill[item]), int(second[item])) if s >= 0]
        for s in skills:
            kept = np.exp(-max(0.0, now - last[s]) / 86_400.0 / shape.forgetting_days) if last[s] else 1.0
            ability[s] = base[s] + kept * (ability[s] - base[s])
            last[s] = now
        logit = slope[item] * (np.mean(ability[skills]) - difficulty[item])
        if item in met:
            logit += 1.2 * np.exp(-(now - met[item]) / 86_400.0)
        chance = shape.guess + (1 - shape.guess - shape.slip) * float(logistic(logit))
        right = int(rng.random() < chance)
        for s in skills:
            ability[s] += shape.learning * (ceiling[s] - ability[s])
        met[item] = now
        joined = ";".join(f"s{s}" for s in skills)
        out.write(f"{name},i{item},{joined},{right},{now:.0f},{split}\n")
