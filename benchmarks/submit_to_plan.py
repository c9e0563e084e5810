"""From handing in a mock to a new weakness and plan: `python -m benchmarks.submit_to_plan [--attempts 50]`.

Real processes from the Procfile (gunicorn, Celery worker), PostgreSQL and a Redis of its own. One candidate takes
mock after mock through the API; the clock runs from the submit's first byte until the weakness and plan endpoints show
the new revision, asked for every 20 ms, and on until the plan's page was fetched with that revision on it.
"""

import argparse
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

import requests

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
            plan_page = Page(house.address, "efua.mensah@example.com", PASSWORD)
            times = [one_attempt(person, plan_page, number) for number in range(asked.attempts + 2)][2:]
        finally:
            house.stop()
    report(times)


class Page:
    """Somebody signed in at a browser; cookies are sent by hand, since theirs are for https alone."""

    def __init__(self, address: str, email: str, password: str) -> None:
        self.address, self.cookies = address, dict[str, str]()
        form = self._ask("GET", "/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.text)
        assert token is not None, "the sign-in page has a form"
        given = {"csrfmiddlewaretoken": token[1], "login": email, "password": password}
        answer = self._ask("POST", "/accounts/login/", given)
        assert answer.status_code == 302, f"signing in answered {answer.status_code}"

    def _ask(self, method: str, path: str, given: dict[str, str] | None = None) -> requests.Response:
        headers = {
            "X-Forwarded-Proto": "https",
            "Referer": self.address.replace("http://", "https://") + path,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        answer = requests.request(
            method, self.address + path, data=given, headers=headers, timeout=30, allow_redirects=False
        )
        self.cookies |= answer.cookies.get_dict()
        return answer

    def revision(self) -> int:
        """The number of the change that the plan's page shows."""
        shown = re.search(r"Revision (\d+)", self._ask("GET", "/plan/").text)
        return int(shown[1]) if shown else 0


def one_attempt(person: Person, plan_page: Page, number: int) -> tuple[float, float]:
    """Seconds from submit until both endpoints are new, and until the page is. The first two warm the processes up."""
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
    told = time.perf_counter() - began
    while plan_page.revision() <= revision:
        pause(began)
    return told, time.perf_counter() - began


def newest_revision(person: Person) -> int:
    answer = person.call("GET", "plan/revisions/").json()
    rows = answer["results"] if isinstance(answer, dict) else answer
    return rows[0]["number"] if rows else 0


def pause(began: float) -> None:
    if time.perf_counter() - began > 120:
        sys.exit("After 120 s there was nothing new: is the plan unchanged, or the worker dead?")
    time.sleep(0.02)


def report(times: list[tuple[float, float]]) -> None:
    print(f"submit → weakness and plan, PostgreSQL + Redis, n = {len(times)} attempts; goal: p95 < 2 s")
    for name, column in (("at the API", [told for told, _ in times]), ("on the page", [shown for _, shown in times])):
        column.sort()
        p95 = column[max(0, round(0.95 * len(column)) - 1)]
        print(f"  {name:11}  median {statistics.median(column):.2f} s   p95 {p95:.2f} s   longest {column[-1]:.2f} s")


if __name__ == "__main__":
    main()
