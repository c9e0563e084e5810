"""Planner inputs for tests: one plain case, and hypothesis strategies for thousands of strange ones."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from hypothesis import strategies as st

from engine.planning import (
    Block,
    ConfusionPair,
    DomainNeed,
    DoneDay,
    Kind,
    LabOffer,
    PlanInput,
    Reason,
    TopicNeed,
    Why,
    make_plan,
)

TODAY = date(2026, 11, 23)
WEIGHTS = {"PL": 10, "DA": 17, "SE": 15, "EN": 28, "AA": 15, "IN": 15}


def days(count: int) -> timedelta:
    return timedelta(days=count)


def topic(domain: str, number: int, weakness: float = 60.0, **more: object) -> TopicNeed:
    """One of six equal topics of a domain, weak by `weakness`."""
    marks = WEIGHTS.get(domain, 20) / 6 * max(0.0, 0.7 * weakness / 100 - 0.15)
    code = f"{domain.lower()}-{number}"
    values = {"code": code, "name": f"{domain} {number}", "domain": domain, "marks_to_win": marks, "weakness": weakness}
    return TopicNeed(**(values | more))  # type: ignore[arg-type]


def plain_input(**more: object) -> PlanInput:
    """Six domains of six topics, an hour a day and a long Saturday, eight weeks to the exam."""
    topics = [topic(code, number, answers=4) for code in WEIGHTS for number in range(6)]
    asked = PlanInput(
        today=TODAY,
        domains=[DomainNeed(code, f"Domain {code}", weight) for code, weight in WEIGHTS.items()],
        topics=topics,
        minutes_per_weekday=(60, 60, 60, 60, 60, 150, 60),
        exam_on=TODAY + days(56),
    )
    return replace(asked, **more)  # type: ignore[arg-type]


def some_topics(codes: list[str], rng: Random) -> list[TopicNeed]:
    """Up to seven topics a domain, some of them resting on earlier ones, also of other domains."""
    found: list[TopicNeed] = []
    for code in codes:
        for number in range(rng.randint(0, 7)):
            grounds = rng.sample(found, rng.randint(0, min(2, len(found))))
            answers = rng.choice([0, 0, 1, 3, 9])
            lately = rng.randint(0, answers)
            found.append(
                topic(
                    code,
                    number,
                    rng.choice([0.0, 100.0, rng.uniform(0, 100)]),
                    answers=answers,
                    answers_lately=lately,
                    wrong_lately=rng.randint(0, lately),
                    foundations=tuple(ground.code for ground in grounds),
                    notes_read=rng.random() < 0.3,
                    studied_on=rng.choice([None, None, TODAY - days(rng.randint(0, 40))]),
                    unmeasured_minutes=rng.choice([0.0, 0.0, 30.0]),
                )
            )
    return found


def some_done_days(codes: list[str], rng: Random) -> list[DoneDay]:
    found = []
    for ago in rng.sample(range(9), rng.choice([0, 0, 2, 5])):
        named = {code: rng.randint(5, 60) for code in rng.sample(codes, rng.randint(0, len(codes)))}
        reviewed = rng.random() < 0.5
        found.append(DoneDay(TODAY - days(ago), sum(named.values()) + 10 * reviewed, named, reviewed))
    return found


def some_pins(topics: list[TopicNeed], longest: int, rng: Random) -> list[Block]:
    found = []
    for _ in range(rng.choice([0, 0, 1, 4])):
        kind = rng.choice([Kind.DRILL, Kind.READ, Kind.MOCK, Kind.REVIEW, Kind.MISTAKES])
        chosen = rng.choice(topics) if topics and kind in (Kind.DRILL, Kind.READ) else None
        found.append(
            Block(
                TODAY + days(rng.randint(0, longest)),
                kind,
                105 if kind == Kind.MOCK else 5 * rng.randint(1, 30),
                Reason(Why.PINNED),
                domain=chosen.domain if chosen else None,
                topic=chosen.code if chosen else None,
                pinned=True,
            )
        )
    return found


_minutes = st.sampled_from([0, 0, 5, 10, 20, 30, 45, 60, 75, 90, 120, 180, 300]) | st.integers(0, 400)


@st.composite
def inputs(draw: st.DrawFn, pins: bool = True) -> PlanInput:
    """Anything a candidate's situation may be; what is not drawn follows from the drawn seed."""
    rng = Random(draw(st.integers(0, 2**32)))
    codes = rng.sample(list(WEIGHTS), rng.randint(1, 6))
    topics = some_topics(codes, rng)
    ahead = draw(st.none() | st.integers(0, 12) | st.integers(13, 90))
    longest = 30 if ahead is None else ahead
    practised = [known for known in topics if rng.random() < 0.3]
    confused = [known for known in topics if rng.random() < 0.2]

    def later(count: int) -> list[date]:
        return [TODAY + days(rng.randint(0, longest)) for _ in range(count)]

    asked = PlanInput(
        today=TODAY,
        domains=[
            DomainNeed(
                c,
                f"Domain {c}",
                WEIGHTS[c],
                last_studied_on=rng.choice([None, TODAY - days(rng.randint(0, 20))]),
            )
            for c in codes
        ],
        topics=topics,
        minutes_per_weekday=draw(st.tuples(*[_minutes] * 7)),
        exam_on=None if ahead is None else TODAY + days(ahead),
        minutes_on={on: rng.choice([0, 7, 60, 200]) for on in later(rng.randint(0, 3))},
        days_off=frozenset(later(rng.choice([0, 0, 3, 8]))),
        block_minutes=draw(st.sampled_from([10, 15, 20, 25, 30, 45, 60])),
        mock_minutes=rng.choice([105, 105, 130, 157]),
        labs=[LabOffer(f"lab-{t.code}", f"Lab {t.name}", t.code, rng.randint(10, 60)) for t in practised],
        pairs=[ConfusionPair(f"pair-{t.code}", "One ↔ Other", t.code, rng.randint(0, 7), 7) for t in confused],
        reviews_due={on - days(3): rng.randint(0, 40) for on in later(rng.randint(0, 6))},
        open_mistakes=rng.choice([0, 0, 3, 25]),
        last_mock_on=rng.choice([None, TODAY - days(rng.randint(0, 20))]),
        done=some_done_days(codes, rng),
        pinned=some_pins(topics, longest, rng) if pins else [],
    )
    return replace(asked, previous=some_plan_before(asked, rng)) if rng.random() < 0.5 else asked


def some_plan_before(asked: PlanInput, rng: Random) -> tuple[Block, ...]:
    """A plan made for other needs, other minutes and another exam day."""
    shift = days(rng.choice([-7, -1, 0, 0, 3]))
    exam_on = None if asked.exam_on is None else max(asked.exam_on + shift, TODAY)
    topics = [replace(known, marks_to_win=rng.uniform(0, 2)) for known in asked.topics]
    minutes = rng.sample(list(asked.minutes_per_weekday), 7)
    plan = make_plan(replace(asked, exam_on=exam_on, topics=topics, minutes_per_weekday=minutes, pinned=[]))
    return tuple(block for block in plan.blocks if rng.random() < 0.9)


@st.composite
def roomy_inputs(draw: st.DrawFn) -> PlanInput:
    """Somebody with time: at least four study days in every week, each with room for two domains, no pins."""
    rng = Random(draw(st.integers(0, 2**32)))
    codes = list(WEIGHTS)[: rng.randint(2, 6)]
    topics = []
    for code in codes:
        for number in range(rng.randint(2, 6)):
            grounds = (f"{code.lower()}-{number - 1}",) if number and rng.random() < 0.5 else ()
            topics.append(topic(code, number, rng.uniform(30, 100), answers=4, foundations=grounds))
    free = draw(st.lists(st.integers(0, 6), max_size=3, unique=True))
    minutes = tuple(0 if day in free else draw(st.integers(60, 200)) for day in range(7))
    ahead = draw(st.none() | st.integers(10, 90))
    return PlanInput(
        today=TODAY,
        domains=[DomainNeed(code, f"Domain {code}", WEIGHTS[code]) for code in codes],
        topics=topics,
        minutes_per_weekday=minutes,
        exam_on=None if ahead is None else TODAY + days(ahead),
        block_minutes=draw(st.sampled_from([15, 20, 25, 30])),
        open_mistakes=draw(st.sampled_from([0, 10])),
    )
