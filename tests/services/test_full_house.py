"""The full house in small, so that the benchmark cannot rot: a few candidates for a quarter of a minute."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest

from benchmarks.full_house import limits, proof, report
from benchmarks.full_house.__main__ import kill_one
from benchmarks.full_house.crowd import Crowd, Timetable
from benchmarks.full_house.ledger import Acknowledged
from benchmarks.full_house.machine import Watch
from benchmarks.full_house.people import make_people

pytestmark = [pytest.mark.services, pytest.mark.slow]
SMALL = Timetable(starts=3, steady=8, submits=3, offline_share=0.3, offline_seconds=(1, 2), reload_share=0.2, links=8)


def run(coroutine: Coroutine[Any, Any, Any]) -> None:
    """In a thread of its own: where a browser was driven before, this one has a loop that is still running."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(asyncio.run, coroutine).result()


@pytest.fixture
def watch(running):
    groups = {name: process.pid for name, process in running.processes.items()}
    watch = Watch(groups, urlsplit(running.env["DATABASE_URL"]).path.lstrip("/"))
    watch.start()
    yield watch
    watch.stop()


def test_full_house_works(running, watch, capsys):
    crowd = Crowd(make_people(running.env, 20), running.port, SMALL, pace=8.0)
    run(crowd.sit())
    ledger, url = crowd.ledger, running.env["DATABASE_URL"]
    assert (dict(ledger.errors), dict(ledger.retried)) == ({}, {})
    assert len(ledger.submitted) == len(ledger.seconds["start"]) == len(ledger.seconds["result page"]) == 20
    assert len(ledger.acknowledged) > 20
    assert ledger.seconds["save, held up"]
    assert proof.wait_for_the_worker(url, 60) is not None
    assert len(proof.followed(url, ledger)) == 20
    assert proof.missing(url, ledger) == []
    running.manage("check_invariants")
    report.print_latencies(crowd)
    report.print_parts(crowd, watch)
    report.print_course(crowd, watch)
    report.print_troubles(crowd)
    told = capsys.readouterr().out
    assert "p95 of a save:" in told
    assert "| steady | 8 |" in told
    assert "errors: 0; requests tried again: 0" in told


def test_what_is_not_stored_is_missed(running):
    """A proof that finds nothing wrong must be able to."""
    crowd = Crowd(
        make_people(running.env, 1), running.port, Timetable(starts=0, steady=3, submits=0, links=2), pace=20.0
    )
    run(crowd.sit())
    url, ledger = running.env["DATABASE_URL"], crowd.ledger
    assert proof.missing(url, ledger) == []
    true = ledger.acknowledged.pop()
    ledger.acknowledged.append(Acknowledged(true.attempt_id, true.position, true.revision + 1, true.save_id, (0,)))
    ledger.submitted.append("somebody's")
    assert len(proof.missing(url, ledger)) == 3


def test_killed_web_process_loses_nothing_of_a_full_house(running, capsys):
    crowd = Crowd(make_people(running.env, 20), running.port, SMALL, pace=8.0)

    async def sit() -> None:
        await asyncio.gather(crowd.sit(), kill_one(running, 6.0))

    run(sit())
    assert "one of 2 web processes was killed" in capsys.readouterr().out
    assert dict(crowd.ledger.errors) == {}
    assert len(crowd.ledger.submitted) == 20
    assert proof.missing(running.env["DATABASE_URL"], crowd.ledger) == []
    running.manage("check_invariants")


def test_limits_are_tabled(running, watch, capsys, monkeypatch):
    run(limits.rush(make_people(running.env, 6), running.port, (2, 4), 1.0, watch, 8))
    assert "| 2 | " in capsys.readouterr().out
    monkeypatch.setattr(limits, "LEVELS", (4, 32))
    monkeypatch.setattr(limits, "STEP_SECONDS", 4.0)
    times = Timetable(starts=1, steady=8, submits=1, links=8)
    crowd = Crowd(make_people(running.env, 4), running.port, times, pace=8.0)

    async def sit() -> None:
        await asyncio.gather(crowd.sit(), limits.climb(crowd))

    run(sit())
    limits.print_climb(crowd, watch)
    assert "| 32 | " in capsys.readouterr().out
