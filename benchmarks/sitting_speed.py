"""Starting and handing in a mock against bare views of the same: `python -m benchmarks.sitting_speed [--pairs 10]`.

Servers stand side by side (`benchmarks.side_by_side`): the house, and a bare view (`benchmarks.bare_view.sittings`)
that reads and writes the same rows in a few hand-written statements; once it also reads the texts for its reply, which
the house's carries, and once it leaves them out. In each round every candidate starts a mock, the database fills in
the answers, and it is handed in; then all of it is deleted, so that rounds are alike. No worker runs: analysing is not
part of handing in.
"""

import argparse
import statistics
from collections.abc import Callable

from benchmarks.side_by_side import HOUSE, SERVER, Browser, browsers, per_second, ratio, standing
from benchmarks.table import markdown

BARE, ROWS_ONLY = "bare view", "bare view, rows only"
SETTINGS = {HOUSE: "prep.settings", BARE: "benchmarks.bare_view.settings"}
QUERIES = {HOUSE: "", BARE: "", ROWS_ONLY: "?rows-only"}
AT_ONCE = 8
ANSWERED = "UPDATE exams_attemptquestion SET selected = jsonb_build_array(option_order -> 0), revision = 1"
DELETED = "TRUNCATE exams_attempt CASCADE"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--candidates", type=int, default=48, help="who each start and hand in one mock in a round")
    parser.add_argument("--database-server", default=SERVER)
    asked = parser.parse_args()
    with standing(asked.database_server, SETTINGS) as houses:
        people = browsers(asked.candidates)
        for house in houses.values():
            house.start("web")
        ports = {name: houses[HOUSE if name == HOUSE else BARE].port for name in QUERIES}
        starts: dict[str, list[float]] = {name: [] for name in QUERIES}
        submits: dict[str, list[float]] = {name: [] for name in QUERIES}
        # The first two rounds warm every process up.
        for number in range(asked.pairs + 2):
            for name in list(QUERIES)[:: 1 if number % 2 else -1]:
                started, submitted = one_round(people, ports[name], QUERIES[name])
                if number >= 2:
                    starts[name].append(started)
                    submits[name].append(submitted)
    report("start", starts)
    report("submit", submits)


def one_round(people: list[Browser], port: int, query: str) -> tuple[float, float]:
    """Starts per second and submits per second."""
    attempts: dict[str, str] = {}

    def start(browser: Browser) -> None:
        path = f"/api/v1/attempts/{query}"
        attempts[browser.user_id] = browser.ask(port, "POST", path, {"kind": "mock"}, 201)["id"]

    def submit(browser: Browser) -> None:
        path = f"/api/v1/attempts/{attempts[browser.user_id]}/submit/{query}"
        browser.ask(port, "POST", path, {}, 200)

    started = per_second(shared_out(people, start))
    execute(ANSWERED)
    submitted = per_second(shared_out(people, submit))
    for browser in people:
        browser.close()
    execute(DELETED)
    return started, submitted


def shared_out(people: list[Browser], do: Callable[[Browser], None]) -> list[Callable[[], int]]:
    """The people dealt to so many callers, each of which goes through its own."""

    def caller(own: list[Browser]) -> Callable[[], int]:
        def run() -> int:
            for browser in own:
                do(browser)
            return len(own)

        return run

    return [caller(people[first::AT_ONCE]) for first in range(AT_ONCE)]


def execute(statement: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)


def report(what: str, rates: dict[str, list[float]]) -> None:
    rows = [
        {
            "server": name,
            f"{what}s/s (median)": round(statistics.median(rates[name]), 1),
            "house ÷ it": ratio(rates, HOUSE, name),
        }
        for name in rates
    ]
    print(f"\n{what}, {AT_ONCE} at once, geometric mean of n = {len(rates[HOUSE])} alternating rounds\n")
    print(markdown(list(rows[0]), rows), flush=True)


if __name__ == "__main__":
    main()
