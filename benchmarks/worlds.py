"""Practice logs from worlds that differ from each other and from the model: what real logs are like.

Each world is a function (people, rng) → lines of CSV in the format of `replay_responses`; its docstring says what
it does. The last three tenths of the people are the test people.
"""

from collections.abc import Callable, Iterator

import numpy as np

from engine.normal import logistic

HEADER = "user,item,skill,correct,timestamp,split"
TEST_SHARE = 0.3

Row = tuple[str, str, int, str]  # item, skill, correct, timestamp
World = Callable[[int, np.random.Generator], Iterator[list[Row]]]


def chance(logit: float) -> float:
    return float(logistic(np.array(logit)))


def world_log(world: World, people: int, rng: np.random.Generator) -> list[str]:
    """The log of a world: header and rows, user after user."""
    lines = [HEADER]
    for user, rows in enumerate(world(people, rng)):
        split = "test" if user >= people * (1 - TEST_SHARE) else "train"
        lines += [f"u{user},{item},{skill},{correct},{at},{split}" for item, skill, correct, at in rows]
    return lines


def mastery_stopping(people: int, rng: np.random.Generator) -> Iterator[list[Row]]:
    """Bayesian knowledge tracing without any ability: 60 skills known or not, practised until three are right in a
    row; no times."""
    skills, items = 60, 900
    known_first, learn = rng.beta(2, 3, skills), rng.beta(2, 10, skills)
    guess, slip = rng.beta(3, 10, skills), rng.beta(2, 14, skills)
    shift = rng.normal(0, 0.7, items)
    for _ in range(people):
        rows: list[Row] = []
        for skill in rng.permutation(skills)[: int(rng.integers(5, 25))].tolist():
            known, streak = bool(rng.random() < known_first[skill]), 0
            for _ in range(15):
                item = int(rng.integers(items // skills)) * skills + skill
                share = 1 - slip[skill] if known else guess[skill]
                right = bool(rng.random() < chance(np.log(share / (1 - share)) - shift[item]))
                rows.append((f"i{item}", f"s{skill}", int(right), ""))
                known = known or bool(rng.random() < learn[skill])
                streak = streak + 1 if right else 0
                if streak == 3:
                    break
        yield rows


def transfer(people: int, rng: np.random.Generator) -> Iterator[list[Row]]:
    """Five hidden concepts behind 50 skills: practising one skill teaches those that share its concept."""
    concepts, skills, items = 5, 50, 600
    concept = rng.integers(concepts, size=skills)
    loading = np.exp(rng.normal(0.2, 0.3, skills))
    difficulty = rng.normal(0, 1, items)
    for _ in range(people):
        level, pace = rng.normal(0, 1.0, concepts), rng.gamma(2.0, 0.02, concepts)
        rows: list[Row] = []
        now, skill = float(rng.integers(10**7)), 0
        for step in range(int(rng.integers(40, 200))):
            if step % 6 == 0:
                skill, now = int(rng.integers(skills)), now + float(rng.exponential(40_000))
            item = int(rng.integers(items // skills)) * skills + skill
            now += float(rng.exponential(50))
            right = rng.random() < chance(loading[skill] * level[concept[skill]] - difficulty[item])
            level[concept[skill]] += pace[concept[skill]]
            rows.append((f"i{item}", f"s{skill}", int(right), f"{now:.3f}"))
        yield rows


def scaffolding(people: int, rng: np.random.Generator) -> Iterator[list[Row]]:
    """Problem sets in fixed order with 220 skills and 4,000 items; a wrong main problem is followed by its scaffolds; a
    hint counts as wrong and is asked for by habit; some items carry two skills; times in milliseconds."""
    skills, sets, length = 220, 400, 10
    skill = rng.integers(skills, size=sets)
    second = np.where(rng.random(sets) < 0.3, rng.integers(skills, size=sets), -1)
    difficulty = rng.normal(-0.3, 0.9, (sets, length)) + rng.normal(0, 0.6, skills)[skill][:, None]
    for _ in range(people):
        general, own = rng.normal(0, 0.9), rng.normal(0, 0.5, skills)
        hints, now = rng.beta(1, 7), 1.25e12 + float(rng.integers(10**10))
        rows: list[Row] = []
        for number in rng.permutation(sets)[: int(rng.gamma(2.0, 6.0)) + 2].tolist():
            named = f"s{skill[number]}" + (f";s{second[number]}" if second[number] >= 0 else "")
            now += float(rng.exponential(8e7))
            for place in range(int(rng.integers(4, length + 1))):
                now += float(rng.exponential(6e4))
                logit = general + own[skill[number]] - difficulty[number, place]
                right = rng.random() < chance(1.3 * logit) and rng.random() > hints
                rows.append((f"p{number}.{place}", named, int(right), f"{now:.1f}"))
                own[skill[number]] += 0.05
                for part in range(0 if right else int(rng.integers(3))):
                    now += float(rng.exponential(3e4))
                    solved = rng.random() < chance(logit + 0.8 - 0.3 * part) and rng.random() > hints
                    rows.append((f"p{number}.{place}.{part}", named, int(solved), f"{now:.1f}"))
        yield rows


def skills_only(people: int, rng: np.random.Generator) -> Iterator[list[Row]]:
    """Items are the 90 skills themselves, met again and again; order only; learning by a power law, strong streaks."""
    skills = 90
    level, speed = rng.normal(0.3, 0.8, skills), rng.gamma(2.0, 0.25, skills)
    for _ in range(people):
        general, mood = rng.normal(0, 0.7), 0.0
        rows: list[Row] = []
        for skill in rng.permutation(skills)[: int(rng.integers(4, 20))].tolist():
            own = rng.normal(0, 0.7)
            for count in range(int(rng.gamma(2.0, 4.0)) + 2):
                mood = 0.8 * mood + rng.normal(0, 0.4)
                logit = general + own + level[skill] + speed[skill] * np.log1p(count) - 0.8 + mood
                rows.append((f"s{skill}", f"s{skill}", int(rng.random() < chance(logit)), ""))
        yield rows


def changing_items(people: int, rng: np.random.Generator) -> Iterator[list[Row]]:
    """Slopes, items that grow easier as they become known, activity from ten answers to two thousand; no skills named
    on one item in five."""
    items, skills = 1_500, 30
    difficulty, ease = rng.normal(0.2, 1.1, items), rng.gamma(1.5, 0.5, items)
    slope = np.exp(rng.normal(0, 0.5, items))
    skill = rng.integers(skills, size=items)
    named = rng.random(items) > 0.2
    popular = rng.dirichlet(np.full(items, 0.4))
    for _ in range(people):
        general, own = rng.normal(0, 0.9), rng.normal(0, 0.6, skills)
        arrived = float(rng.random())
        now = 1.4e9 + arrived * 1e8
        rows: list[Row] = []
        count = int(np.clip(rng.lognormal(4.2, 1.0), 10, 2_000))
        for item in rng.choice(items, size=count, p=popular).tolist():
            now += float(rng.exponential(90 if rng.random() < 0.97 else 200_000))
            logit = slope[item] * (general + own[skill[item]] - difficulty[item] + ease[item] * arrived)
            right = rng.random() < 0.15 + 0.85 * chance(logit)
            own[skill[item]] += 0.01
            rows.append((f"i{item}", f"s{skill[item]}" if named[item] else "", int(right), f"{now:.0f}"))
        yield rows


def forgetting(people: int, rng: np.random.Generator) -> Iterator[list[Row]]:
    """Vocabulary: 40 lists of 25 words, each word with its own memory that fades by a power law and is strengthened by
    every recall; long pauses."""
    lists, words = 40, 25
    hard = rng.normal(0, 0.6, lists * words)
    for _ in range(people):
        talent = rng.normal(0, 0.6)
        met: dict[int, tuple[float, float]] = {}
        now = float(rng.integers(10**8))
        rows: list[Row] = []
        for _ in range(int(rng.integers(3, 12))):
            now += float(rng.exponential(4 * 86_400))
            group = int(rng.integers(lists)) if rng.random() < 0.5 or not met else next(reversed(met)) // words
            for word in rng.integers(words, size=int(rng.integers(10, 30))).tolist():
                item = group * words + word
                strength, last = met.get(item, (0.0, now))
                gap = (now - last) / 3600
                logit = talent - hard[item] - 0.6 + strength - (0.45 * np.log1p(gap) if item in met else 0.0)
                right = rng.random() < chance(logit)
                met[item] = (strength + (0.9 if right else 0.6), now)
                now += float(rng.exponential(15))
                rows.append((f"w{item}", f"l{group}", int(right), f"{now:.0f}"))
        yield rows


WORLDS: dict[str, tuple[World, int]] = {
    "mastery stopping": (mastery_stopping, 500),
    "transfer": (transfer, 500),
    "scaffolding, 220 skills": (scaffolding, 400),
    "skills only": (skills_only, 500),
    "changing items": (changing_items, 500),
    "forgetting": (forgetting, 400),
    "few people": (scaffolding, 40),
}
