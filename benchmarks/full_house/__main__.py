"""1,500 candidates at once, on real processes: `python -m benchmarks.full_house [--candidates 1500] [--help]`.

gunicorn and one Celery worker from the Procfile, a PostgreSQL database and a Redis of their own. Everybody starts a
mock within a minute, acts every 10 to 30 s, some go offline and come back, all submit within a minute and read their
result until the worker has followed. Afterwards every acknowledged save is looked up and `check_invariants` runs.

Requests go through a pool of kept connections, as a router keeps them; a request's time begins when the candidate
acted and includes waiting for a connection. `--links 0` gives every candidate connections of their own.
"""

import argparse
import asyncio
import contextlib
import os
import resource
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.full_house import limits, proof, report
from benchmarks.full_house.crowd import Crowd, Timetable
from benchmarks.full_house.machine import Watch
from benchmarks.full_house.people import make_people
from tests.processes import House, OwnRedis, heroku_like, own_database, own_redis

SERVER = "postgresql://postgres@127.0.0.1:5432/postgres"
RUSH_RATES = (25, 33, 50, 67)
RUSH_SECONDS = 10.0


def asked_for() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--candidates", type=int, default=1500)
    parser.add_argument("--starts", type=float, default=60, help="seconds in which all start")
    parser.add_argument("--steady", type=float, default=120, help="seconds between the last start and the first end")
    parser.add_argument("--submits", type=float, default=60, help="seconds in which all submit")
    parser.add_argument("--links", type=int, default=100, help="connections that the router keeps; 0: no router")
    parser.add_argument("--cold", type=float, default=0.0, help="share whose browser has none of the room's files yet")
    parser.add_argument("--redis-frozen", type=float, default=0, help="seconds of frozen Redis from the last start on")
    parser.add_argument("--kill-web", action="store_true", help="kill -9 one web process in the middle")
    parser.add_argument("--climb", action="store_true", help="act as if ever more sat, instead of a steady part")
    parser.add_argument("--rush", action="store_true", help="only starts, ever more of them a second")
    parser.add_argument("--worker-seconds", type=float, default=600, help="how long the worker may take to follow")
    parser.add_argument("--database-server", default=SERVER)
    return parser.parse_args()


def main() -> None:
    asked = asked_for()
    # Told to stop, it stops what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to stop"))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if hard != resource.RLIM_INFINITY else max(soft, 65536), hard))
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(own_database(asked.database_server))
        redis = stack.enter_context(own_redis())
        house = House(heroku_like(url, redis.url, folder / "var"), folder)
        house.manage("collectstatic", "--no-input", "--verbosity", "0")
        house.run_line("release")
        stack.callback(house.stop)
        house.start("web")
        house.start("worker")
        groups = {name: process.pid for name, process in house.processes.items()}
        watch = Watch(groups, urlsplit(url).path.lstrip("/"))
        watch.start()
        stack.callback(watch.stop)
        sys.exit(0 if (rush if asked.rush else sitting)(asked, house, redis, watch) else 1)


def rush(asked: argparse.Namespace, house: House, redis: OwnRedis, watch: Watch) -> bool:
    people = make_people(house.env, round(sum(RUSH_RATES) * RUSH_SECONDS))
    asyncio.run(limits.rush(people, house.port, RUSH_RATES, RUSH_SECONDS, watch, asked.links))
    return True


def sitting(asked: argparse.Namespace, house: House, redis: OwnRedis, watch: Watch) -> bool:
    """Whether nothing went wrong and nothing was lost."""
    times = Timetable(asked.starts, asked.steady, asked.submits, cold_share=asked.cold, links=asked.links)
    if asked.climb:
        times = replace(times, steady=limits.STEP_SECONDS * len(limits.LEVELS))
    crowd = Crowd(make_people(house.env, asked.candidates), house.port, times)
    asyncio.run(sit_through(crowd, asked, house, redis))
    report.print_latencies(crowd)
    report.print_parts(crowd, watch)
    report.print_course(crowd, watch)
    if asked.climb:
        limits.print_climb(crowd, watch)
    report.print_troubles(crowd)
    url = house.env["DATABASE_URL"]
    followed_after = proof.wait_for_the_worker(url, asked.worker_seconds)
    report.print_followed(list(proof.followed(url, crowd.ledger)), followed_after)
    lost = proof.missing(url, crowd.ledger)
    print(f"acknowledged and not stored: {len(lost)}", *lost[:10], sep="\n  ")
    checked = invariants(house)
    clean = not crowd.ledger.errors and (bool(asked.redis_frozen) or asked.kill_web or not crowd.ledger.retried)
    return clean and not lost and checked and followed_after is not None


async def sit_through(crowd: Crowd, asked: argparse.Namespace, house: House, redis: OwnRedis) -> None:
    """The crowd, and what is to befall it meanwhile."""
    befalls = []
    if asked.climb:
        befalls.append(asyncio.create_task(limits.climb(crowd)))
    if asked.redis_frozen:
        befalls.append(asyncio.create_task(freeze(redis, asked.starts, asked.redis_frozen)))
    if asked.kill_web:
        befalls.append(asyncio.create_task(kill_one(house, asked.starts + asked.steady / 2)))
    await crowd.sit()
    await asyncio.gather(*befalls)


async def freeze(redis: OwnRedis, after: float, seconds: float) -> None:
    await asyncio.sleep(after)
    redis.freeze()
    try:
        await asyncio.sleep(seconds)
    finally:
        redis.thaw()
    print(f"Redis was frozen for {seconds:g} s")


async def kill_one(house: House, after: float) -> None:
    await asyncio.sleep(after)
    master = house.processes["web"].pid
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    os.kill(int(children[0]), signal.SIGKILL)
    print(f"one of {len(children)} web processes was killed")


def invariants(house: House) -> bool:
    done = subprocess.run(
        [sys.executable, "manage.py", "check_invariants"],
        env=house.env,
        capture_output=True,
        text=True,
        check=False,
    )
    print(done.stdout.strip(), done.stderr.strip()[-1000:])
    return done.returncode == 0


if __name__ == "__main__":
    main()
