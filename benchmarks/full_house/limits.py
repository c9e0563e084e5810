"""Where it ends: ever shorter pauses while all sit, and ever more starts a second."""

import asyncio
import random
import time
from collections.abc import Sequence

from benchmarks.full_house.browser import Browser
from benchmarks.full_house.crowd import Crowd
from benchmarks.full_house.ledger import Ledger, percentile
from benchmarks.full_house.machine import PARTS, Watch
from benchmarks.full_house.people import Person
from benchmarks.full_house.wire import Router
from benchmarks.table import markdown

# As if so many sat: those who do act, and their pages beat, so many times as fast.
LEVELS = (1500, 2000, 2500, 3000, 4000, 5000)
STEP_SECONDS = 20.0


async def climb(crowd: Crowd) -> None:
    """Raise the pace step by step once everybody has started."""
    await asyncio.sleep(crowd.times.starts)
    before = crowd.pace
    for level in LEVELS:
        crowd.go_at(level / len(crowd.people))
        await asyncio.sleep(STEP_SECONDS)
    crowd.go_at(before)


def print_climb(crowd: Crowd, watch: Watch) -> None:
    rows = []
    since = crowd.began_at + crowd.times.starts
    for level in LEVELS:
        # The first seconds still show the step before: pauses that had begun.
        begin, until = since + STEP_SECONDS / 4, since + STEP_SECONDS
        saves = crowd.ledger.between("save", begin, until)
        rates = watch.rates(begin, until)
        row = {
            "as if candidates": str(level),
            "saves/s": f"{len(saves) / (until - begin):.0f}",
            **{f"p{100 * share:.0f} ms": f"{1000 * percentile(saves, share):.0f}" for share in (0.5, 0.95, 0.99)},
        }
        rows.append(row | {f"{part}, cores": f"{rates.get(part, 0):.2f}" for part in (*PARTS, "busy")})
        since = until
    print(markdown(list(rows[0]), rows))


async def rush(
    people: Sequence[Person], port: int, rates: Sequence[int], seconds: float, watch: Watch, links: int
) -> None:
    """Nothing but starts, at so many a second for so long, one rate after the other; prints a row for each."""
    rows, used = [], 0
    for rate in rates:
        count = round(rate * seconds)
        some, used = people[used : used + count], used + count
        ledger, router, began = Ledger(), Router(port, links), time.monotonic()
        browsers = [Browser(person, router, ledger, random.Random(number)) for number, person in enumerate(some)]

        async def one(browser: Browser, due_at: float) -> None:
            await asyncio.sleep(max(0.0, due_at - time.monotonic()))
            await browser.start(due_at, cold=False)
            browser.close()

        await asyncio.gather(*(one(browser, began + number / rate) for number, browser in enumerate(browsers)))
        ended = time.monotonic()
        router.close()
        rows.append(_rush_row(rate, ledger, watch.rates(began, ended), count / (ended - began)))
        await asyncio.sleep(2)
    print(markdown(list(rows[0]), rows))


def _rush_row(rate: int, ledger: Ledger, used: dict[str, float], done: float) -> dict[str, str]:
    starts = [seconds for _, seconds in ledger.seconds["start"]]
    rooms = [seconds for _, seconds in ledger.seconds["start until the room is open"]]
    row = {
        "starts/s asked": str(rate),
        "done": f"{done:.1f}",
        "n": str(len(starts)),
        "start p50 ms": f"{1000 * percentile(starts, 0.5):.0f}",
        "start p95 ms": f"{1000 * percentile(starts, 0.95):.0f}",
        "room open p95 ms": f"{1000 * percentile(rooms, 0.95):.0f}",
        "tried again": str(sum(ledger.retried.values()) + sum(ledger.errors.values())),
    }
    return row | {f"{part}, cores": f"{used.get(part, 0):.2f}" for part in (*PARTS, "busy")}
