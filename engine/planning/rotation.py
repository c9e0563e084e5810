"""Which domains may, and which must, be studied on a day.

Run rule: no domain on more than two study days running. A study day is a date with at least one
block of 1 minute or more, whatever lies between; a domain is on it if a block names the domain.
Mixed blocks (reviews, mistakes, mixed drills, full sittings) are on no domain. What was done before
today counts. With one domain in the blueprint the rule says nothing.

Untouched rule: no domain without a block naming it for more than 7 calendar days. The count starts
on its last studied day, or on the plan's first day if that is longer ago or never was. Where the
two rules contradict each other (one study day a week), the run rule holds, since it can always be
kept, and the plan names the gap.

Fair share: every domain gets at least FLOOR_SHARE of what its exam weight alone would give it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import accumulate, pairwise

from engine.planning.needs import DomainNeed, PlanInput

LONGEST_GAP_DAYS = 7
LONGEST_RUN = 2
FLOOR_SHARE = 0.4


def most_domains_a_day(count: int) -> int:
    """Two thirds of the domains: so many can be studied every day without breaking the run rule."""
    return max(1, 2 * count // 3)


class Rotation:
    """Keeps both rules and the fair share while days are filled in order."""

    def __init__(self, asked: PlanInput, slots: Mapping[date, int]) -> None:
        """slots: how many different domains each date of the plan could hold."""
        with_work = {topic.domain for topic in asked.topics}
        self.domains = [d for d in asked.domains if d.code in with_work]
        self.codes = [domain.code for domain in self.domains]
        self.most_a_day = most_domains_a_day(len(self.codes))
        weights = sum(domain.weight_percent for domain in self.domains) or 1.0
        self.weight = {d.code: d.weight_percent / weights for d in self.domains}
        self.given = {code: float(sum(done.by_domain.get(code, 0.0) for done in asked.done)) for code in self.codes}
        self.dates = [on.toordinal() for on in sorted(slots)]
        self.slots_to = [0, *accumulate(slots[on] for on in sorted(slots))]
        self.pinned = _pinned_domains(asked)
        self.study_dates = sorted({on for on, count in slots.items() if count} | set(self.pinned))
        self.deadline = _first_deadlines(asked, self.domains)
        self.touched = {d.code: d.last_studied_on for d in self.domains}
        self.recent: list[frozenset[str]] = [
            frozenset(code for code, minutes in done.by_domain.items() if minutes > 0)
            for done in sorted(asked.done, key=lambda done: done.day)
            if done.minutes > 0 and done.day < asked.today
        ][-LONGEST_RUN:]

    def blocked(self, on: date) -> frozenset[str]:
        """Domains that would be on a third study day running, pinned blocks ahead included."""
        if len(self.codes) < 2:
            return frozenset()
        none: frozenset[str] = frozenset()
        before, last = [none, none, *self.recent][-LONGEST_RUN:]
        at = bisect_right(self.study_dates, on)
        ahead = [self.pinned.get(day, none) for day in self.study_dates[at : at + LONGEST_RUN]]
        following, after = [*ahead, none, none][:LONGEST_RUN]
        return (before & last) | (last & following) | (following & after)

    def allowed(self, on: date, today: Collection[str]) -> set[str]:
        """Domains that a further block may name, given those already on the day."""
        free = set(self.codes) - self.blocked(on)
        return free if len(set(today)) < self.most_a_day else free & set(today)

    def required(self, on: date, able: Collection[str]) -> list[str]:
        """Domains that must be touched today, or some deadline could not be met later.

        Earliest deadline first: if k of the `able` domains are due by a date and the days after
        today up to it hold only j of them, the k − j most urgent must come today. Deadlines after the last
        day of the plan bind nobody.
        """
        due = sorted(
            (self.deadline[code], at, code)
            for at, code in enumerate(self.codes)
            if code in able and self.deadline[code] <= self.dates[-1]
        )
        to_today = self.slots_to[bisect_right(self.dates, on.toordinal())]
        must = 0
        for rank, (deadline, _, _) in enumerate(due, start=1):
            later = self.slots_to[bisect_right(self.dates, deadline)] - to_today
            must = max(must, rank - max(later, 0))
        return [code for _, _, code in due[:must]]

    def short_of_share(self, able: Collection[str], block_minutes: int) -> str | None:
        """The domain furthest below its floor by a whole block or more, if there is one."""
        total = sum(self.given.values())
        short = {
            code: FLOOR_SHARE * self.weight[code] * total - self.given[code] for code in self.codes if code in able
        }
        if not short:
            return None
        worst = max(short, key=lambda code: short[code])
        return worst if short[worst] >= min(block_minutes, 15) else None

    def waited(self, code: str, on: date) -> int | None:
        """Days since the domain was last touched; None if never."""
        last = self.touched[code]
        return None if last is None else (on - last).days

    def touch(self, code: str, minutes: int, on: date) -> None:
        """A block naming the domain lies on this date."""
        if code not in self.given:
            return
        self.given[code] += minutes
        self.touched[code] = on
        self.deadline[code] = on.toordinal() + LONGEST_GAP_DAYS

    def close_day(self, domains: Collection[str]) -> None:
        """A study day is over; `domains` are those its blocks named."""
        self.recent = [*self.recent, frozenset(domains)][-LONGEST_RUN:]


def _first_deadlines(asked: PlanInput, domains: Sequence[DomainNeed]) -> dict[str, int]:
    """The last day, as an ordinal, for each domain's next block.

    A week after its last day; a week from today if that is over or never was, and then not later than
    the plan before had it, or daily planning would put it off for ever.
    """
    today = asked.today.toordinal()
    deadlines = {}
    for domain in domains:
        last = domain.last_studied_on
        if last is not None and last.toordinal() + LONGEST_GAP_DAYS >= today:
            deadlines[domain.code] = last.toordinal() + LONGEST_GAP_DAYS
            continue
        promised = [
            block.day.toordinal()
            for block in asked.previous
            if block.domain == domain.code and block.day >= asked.today
        ]
        deadlines[domain.code] = min([today + LONGEST_GAP_DAYS, *promised])
    return deadlines


def _pinned_domains(asked: PlanInput) -> dict[date, frozenset[str]]:
    pinned: dict[date, frozenset[str]] = {}
    for block in asked.pinned:
        if block.day >= asked.today and block.minutes > 0:
            named = {block.domain} if block.domain is not None else set()
            pinned[block.day] = pinned.get(block.day, frozenset()) | named
    return pinned


def long_gaps(touches: Mapping[str, Sequence[date]], first: date, last: date) -> list[tuple[str, date, int]]:
    """Waits longer than LONGEST_GAP_DAYS as (domain, waiting since, days), between two dates."""
    gaps = []
    for code, dates in touches.items():
        marks = [first, *sorted(dates), last]
        for since, until in pairwise(marks):
            if (until - since).days > LONGEST_GAP_DAYS:
                gaps.append((code, since, (until - since).days))
    return gaps
