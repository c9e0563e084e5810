"""From handing in a mock to a new weakness and plan: `python -m benchmarks.submit_to_plan [--attempts 50]`.

Real processes from the Procfile (gunicorn, Celery worker), PostgreSQL and a Redis of its own. One candidate takes
mock after mock through the API; the clock runs from the submit's first byte until the weakness and plan endpoints show
the new revision, asked for every 20 ms.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.processes import House, Person, heroku_like, own_database, own_redis

PASSWORD = "correct horse battery staple"
SERVER = "postgresql://postgres@127.0.0.1:5432/postgres"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--attempts", type=int, default=50)
    parser.add_argument("--database-server", default=SERVER)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, own_database(asked.database_server) as url, own_redis() as redis:
        house = House(heroku_like(url, redis.url, Path(folder) / "var"), Path(folder))
        house.manage("collectstatic", "--no-input", "--verbosity", "0")
        house.run_line("release")
        house.env["PREP_DEMO_PASSWORD"] = PASSWORD
        house.manage("seed_demo", "--anywhere")
        try:
            house.start("web")
            house.start("worker")
            person = Person(house.address, "efua.mensah@example.com", PASSWORD)
            times = [one_attempt(person, number) for number in range(asked.attempts + 2)][2:]
        finally:
            house.stop()
    report(times)


def one_attempt(person: Person, number: int) -> float:
    """Seconds from submit until both endpoints are new. The first two warm the processes up."""
    attempt = person.start_mock()
    # Other answers each time, so that the plan has something to follow.
    for question in attempt["questions"]:
        options = [option["id"] for option in question["options"]]
        first = (number + question["position"]) % (len(options) - question["select_count"] + 1)
        person.save(attempt["id"], question, options[first : first + question["select_count"]])
    weakness = person.call("GET", "weakness/").json().get("computed_at")
    revision = newest_revision(person)
    began = time.perf_counter()
    person.submit(attempt["id"])
    while person.call("GET", "weakness/").json().get("computed_at") in (None, weakness):
        pause(began)
    while newest_revision(person) == revision:
        pause(began)
    return time.perf_counter() - began


def newest_revision(person: Person) -> int:
    answer = person.call("GET", "plan/revisions/").json()
    rows = answer["results"] if isinstance(answer, dict) else answer
    return rows[0]["number"] if rows else 0


def pause(began: float) -> None:
    if time.perf_counter() - began > 120:
        sys.exit("After 120 s there was nothing new: is the plan unchanged, or the worker dead?")
    time.sleep(0.02)


def report(times: list[float]) -> None:
    times = sorted(times)
    p95 = times[max(0, round(0.95 * len(times)) - 1)]
    print(f"submit → weakness and plan, PostgreSQL + Redis, n = {len(times)} attempts")
    print(f"  median {statistics.median(times):.2f} s   p95 {p95:.2f} s   longest {times[-1]:.2f} s   goal: p95 < 2 s")


if __name__ == "__main__":
    main()
