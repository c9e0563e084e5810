"""The model of docs/model.md with one skill level, followed through one user's answers at constant cost.

θ = (g, t₁, t₂, …): skills hang together through the global ability alone, so given g each skill is a line
t = α + β·g with a variance of its own. An answer touches g and the skills of its item, never the others,
however many there are; they follow g through β. This is exact for items of one skill; what two skills of
one item tell of each other beyond g is dropped.
"""

import math
from collections.abc import Sequence

import numpy as np

from engine.normal import Array
from engine.parameters import SECONDS_PER_DAY, ModelParameters

NOTES = (
    "logit", "ability", "skills", "shrink", "standing", "spread",
    "slow surplus", "fast surplus", "skill surplus", "last surplus",
)  # fmt: skip
SLOW, FAST, SKILL = 0.05, 0.25, 0.25  # rates of the moving averages of outcome − forecast
LOWEST_VARIANCE = 1e-4


def followed(
    items: Sequence[int],
    correct: Sequence[float],
    at: Sequence[float],
    skills_of: Sequence[tuple[int, ...]],
    constants: Sequence[tuple[float, float, float]],
    parameters: ModelParameters,
) -> Array:
    """What the filter knows just before each of n answers, shape (n, len(NOTES)).

    items, correct, at: one user's answers in order of time. skills_of, constants: by item its skills, and
    (difficulty, its variance, guess level).
    logit = k·η; ability = k·g and skills = k·mean t of the item's skills; shrink = k; standing = η + b and spread =
    S − v_b, the ability brought to the item and its variance; the surpluses are moving averages of outcome −
    forecast, of all answers and of the item's skills, and the last of all.
    """
    # One long loop with everything in local names, on purpose: it runs for every answer of a log, many times over.
    limit, floor = parameters.logit_limit, parameters.outcome_variance_floor
    skill_start, memory_start = parameters.topic_variance, parameters.memory_variance
    fading = 1.0 / (SECONDS_PER_DAY * parameters.forgetting_days)
    drift, skill_drift = parameters.ability_variance_per_answer, parameters.topic_variance_per_answer
    memory_drift, daily = parameters.memory_variance_per_answer, parameters.ability_variance_per_day / SECONDS_PER_DAY
    longest = parameters.ability_variance_days * SECONDS_PER_DAY
    gains = (parameters.topic_gain_wrong, parameters.topic_gain_right)
    memory_gains = (parameters.memory_gain_wrong, parameters.memory_gain_right)
    repeat_weight = parameters.repeat_weight
    mean, variance = parameters.start_ability, parameters.ability_variance
    lines: dict[int, list[float]] = {}
    memories: dict[int, tuple[float, float, float]] = {}
    slow = fast = last = 0.0
    before = at[0] if len(at) else 0.0
    notes = []
    exp, sqrt = math.exp, math.sqrt
    for item, outcome, moment in zip(items, correct, at, strict=True):
        difficulty, uncertainty, guess = constants[item]
        skills = skills_of[item]
        share = 1.0 / len(skills) if skills else 0.0
        variance += daily * min(moment - before, longest)
        before = moment
        base, slope, spread, skill_surplus = 0.0, 1.0, 0.0, 0.0
        own = []
        for skill in skills:
            line = lines.get(skill)
            if line is None:
                lines[skill] = line = [0.0, 0.0, skill_start, moment, 0.0]
            elif moment > line[3]:
                kept = exp((line[3] - moment) * fading)
                line[0] *= kept
                line[1] *= kept
                line[2] = kept * kept * line[2] + (1.0 - kept * kept) * skill_start
                line[3] = moment
            own.append(line)
            base += share * line[0]
            slope += share * line[1]
            spread += share * share * line[2]
            skill_surplus += share * line[4]
        memory = memories.get(item)
        if memory is None:
            recalled, doubt = 0.0, memory_start
        else:
            kept = exp((memory[2] - moment) * fading)
            recalled = memory[0] * kept
            doubt = kept * kept * memory[1] + (1.0 - kept * kept) * memory_start
        standing = base + slope * mean + recalled
        spread += slope * slope * variance + doubt
        whole = spread + uncertainty
        shrink = 1.0 / sqrt(1.0 + 0.39269908169872414 * whole)
        scaled = shrink * (standing - difficulty)
        right = 1.0 / (1.0 + exp(-min(max(scaled, -limit), limit)))
        chance = guess + (1.0 - guess) * right
        notes.append(
            (scaled, shrink * mean, shrink * (standing - recalled - mean), shrink, standing, spread,
             slow, fast, skill_surplus, last)
        )  # fmt: skip
        # The outcome is known from here on.
        last = outcome - chance
        slow += SLOW * (last - slow)
        fast += FAST * (last - fast)
        steep = shrink * (1.0 - guess) * right * (1.0 - right)
        noise = max(chance * (1.0 - chance), floor)
        step, information = steep * last / noise, steep * steep / noise
        seen = outcome > 0.5
        memories[item] = (
            recalled + doubt * step + memory_gains[seen],
            max(doubt - doubt * doubt * information, LOWEST_VARIANCE) + memory_drift,
            moment,
        )
        weight = 1.0 if memory is None else repeat_weight
        pull = slope * variance  # covariance of g and η
        new_mean = mean + weight * pull * step
        new_variance = max(variance - weight * pull * pull * information, LOWEST_VARIANCE)
        for line in own:
            together = line[1] * pull + share * line[2]  # covariance of the skill and η
            centre = line[0] + line[1] * mean + weight * together * step
            shared = line[1] * variance - weight * together * pull * information
            own_variance = line[1] * line[1] * variance + line[2] - weight * together * together * information
            line[1] = shared / new_variance
            line[0] = centre - line[1] * new_mean + weight * gains[seen]
            line[2] = max(own_variance - line[1] * shared, LOWEST_VARIANCE) + weight * skill_drift
            line[4] += SKILL * (last - line[4])
        mean, variance = new_mean, new_variance + weight * drift
    return np.array(notes, dtype=np.float64).reshape(-1, len(NOTES))
