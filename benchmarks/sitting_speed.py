"""Starting and handing in a mock against bare views of the same: `python -m benchmarks.sitting_speed [--pairs 10]`.

Servers stand side by side (`benchmarks.side_by_side`): the house, and a bare view (`benchmarks.bare_view.sittings`)
that reads and writes the same rows in a few hand-written statements. Both answer in two ways: with all texts, as a
client of the API gets them, and with the rows alone, as the pages ask (the house: `Prefer: return=minimal`). A third
bare view writes the rows through the ORM, as a plain Django view would.

In each round every candidate starts a mock, the database fills in the answers, and it is handed in; then all of it is
deleted, so that rounds are alike. No worker runs: analysing is not part of handing in.
"""

import argparse
import statistics
from collections.abc import Callable

from benchmarks.side_by_side import HOUSE, SERVER, Browser, browsers, per_second, ratio, standing
from benchmarks.table import markdown

HOUSE_ROWS = "house, rows only"
BARE, BARE_ROWS, ORM_ROWS = "bare view", "bare view, rows only", "bare view by the ORM, rows only"
SETTINGS = {HOUSE: "prep.settings", BARE: "benchmarks.bare_view.settings"}
# How each is asked: the query of the address, more headers.
ASKED = {
    HOUSE: ("", ""),
    HOUSE_ROWS: ("", "Prefer: return=minimal\r\n"),
    BARE: ("", ""),
    BARE_ROWS: ("?rows-only", ""),
    ORM_ROWS: ("?rows-only&by-orm", ""),
}
COMPARED = [(HOUSE, BARE), (HOUSE_ROWS, BARE_ROWS), (HOUSE_ROWS, ORM_ROWS)]
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
        ports = {name: houses[HOUSE if name in (HOUSE, HOUSE_ROWS) else BARE].port for name in ASKED}
        starts: dict[str, list[float]] = {name: [] for name in ASKED}
        submits: dict[str, list[float]] = {name: [] for name in ASKED}
        # The first two rounds warm every process up.
        for number in range(asked.pairs + 2):
            for name in list(ASKED)[:: 1 if number % 2 else -1]:
                started, submitted = one_round(people, ports[name], *ASKED[name])
                if number >= 2:
                    starts[name].append(started)
                    submits[name].append(submitted)
    report("start", starts)
    report("submit", submits)


def one_round(people: list[Browser], port: int, query: str, headers: str) -> tuple[float, float]:
    """Starts per second and submits per second."""

    def start(browser: Browser) -> None:
        browser.ask(port, "POST", f"/api/v1/attempts/{query}", {"kind": "mock"}, 201, headers)

    def submit(browser: Browser) -> None:
        expected = 204 if headers else 200
        browser.ask(port, "POST", f"{browser.location}submit/{query}", {}, expected, headers)

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
            "house": house,
            "per second (median)": round(statistics.median(rates[house]), 1),
            "beside": other,
            "its per second": round(statistics.median(rates[other]), 1),
            "house ÷ it": round(ratio(rates, house, other), 2),
        }
        for house, other in COMPARED
    ]
    print(f"\n{what}, {AT_ONCE} at once, geometric mean of n = {len(rates[HOUSE])} alternating rounds\n")
    print(markdown(list(rows[0]), rows), flush=True)


if __name__ == "__main__":
    main()
