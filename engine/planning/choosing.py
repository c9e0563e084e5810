"""What to do next: the topic worth most per minute that the rules allow, and how to study it.

Foundations rule: a topic's first unpinned block comes after the first block of each of its
foundations (an earlier day, or earlier on the same day), unless the foundation is grounded already
(notes read, studied, or three answers and no weakness). A foundation is worth what it opens up.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from engine.planning.blocks import Block, Kind
from engine.planning.days import SHORTEST_BLOCK, round_up
from engine.planning.learning import Floats, Progress
from engine.planning.needs import ConfusionPair, LabOffer, PlanInput, TopicNeed, study_order

Flags = npt.NDArray[np.bool_]

STAY = 0.2  # a block leaves its day only for one worth this much more
FOUNDATION_SHARE = 0.95  # of what it opens up
READ_MINUTES = 45
READ_IF_WEAKNESS = 30
CONTRAST_MINUTES = 15
CONTRAST_GAP_DAYS = 7
MOST_CONTRASTS = 3
PAIR_SHARE = 0.5  # of a topic's marks that a pair wrong every time accounts for
STOP_BELOW = 0.02  # marks an hour: below this a day stays free


@dataclass(frozen=True, slots=True)
class Choice:
    """What to place: a topic, how, and for how long. `opens` is set if it is only a foundation."""

    topic: TopicNeed
    kind: Kind
    minutes: int
    opens: TopicNeed | None = None
    lab: LabOffer | None = None
    pair: ConfusionPair | None = None
    days_since: int | None = None  # since its last block in this plan


class Curriculum:
    """Topics with what has been met, read, practised and contrasted so far in the plan."""

    def __init__(self, asked: PlanInput) -> None:
        self.topics = list(asked.topics)
        self.by_code = {topic.code: topic for topic in self.topics}
        self.domain_of = [topic.domain for topic in self.topics]
        self.at = {topic.code: at for at, topic in enumerate(self.topics)}
        self.grounded = {topic.code for topic in self.topics if topic.is_grounded}
        self.familiar = {topic.code for topic in self.topics if topic.is_familiar}
        self.read = {topic.code for topic in self.topics if topic.notes_read}
        self.studied = {t.code for t in self.topics if t.notes_read or t.studied_on is not None}
        self.labs: dict[str, list[LabOffer]] = {}
        pinned = {block.lab for block in asked.pinned}
        for lab in asked.labs:
            if lab.topic in self.by_code and lab.code not in pinned:
                self.labs.setdefault(lab.topic, []).append(lab)
        self.pairs: dict[str, list[ConfusionPair]] = {}
        for pair in asked.pairs:
            if pair.topic in self.by_code and pair.answers > 0 and pair.wrong > 0:
                self.pairs.setdefault(pair.topic, []).append(pair)
        self.contrasts: dict[str, list[date]] = {}
        self.planned_on: dict[str, date] = {}
        self._later_first = study_order(self.topics)[::-1]
        self._refresh()

    def _refresh(self) -> None:
        """Which topics are open now, and which foundations are still missing."""
        self.missing = {code: self._missing(code) for code in self._later_first}
        self.is_open = np.array([not self.missing[topic.code] for topic in self.topics], bool)
        self.is_familiar = np.array([t.code in self.familiar for t in self.topics], bool)

    def _missing(self, code: str) -> list[str]:
        known = self.by_code
        return [f for f in known[code].foundations if f in known and f not in self.grounded]

    def meet(self, block: Block) -> None:
        """A block on a topic lies in the plan from here on."""
        code = block.topic
        if code is None:
            return
        if code not in self.by_code:
            return
        is_new = code not in self.grounded or code not in self.familiar
        self.grounded.add(code)
        self.familiar.add(code)
        self.studied.add(code)
        self.planned_on[code] = block.day
        if is_new:
            self._refresh()
        if block.kind == Kind.READ:
            self.read.add(code)
        if block.lab is not None:
            self.labs[code] = [lab for lab in self.labs.get(code, []) if lab.code != block.lab]
        if block.misconception is not None:
            self.contrasts.setdefault(block.misconception, []).append(block.day)

    def due_pair(self, code: str, on: date) -> ConfusionPair | None:
        """The pair of a topic most often confused, if it was not contrasted lately or enough."""
        open_pairs = []
        for pair in self.pairs.get(code, ()):
            days = self.contrasts.get(pair.code, [])
            if len(days) < MOST_CONTRASTS and all((on - day).days >= CONTRAST_GAP_DAYS for day in days):
                open_pairs.append(pair)
        return max(open_pairs, key=lambda pair: pair.wrong / pair.answers, default=None)

    def worth(self, progress: Progress, minutes: int, on: date) -> tuple[Floats, dict[str, str]]:
        """Marks a block on each topic would win, foundations raised to what they open up.

        Returns shape (n,), and for each raised foundation the topic it opens.
        """
        worth = progress.gain(minutes, on)
        for code in self.pairs:
            pair = self.due_pair(code, on)
            if pair is not None:
                worth[self.at[code]] *= 1.0 + PAIR_SHARE * pair.wrong / pair.answers
        opens: dict[str, str] = {}
        for code, missing in self.missing.items():
            for foundation in missing:
                raised = FOUNDATION_SHARE * worth[self.at[code]]
                if raised > worth[self.at[foundation]]:
                    worth[self.at[foundation]] = raised
                    opens[foundation] = code
        return worth, opens

    def able(self, in_taper: bool) -> Flags:
        """Topics that may be studied now: foundations met and, in the taper, nothing new."""
        return self.is_open & self.is_familiar if in_taper else self.is_open

    def able_domains(self, in_taper: bool) -> set[str]:
        return {self.domain_of[at] for at in np.flatnonzero(self.able(in_taper))}

    def among(self, domains: Collection[str], without: Collection[str]) -> Flags:
        """Topics of these domains that are not on the day yet."""
        return np.array([t.domain in domains and t.code not in without for t in self.topics], bool)


@dataclass(frozen=True, slots=True)
class Search:
    """What a choice may be: today's rules."""

    on: date
    domains: Collection[str]
    without: Collection[str]  # topics already on the day
    in_taper: bool
    free: int
    length: int
    before: Mapping[str, Block]  # the previous plan's blocks of this day, by topic
    soon: Collection[str]  # topics of the previous plan's blocks in the days after
    must: bool = False


def choose(curriculum: Curriculum, progress: Progress, search: Search) -> Choice | None:
    """The best block the rules allow, or None if none is worth STOP_BELOW marks an hour.

    A topic that the previous plan holds on this day counts STAY more, one that it holds soon after STAY less:
    the price of moving things.
    """
    worth, opens = curriculum.worth(progress, search.length, search.on)
    for code in search.before:
        at = curriculum.at.get(code)
        if at is not None:
            worth[at] *= 1.0 + STAY
    for code in search.soon:
        at = curriculum.at.get(code)
        if at is not None and code not in search.before:
            worth[at] /= 1.0 + STAY
    if not len(worth):
        return None
    allowed = curriculum.able(search.in_taper) & curriculum.among(search.domains, search.without)
    worth = np.where(allowed, worth, -1.0)
    best = int(np.argmax(worth))
    least = 0.0 if search.must else STOP_BELOW * search.length / 60.0
    if worth[best] < least:
        return None
    topic = curriculum.topics[best]
    opened = opens.get(topic.code)
    return way_to_study(curriculum, topic, search, curriculum.by_code[opened] if opened is not None else None)


def way_to_study(curriculum: Curriculum, topic: TopicNeed, search: Search, opens: TopicNeed | None) -> Choice:
    """Read first what is unread and not yet strong, then practise by hand, contrast, drill."""
    code, length = topic.code, search.length
    kept = search.before.get(code)
    if kept is not None and SHORTEST_BLOCK <= kept.minutes <= search.free and not search.must:
        left = search.free - kept.minutes
        length = kept.minutes if left > SHORTEST_BLOCK else search.free
    unread = code not in curriculum.read and not search.in_taper
    first = code not in curriculum.studied
    if unread and first and (topic.weakness >= READ_IF_WEAKNESS or topic.answers < 3):
        return Choice(topic, Kind.READ, min(length, READ_MINUTES), opens)
    labs = () if search.in_taper or first else curriculum.labs.get(code, ())
    for lab in labs:
        if round_up(lab.minutes) <= search.free and not search.must:
            return Choice(topic, Kind.LAB, round_up(lab.minutes), opens, lab=lab)
    pair = curriculum.due_pair(code, search.on)
    if pair is not None:
        return Choice(topic, Kind.CONTRAST_DRILL, min(length, CONTRAST_MINUTES), opens, pair=pair)
    before = curriculum.planned_on.get(code)
    days_since = None if before is None else (search.on - before).days
    return Choice(topic, Kind.DRILL, length, opens, days_since=days_since)
