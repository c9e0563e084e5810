"""Everybody's timetable: when they begin, what they do from then on, when they hand in."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.full_house.browser import Browser
from benchmarks.full_house.ledger import Ledger
from benchmarks.full_house.people import Person
from benchmarks.full_house.wire import Router

# One act every so many seconds: an answer, a flag, an option struck out, a word on how sure one is.
PAUSES = (10.0, 30.0)
LINGER_SHARE = 0.3
# A browser opens at most this many connections to one address.
BROWSER_LINKS = 6


@dataclass(frozen=True, slots=True)
class Timetable:
    """Seconds of each part, and shares of the crowd. `links` 0: everybody has connections of their own, no router."""

    starts: float = 60.0
    steady: float = 120.0
    submits: float = 60.0
    offline_share: float = 0.05
    offline_seconds: tuple[float, float] = (20.0, 45.0)
    reload_share: float = 0.02
    cold_share: float = 0.0
    links: int = 100

    @property
    def seconds(self) -> float:
        return self.starts + self.steady + self.submits


@dataclass
class Crowd:
    """All candidates of one run. `pace` 2.0 halves every pause; `go_at` changes it while they sit."""

    people: Sequence[Person]
    port: int
    times: Timetable
    seed: int = 0
    pace: float = 1.0
    ledger: Ledger = field(default_factory=Ledger)
    browsers: list[Browser] = field(default_factory=list)
    began_at: float = 0.0
    longest_lag: float = 0.0
    routers: list[Router] = field(default_factory=list)

    async def sit(self, patience: float = 120.0) -> None:
        """From the first start to the last insight. Who is not done `patience` seconds after the plan is an error."""
        self.began_at = time.monotonic()
        watch = asyncio.create_task(self._watch_lag())
        shared = Router(self.port, self.times.links) if self.times.links else None
        sittings = []
        for number, person in enumerate(self.people):
            router = shared or Router(self.port, BROWSER_LINKS)
            if not shared or not self.routers:
                self.routers.append(router)
            rng = random.Random(f"{self.seed} {number}")
            browser = Browser(person, router, self.ledger, rng)
            browser.pace = self.pace
            self.browsers.append(browser)
            sittings.append(asyncio.create_task(self._one(browser, number)))
        _, late = await asyncio.wait(sittings, timeout=self.times.seconds + patience)
        watch.cancel()
        await self._settle(sittings, late)

    def go_at(self, pace: float) -> None:
        self.pace = pace
        for browser in self.browsers:
            browser.pace = pace

    async def _settle(self, sittings: list[asyncio.Task[None]], late: set[asyncio.Task[None]]) -> None:
        for sitting in late:
            sitting.cancel()
            self.ledger.wrong("sitting", "not done in time")
        for outcome in await asyncio.gather(*sittings, return_exceptions=True):
            if isinstance(outcome, Exception):
                self.ledger.wrong("sitting", repr(outcome)[:200])
        for browser in self.browsers:
            browser.close()
        for router in self.routers:
            router.close()

    async def _one(self, browser: Browser, number: int) -> None:
        times, rng = self.times, browser.rng
        start_at = self.began_at + times.starts * (number + rng.random()) / len(self.people)
        submit_at = self.began_at + times.starts + times.steady + times.submits * rng.random()
        await _until(start_at)
        await browser.start(start_at, cold=rng.random() < times.cold_share)
        network = asyncio.create_task(self._network(browser, submit_at))
        await self._answer(browser, submit_at)
        await network
        await browser.submit()
        await browser.look_at_result()

    async def _answer(self, browser: Browser, submit_at: float) -> None:
        rng = browser.rng
        position = 1
        while True:
            pause = rng.uniform(*PAUSES) / self.pace
            if time.monotonic() + pause > submit_at:
                return await _until(submit_at)
            await asyncio.sleep(pause)
            question = browser.questions[position]
            question["seconds_spent"] += round(pause)
            if await self._act(browser, position):
                position = position % len(browser.questions) + 1
        return None

    async def _act(self, browser: Browser, position: int) -> bool:
        """One thing that people do at a question; whether they go on to the next."""
        rng, question = browser.rng, browser.questions[position]
        options = [option["id"] for option in question["options"]]
        dice = rng.random()
        if dice < 0.1:
            browser.change(position, flagged=not question["flagged"])
        elif dice < 0.2:
            spare = [option for option in options if option not in question["selected"]]
            browser.change(position, eliminated=[rng.choice(spare)])
        elif dice < 0.3:
            browser.change(position, confidence=rng.choice(["guess", "unsure", "sure"]))
        else:
            chosen = rng.sample(options, question["select_count"])
            for count in range(1, len(chosen) + 1):
                # Two clicks where two are asked for, each a save.
                browser.change(position, selected=sorted(chosen[:count]))
                if count < len(chosen):
                    await asyncio.sleep(rng.uniform(1, 3) / self.pace)
            if rng.random() < LINGER_SHARE:
                # pace.js: who stays for three seconds and more tells the time spent when going on.
                await asyncio.sleep(rng.uniform(3, 6) / self.pace)
                browser.change(position)
        return dice >= 0.3

    async def _network(self, browser: Browser, submit_at: float) -> None:
        """Some load the page again; some lose the network for a while, once."""
        times, rng = self.times, browser.rng
        dice = rng.random()
        if dice < times.reload_share:
            await _until(rng.uniform(time.monotonic(), submit_at))
            await browser.reload()
        if dice >= times.offline_share:
            return
        away = rng.uniform(*times.offline_seconds)
        latest = submit_at - away - 1
        now = time.monotonic()
        if latest <= now:
            return
        await _until(rng.uniform(now, latest))
        browser.go_offline()
        await asyncio.sleep(away)
        await browser.come_back()

    async def _watch_lag(self) -> None:
        """How late this very program is: what it adds to every figure at most."""
        while True:
            due = time.monotonic() + 0.05
            await asyncio.sleep(0.05)
            self.longest_lag = max(self.longest_lag, time.monotonic() - due)


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - time.monotonic()))
