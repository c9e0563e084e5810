"""Who decides what to study: the adjusting plan, or one of the plain ways it is measured against.

plan:       this planner, planned again from the answers (ability model of `engine`) after every full sitting, missed
            day and every third study day.
weight:     minutes by exam weight alone, topics of a domain in turn.
random:     a random topic for every block.
weight_kit: minutes by exam weight alone, but with the same full sittings, mistakes and a daily review: what is left
            of the difference is what adjusting is worth.
The plain ways read a topic's notes at its first block and drill it afterwards, in blocks of the same length.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum

import numpy as np

from engine.mastery import posterior_sample, topic_mastery
from engine.parameters import DEFAULTS
from engine.planning.blocks import FULL_SITTINGS, Block, Kind
from engine.planning.needs import DomainNeed, DoneDay, PlanInput, TopicNeed
from engine.planning.planner import make_plan
from engine.planning.simulation.book import SECONDS, VARIANTS, AnswerBook
from engine.planning.simulation.desk import Desk
from engine.planning.simulation.learner import (
    FACTS_PER_TOPIC,
    FOUNDATIONS,
    GUESS,
    WEIGHTS,
    Integers,
    World,
)
from engine.questions import Bank, QuestionParameters, compile_bank
from engine.state import start_state
from engine.subject import Subject
from engine.tracker import Tracker

START = date(2026, 1, 5)  # a Monday; nothing depends on the year
REPLAN_EVERY = 3
BLOCK = 30
DRAWS = 64  # from the posterior; the product takes 256
MINUTES_PER_ANSWER = 6.0  # of study that one answer measures
REVIEW_MINUTES = 10
COUNTS = (6, 10, 9, 17, 9, 9)


class Policy(StrEnum):
    PLAN = "plan"
    WEIGHT = "weight"
    RANDOM = "random"
    WEIGHT_KIT = "weight_kit"


def world_bank(world: World) -> Bank:
    """VARIANTS questions per fact, all of one difficulty: the model is told nothing about the learner's facts.

    Mastery is measured on the first variant of each, or it would take four times as long.
    """
    codes = [f"d{domain}" for domain in range(len(FOUNDATIONS))]
    topics = [(f"t{topic}", codes[domain]) for topic, domain in enumerate(world.domain_of)]
    subject = Subject.from_blueprint(list(zip(codes, WEIGHTS, strict=True)), topics)
    questions = [
        QuestionParameters(
            fact * VARIANTS + variant,
            int(world.domain_of[fact // FACTS_PER_TOPIC]),
            (fact // FACTS_PER_TOPIC,),
            guess=GUESS,
            published=variant == 0,
        )
        for fact in range(world.fact_count)
        for variant in range(VARIANTS)
    ]
    return compile_bank(subject, questions, DEFAULTS.replace(draws=DRAWS))


class PlanFollower:
    """Follows the adjusting plan day by day, knowing only answers."""

    def __init__(self, desk: Desk, bank: Bank, minutes: tuple[int, ...], exam_day: int, seed: int) -> None:
        self.desk, self.bank, self.seed = desk, bank, seed
        # What `engine.assessment.study_mastery` works out for the product, one answer at a time.
        self.tracker = Tracker(bank.following, start_state(bank.subject, bank.following.parameters))
        desk.heard = self._hear
        self.book = AnswerBook(desk.learner.world.fact_count)
        self.unmeasured = np.zeros(bank.subject.topic_count)
        self.minutes = np.zeros(bank.subject.topic_count)
        self.studied: dict[int, date] = {}
        self.domain_on: dict[int, date] = {}
        self.done: list[DoneDay] = []
        self.last_mock: date | None = None
        self.plan: tuple[Block, ...] = ()
        self.planned_for = -1
        self.base = PlanInput(
            today=START,
            domains=[DomainNeed(f"d{at}", f"d{at}", weight) for at, weight in enumerate(WEIGHTS)],
            topics=[],
            minutes_per_weekday=minutes,
            exam_on=START + timedelta(days=exam_day),
        )

    def _hear(
        self, facts: Integers, right: np.ndarray[tuple[int], np.dtype[np.bool_]], day: float, sitting: bool
    ) -> None:
        responses = self.book.note(facts, right, day, sitting)
        if sitting:
            self.tracker.sit(responses[0].at, responses)
        else:
            for response in responses:
                self.tracker.sit(response.at, [response])
        heard = MINUTES_PER_ANSWER * np.bincount(facts // FACTS_PER_TOPIC, minlength=len(self.unmeasured))
        self.unmeasured = np.maximum(self.unmeasured - heard, 0.0)

    def asked(self, day: int) -> PlanInput:
        """What the planner is told on a day."""
        today = START + timedelta(days=day)
        if self.tracker.answers:
            self.tracker.advance(day * SECONDS)
        state = self.tracker.state()
        sample = posterior_sample(self.tracker.bank, state, np.random.default_rng([self.seed, 3]))
        world = self.desk.learner.world
        topics = [
            TopicNeed(
                mastery.code,
                mastery.code,
                f"d{world.domain_of[at]}",
                marks_to_win=mastery.priority.marks * 100 / sum(COUNTS),
                weakness=mastery.weakness,
                uncertainty=mastery.sd,
                answers=mastery.answers,
                foundations=tuple(f"t{ground}" for ground in world.foundations[at]),
                notes_read=at in self.desk.read_topics,
                studied_on=self.studied.get(at),
                studied_minutes=float(self.minutes[at]),
                unmeasured_minutes=float(self.unmeasured[at]),
            )
            for at, mastery in enumerate(topic_mastery(self.tracker.bank, state, sample))
        ]
        due = self.desk.due_days(float(day))
        return replace(
            self.base,
            today=today,
            topics=topics,
            domains=[replace(d, last_studied_on=self.domain_on.get(at)) for at, d in enumerate(self.base.domains)],
            reviews_due={START + timedelta(days=on): count for on, count in due.items()},
            open_mistakes=len(self.desk.missed),
            last_mock_on=self.last_mock,
            done=self.done[-8:],
            previous=self.plan,
        )

    def study(self, day: int, share: float, replan: bool) -> float:
        """Do the first `share` of the day's plan; the minutes spent."""
        today = START + timedelta(days=day)
        stale = self.planned_for < 0 or day - self.planned_for >= REPLAN_EVERY
        if replan or stale:
            self.plan = make_plan(self.asked(day)).blocks
            self.planned_for = day
        blocks = [block for block in self.plan if block.day == today and block.minutes]
        left = share * sum(block.minutes for block in blocks)
        spent, named, reviewed = 0.0, dict[str, float](), False
        for block in blocks:
            minutes = min(block.minutes, left)
            if minutes < 5 or (block.kind in FULL_SITTINGS and minutes < block.minutes):
                continue
            self._do(block, minutes, day)
            left -= minutes
            spent += minutes
            reviewed |= block.kind == Kind.REVIEW
            if block.domain is not None:
                named[block.domain] = named.get(block.domain, 0.0) + minutes
                self.domain_on[int(block.domain[1:])] = today
        if spent:
            self.done.append(DoneDay(today, spent, named, reviewed))
        return spent

    def _do(self, block: Block, minutes: float, day: int) -> None:
        now = float(day)
        if block.topic is not None:
            topic = int(block.topic[1:])
            self.studied[topic] = block.day
            self.minutes[topic] += minutes
            if block.kind == Kind.READ:
                self.desk.read(topic, minutes, now)
                self.unmeasured[topic] += minutes
            else:
                self.desk.drill(topic, minutes, now)
        elif block.kind in FULL_SITTINGS:
            self.desk.sit(COUNTS, now)
            self.last_mock = block.day
            self.planned_for = -1
        elif block.kind == Kind.REVIEW:
            self.desk.review(minutes, now)
        elif block.kind == Kind.MISTAKES:
            self.desk.go_through_mistakes(minutes, now)
        else:
            self.desk.mixed(minutes, now)


class PlainFollower:
    """Studies by weight alone or at random, within the minutes it is given."""

    def __init__(self, desk: Desk, policy: Policy, sittings: frozenset[int]) -> None:
        self.desk, self.policy = desk, policy
        self.sittings = sittings if policy == Policy.WEIGHT_KIT else frozenset()
        world = desk.learner.world
        self.topics = [np.flatnonzero(world.domain_of == at).tolist() for at in range(len(WEIGHTS))]
        self.turn = [0] * len(WEIGHTS)
        self.given = np.zeros(len(WEIGHTS))

    def study(self, day: int, minutes: float) -> None:
        """Spend the day's minutes."""
        now = float(day)
        if day in self.sittings and minutes >= 105:
            self.desk.sit(COUNTS, now)
            minutes -= 105
        elif self.policy == Policy.WEIGHT_KIT:
            if self.desk.missed and minutes >= 40:
                self.desk.go_through_mistakes(30, now)
                minutes -= 30
            if (self.desk.asked_on >= 0).any() and minutes >= 2 * REVIEW_MINUTES:
                review = max(REVIEW_MINUTES, 0.2 * minutes)
                self.desk.review(review, now)
                minutes -= review
        while minutes >= 1:
            length = minutes if minutes < BLOCK + 10 else float(BLOCK)
            self._block(length, now)
            minutes -= length

    def _block(self, minutes: float, now: float) -> None:
        topic = self._topic(minutes)
        if topic not in self.desk.read_topics:
            self.desk.read(topic, minutes, now)
        else:
            self.desk.drill(topic, minutes, now)

    def _topic(self, minutes: float) -> int:
        if self.policy == Policy.RANDOM:
            return int(self.desk.rng.integers(self.desk.learner.world.topic_count))
        domain = int(np.argmin(self.given / np.array(WEIGHTS)))
        self.given[domain] += minutes
        topics = self.topics[domain]
        self.turn[domain] += 1
        return int(topics[(self.turn[domain] - 1) % len(topics)])
