"""Checks that need the whole bank: counts, doubles, positions and lengths of keys, freshness, misconceptions."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import combinations

from questions.bankfiles import Bank, BankQuestion
from questions.coverage import LEVEL_SHARES, coverage_of, pilots_needed
from questions.freshness import is_fresh
from questions.lint.findings import Finding, error, warning
from questions.lint.words import content_words
from questions.rules import unknown_names

NEAR_DUPLICATE = 0.6
LEAST_SCENARIO_SHARE = 0.60
MULTIPLE_SHARE = (0.20, 0.30)
LEVEL_TOLERANCE = 0.08
FEWEST_FOR_SHARES = 60
QUESTIONS_PER_MISCONCEPTION = 3
OPTION_REPEATS = 4
POSITION_TOLERANCE = 0.10


def check_names(bank: Bank) -> Iterator[Finding]:
    topics, codes = set(bank.domain_of_topic), {pair.code for pair in bank.misconceptions}
    for question in bank.questions:
        for problem in unknown_names(question, topics, codes):
            yield error("unknown", problem.text, slug=question.slug, field=problem.field, file=question.file)


def check_counts(bank: Bank) -> Iterator[Finding]:
    """Too few for one mock is an error; too few for a bank worth studying is a warning."""
    for domain in coverage_of(bank.blueprint, bank.questions):
        if domain.have < domain.one_mock:
            yield error("counts", f"{domain.name} has {domain.have} questions; one mock needs {domain.one_mock}")
        elif domain.missing:
            yield warning("counts", f"{domain.name} has {domain.have} of {domain.need} questions")
        for topic in domain.topics:
            if topic.missing:
                yield warning("counts", f"has {topic.have} of {topic.need} questions", slug=topic.code)
    pilots = sum(question.pilot for question in bank.questions)
    if pilots < pilots_needed(bank.blueprint):
        yield warning("counts", f"the bank has {pilots} of {pilots_needed(bank.blueprint)} pilot questions")


def check_shares(bank: Bank) -> Iterator[Finding]:
    """The mixture of scenarios, multiple-select questions and levels, where there are enough to speak of one."""
    n = len(bank.questions)
    if n < FEWEST_FOR_SHARES:
        return
    scenarios = sum(bool(question.scenario) for question in bank.questions) / n
    if scenarios < LEAST_SCENARIO_SHARE:
        yield warning("shares", f"{scenarios:.0%} of the questions have a scenario; wanted {LEAST_SCENARIO_SHARE:.0%}")
    multiple = sum(question.select > 1 for question in bank.questions) / n
    if not MULTIPLE_SHARE[0] <= multiple <= MULTIPLE_SHARE[1]:
        wanted = f"{MULTIPLE_SHARE[0]:.0%} to {MULTIPLE_SHARE[1]:.0%}"
        yield warning("shares", f"{multiple:.0%} of the questions ask for several answers; wanted {wanted}")
    levels = Counter(question.level for question in bank.questions)
    for level, share in enumerate(LEVEL_SHARES, start=1):
        if abs(levels[level] / n - share) > LEVEL_TOLERANCE:
            yield warning("shares", f"level {level} makes up {levels[level] / n:.0%}; wanted about {share:.0%}")


def check_doubles(bank: Bank) -> Iterator[Finding]:
    """The same question twice is an error, much the same words a warning; look-alike groups are meant to be alike."""
    words = {question.slug: content_words(_whole_text(question)) for question in bank.questions}
    by_slug = {question.slug: question for question in bank.questions}
    for one, other in combinations(by_slug, 2):
        ours, theirs = words[one], words[other]
        # Cheap bound first: sets of very different size cannot overlap that much.
        if min(len(ours), len(theirs)) < NEAR_DUPLICATE * max(len(ours), len(theirs), 1):
            continue
        shared = len(ours & theirs) / max(1, len(ours | theirs))
        if shared < NEAR_DUPLICATE:
            continue
        first, second = by_slug[one], by_slug[other]
        if _normal(_whole_text(first)) == _normal(_whole_text(second)):
            yield error("duplicate", f"says the same as {one}", slug=other, file=second.file)
        else:
            text = f"shares {shared:.0%} of its words with {one}"
            yield warning("near-duplicate", text, slug=other, file=second.file)


def check_repeated_options(bank: Bank) -> Iterator[Finding]:
    used: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for question in bank.questions:
        for option in question.options:
            used[_normal(option.text)].append((question.slug, option.key))
    for text, places in sorted(used.items()):
        if len(places) >= OPTION_REPEATS and len({is_key for _, is_key in places}) == 1:
            role = "the right option" if places[0][1] else "a wrong option"
            slugs = ", ".join(slug for slug, _ in places)
            yield warning("repeated-option", f"“{text}” is {role} in all of its {len(places)} questions: {slugs}")


def check_key_places(bank: Bank) -> Iterator[Finding]:
    """Positions of keys, and where keys rank by length, over the single-select questions."""
    single = [question for question in bank.questions if question.select == 1 and len(question.keys) == 1]
    n = len(single)
    if n < FEWEST_FOR_SHARES:
        return
    expected: Counter[int] = Counter()
    places: Counter[int] = Counter()
    ranks: Counter[int] = Counter()
    for question in single:
        count = len(question.options)
        for place in range(count):
            expected[place] += 1
        places[question.keys[0]] += 1
        order = sorted(range(count), key=lambda place: -len(question.options[place].text))
        ranks[order.index(question.keys[0])] += 1
    share = {place: sum(1 / len(q.options) for q in single if place < len(q.options)) / n for place in expected}
    for place in sorted(expected):
        if abs(places[place] / n - share[place]) > POSITION_TOLERANCE:
            letter = "ABCDEFGH"[place]
            yield warning("key-place", f"the key is {letter} in {places[place] / n:.0%}; chance is {share[place]:.0%}")
        if abs(ranks[place] / n - share[place]) > POSITION_TOLERANCE:
            yield warning(
                "key-length",
                f"the key is no. {place + 1} by length in {ranks[place] / n:.0%}; chance is {share[place]:.0%}",
            )


def check_freshness(bank: Bank, today: date) -> Iterator[Finding]:
    """Questions that left the mock draw, and days of checking that lie ahead."""
    for question in bank.questions:
        checked = question.checked_on
        if checked is not None and checked > today:
            yield error(
                "freshness", f"was checked on {checked}, a day to come", slug=question.slug, field="references",
                file=question.file,
            )  # fmt: skip
        elif not is_fresh(checked, today):
            yield warning(
                "freshness", f"was last checked on {checked}; it is left out of mocks until it is checked again",
                slug=question.slug, field="references", file=question.file,
            )  # fmt: skip


def check_misconceptions(bank: Bank) -> Iterator[Finding]:
    used: Counter[str] = Counter()
    for question in bank.questions:
        used.update({option.misconception for option in question.options if option.misconception})
    for pair in bank.misconceptions:
        if used[pair.code] < QUESTIONS_PER_MISCONCEPTION:
            text = f"is met by {used[pair.code]} questions; three or more make a drill"
            yield warning("misconception", text, slug=pair.code, file=pair.file)


def _whole_text(question: BankQuestion) -> str:
    return " ".join([question.scenario, question.stem, *(option.text for option in question.options)])


def _normal(text: str) -> str:
    return " ".join(text.lower().split()).rstrip(".")
