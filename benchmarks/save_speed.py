"""Requests per second of saving an answer, against a bare view: `python -m benchmarks.save_speed [--pairs 10]`.

Servers stand side by side (`benchmarks.side_by_side`) and are asked in turn, one at a time: the house (session, CSRF,
lock, compare-and-set, log), a bare view that does one session-authenticated UPDATE of the same row, that view on
connections it trusts without asking, and that view behind the house's middleware and session. The last two say where
the rest goes. Each client has a candidate and a sitting of its own. `--lengths` compares papers of 20 and 120
questions instead.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import uuid4

from benchmarks.side_by_side import HOUSE, SERVER, Browser, browsers, per_second, ratio, standing
from benchmarks.table import markdown
from tests.processes import House

CLIENTS = (1, 8, 32)
LENGTHS = (20, 120)
MOCK_LENGTH = 60
BARE, TRUSTING, BEHIND = "bare view", "bare, connection trusted", "bare behind the house's middleware"
SETTINGS = {
    HOUSE: "prep.settings",
    BARE: "benchmarks.bare_view.settings",
    TRUSTING: "benchmarks.bare_view.settings_trusting",
    BEHIND: "benchmarks.bare_view.settings_house",
}


@dataclass
class Client:
    """One candidate at an attempt, who goes through the paper and answers again and again."""

    browser: Browser
    attempt_id: str
    options: dict[int, list[int]]
    revisions: dict[int, int] = field(default_factory=dict)
    sent: int = 0

    def save(self, port: int) -> None:
        position = self.sent % len(self.options) + 1
        options = self.options[position]
        self.sent += 1
        change = {
            "selected": [options[self.sent % len(options)]],
            "base_revision": self.revisions.get(position, 0),
            "save_id": str(uuid4()),
            "eliminated": [],
            "flagged": False,
            "confidence": "sure",
            "note": "",
            "seconds_spent": self.sent % 1000,
        }
        path = f"/api/v1/attempts/{self.attempt_id}/answers/{position}/"
        self.revisions[position] = self.browser.ask(port, "PUT", path, change, 200)["revision"]

    def saving(self, port: int, seconds: float) -> Callable[[], int]:
        """As many saves as fit in, one after the other."""

        def run() -> int:
            until, count = time.perf_counter() + seconds, 0
            while time.perf_counter() < until:
                self.save(port)
                count += 1
            return count

        return run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each measurement")
    parser.add_argument("--clients", type=int, nargs="*", default=CLIENTS)
    parser.add_argument("--lengths", action="store_true", help=f"papers of {LENGTHS} questions, the house alone")
    parser.add_argument("--database-server", default=SERVER)
    asked = parser.parse_args()
    with standing(asked.database_server, {HOUSE: SETTINGS[HOUSE]} if asked.lengths else SETTINGS) as houses:
        groups = {str(length): clients(8, length) for length in LENGTHS} if asked.lengths else {}
        everybody = [] if asked.lengths else clients(max(asked.clients), MOCK_LENGTH)
        for house in houses.values():
            house.start("web")
        if asked.lengths:
            report_lengths(measure({name: (houses[HOUSE], group) for name, group in groups.items()}, asked))
            return
        for count in asked.clients:
            report(count, measure({name: (house, everybody[:count]) for name, house in houses.items()}, asked))


def clients(count: int, length: int) -> list[Client]:
    """So many candidates, each in a timed sitting of so many questions."""
    import numpy as np
    from django.db import connection
    from django.utils import timezone

    from accounts.models import User
    from exams.services import start_sitting
    from questions.selectors import current_blueprint, drawable_questions

    rng, now = np.random.default_rng(), timezone.now()
    drawable = [question.version_id for question in drawable_questions(current_blueprint(), now.date())]
    found = []
    for browser in browsers(count):
        attempt = start_sitting(
            candidate=User.objects.get(pk=browser.user_id),
            kind="drill",
            version_ids=[int(pk) for pk in rng.choice(drawable, length, replace=False)],
            now=now,
            rng=rng,
            focus={},
            is_tutored=False,
            question_target=length,
            deadline_minutes=105,
        )
        found.append(Client(browser, str(attempt.pk), dict(attempt.questions.values_list("position", "option_order"))))
    connection.close()
    return found


def measure(asked: Mapping[str, tuple[House, list[Client]]], options: argparse.Namespace) -> dict[str, list[float]]:
    """By name, requests per second in each round; the order turns about from round to round."""

    def rate(name: str, seconds: float) -> float:
        house, group = asked[name]
        return per_second([client.saving(house.port, seconds) for client in group])

    for name in asked:
        rate(name, options.seconds / 2)
    rates: dict[str, list[float]] = {name: [] for name in asked}
    for number in range(options.pairs):
        for name in list(asked)[:: 1 if number % 2 else -1]:
            rates[name].append(rate(name, options.seconds))
    return rates


def report(count: int, rates: dict[str, list[float]]) -> None:
    rows = [
        {
            "server": name,
            "requests/s (median)": round(statistics.median(rates[name])),
            "house ÷ it": ratio(rates, HOUSE, name),
        }
        for name in rates
    ]
    print(f"\n{count} client{'s' if count > 1 else ''}, geometric mean of n = {len(rates[HOUSE])} alternating rounds\n")
    print(markdown(list(rows[0]), rows), flush=True)


def report_lengths(rates: dict[str, list[float]]) -> None:
    short, long = (str(length) for length in LENGTHS)
    rows = [{"questions": name, "saves/s (median)": round(statistics.median(rates[name]))} for name in rates]
    print(f"\n8 clients, n = {len(rates[short])} alternating rounds\n")
    print(markdown(list(rows[0]), rows))
    print(f"\n{long} ÷ {short} questions: {ratio(rates, long, short):.3f}", flush=True)


if __name__ == "__main__":
    main()
