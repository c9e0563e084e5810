"""Requests per second of saving an answer, against a bare view: `python -m benchmarks.save_speed [--pairs 10]`.

Real processes from the Procfile and PostgreSQL. Three servers with the same gunicorn configuration stand side by side
and are asked in turn, one at a time: the house (session, CSRF, lock, compare-and-set, log), a bare view that does one
session-authenticated UPDATE of the same row, and that bare view behind the house's middleware, which says where the
rest goes. Clients keep their connection, as a router does; each has a candidate and a mock of its own.
"""

import argparse
import contextlib
import json
import os
import socket
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from benchmarks.table import markdown
from tests.processes import House, heroku_like, own_database, own_redis

SERVER = "postgresql://postgres@127.0.0.1:5432/postgres"
CLIENTS = (1, 8, 32)
POSITIONS = 60
HOUSE, BARE, BEHIND = "house", "bare view", "bare view behind the house's middleware"
SETTINGS = {
    HOUSE: "prep.settings",
    BARE: "benchmarks.bare_view.settings",
    BEHIND: "benchmarks.bare_view.settings_house",
}
# More than any run takes; a worker that lost its way must not hold the rest up.
SOCKET_SECONDS = 10


@dataclass
class Client:
    """One candidate's browser: a session, a mock, and a connection that is kept."""

    attempt_id: str
    session: str
    options: dict[int, list[int]]
    csrf: str = field(default_factory=lambda: uuid4().hex)
    revisions: dict[int, int] = field(default_factory=dict)
    sent: int = 0
    link: socket.socket | None = None
    port: int = 0

    def save(self, port: int) -> None:
        """Send the next save and read its answer. Exits for anything but 200."""
        position = self.sent % POSITIONS + 1
        options = self.options[position]
        self.sent += 1
        body = json.dumps(
            {
                "selected": [options[self.sent % len(options)]],
                "base_revision": self.revisions.get(position, 0),
                "save_id": str(uuid4()),
                "eliminated": [],
                "flagged": False,
                "confidence": "sure",
                "note": "",
                "seconds_spent": self.sent % 1000,
            }
        )
        request = (
            f"PUT /api/v1/attempts/{self.attempt_id}/answers/{position}/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            "X-Forwarded-Proto: https\r\nOrigin: https://127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Cookie: __Host-sessionid={self.session}; __Host-csrftoken={self.csrf}\r\n"
            f"X-CSRFToken: {self.csrf}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        )
        head, answer = self._exchange(port, request.encode())
        if not head.startswith(b"HTTP/1.1 200"):
            sys.exit(f"refused: {head[:80]!r} {answer[:300]!r}")
        self.revisions[position] = json.loads(answer)["revision"]

    def _exchange(self, port: int, request: bytes) -> tuple[bytes, bytes]:
        """Head and body. A worker that retires closes the connection before it reads: then once more, anew."""
        for _ in range(3):
            with contextlib.suppress(ConnectionError):
                link = self._connect(port)
                link.sendall(request)
                received = link.recv(65536)
                while received and b"\r\n\r\n" not in received:
                    received += link.recv(65536)
                if received:
                    return self._rest(link, received)
            self.close()
        sys.exit("no connection to the server")

    def _rest(self, link: socket.socket, received: bytes) -> tuple[bytes, bytes]:
        head, _, body = received.partition(b"\r\n\r\n")
        names = head.lower()
        length = int(names.split(b"content-length:")[1].split(b"\r\n")[0])
        while len(body) < length:
            body += link.recv(65536)
        if b"connection: close" in names:
            self.close()
        return head, body

    def _connect(self, port: int) -> socket.socket:
        if self.link is None or self.port != port:
            self.close()
            self.link = socket.create_connection(("127.0.0.1", port), timeout=SOCKET_SECONDS)
            self.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.port = port
        return self.link

    def close(self) -> None:
        if self.link is not None:
            self.link.close()
            self.link = None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each measurement")
    parser.add_argument("--database-server", default=SERVER)
    asked = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(own_database(asked.database_server))
        redis = stack.enter_context(own_redis())
        env = heroku_like(url, redis.url, folder / "var")
        houses = {}
        for name, settings in SETTINGS.items():
            logs = folder / settings
            logs.mkdir()
            houses[name] = House({**env, "DJANGO_SETTINGS_MODULE": settings}, logs)
            stack.callback(houses[name].stop)
        houses[HOUSE].manage("collectstatic", "--no-input", "--verbosity", "0")
        houses[HOUSE].run_line("release")
        clients = people(env, max(CLIENTS))
        for house in houses.values():
            house.start("web")
        for count in CLIENTS:
            report(count, measure(houses, clients[:count], asked.pairs, asked.seconds))


def people(env: dict[str, str], count: int) -> list[Client]:
    """So many candidates, each signed in and in a mock."""
    os.environ.update(env, DJANGO_SETTINGS_MODULE="prep.settings")
    import django

    django.setup()
    import numpy as np
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import connection
    from django.utils import timezone

    from accounts.models import User
    from exams.services import start_mock

    rng = np.random.default_rng()
    clients = []
    for number in range(count):
        user = User.objects.create_user(f"candidate{number}@example.com", uuid4().hex)
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        attempt = start_mock(candidate=user, now=timezone.now(), rng=rng)
        options = dict(attempt.questions.values_list("position", "option_order"))
        clients.append(Client(str(attempt.pk), session.session_key or "", options))
    connection.close()
    return clients


def measure(houses: dict[str, House], clients: list[Client], pairs: int, seconds: float) -> dict[str, list[float]]:
    """By server, requests per second in each round; the order turns about from round to round."""
    for house in houses.values():
        requests_per_second(house.port, clients, seconds / 2)
    rates: dict[str, list[float]] = {name: [] for name in houses}
    for number in range(pairs):
        for name in list(houses)[:: 1 if number % 2 else -1]:
            rates[name].append(requests_per_second(houses[name].port, clients, seconds))
    return rates


def requests_per_second(port: int, clients: list[Client], seconds: float) -> float:
    counts = [0] * len(clients)
    gate = threading.Barrier(len(clients) + 1)
    until = [0.0]

    def run(index: int) -> None:
        gate.wait()
        while time.perf_counter() < until[0]:
            clients[index].save(port)
            counts[index] += 1

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(clients))]
    for thread in threads:
        thread.start()
    began = time.perf_counter()
    until[0] = began + seconds
    gate.wait()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - began)


def report(count: int, rates: dict[str, list[float]]) -> None:
    def ratio(name: str, other: str) -> float:
        return statistics.geometric_mean([mine / its for mine, its in zip(rates[name], rates[other], strict=True)])

    rows = [
        {
            "server": name,
            "requests/s (median)": round(statistics.median(rates[name])),
            "× bare view": ratio(name, BARE),
            "× bare behind middleware": ratio(name, BEHIND),
        }
        for name in rates
    ]
    print(f"\n{count} client{'s' if count > 1 else ''}, geometric mean of n = {len(rates[HOUSE])} alternating pairs\n")
    print(markdown(list(rows[0]), rows), flush=True)


if __name__ == "__main__":
    main()
