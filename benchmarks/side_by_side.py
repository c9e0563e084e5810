"""Servers with one gunicorn configuration side by side, asked in turn by browsers that keep their connection.

The house, and bare views of the same thing, each a process of the Procfile on one PostgreSQL. One is asked at a time;
the order turns about from round to round, and ratios are of one round.
"""

import contextlib
import json
import os
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.processes import House, heroku_like, own_database, own_redis

SERVER = "postgresql://postgres@127.0.0.1:5432/postgres"
HOUSE = "house"
# More than any run takes; a worker that lost its way must not hold the rest up.
SOCKET_SECONDS = 10


@dataclass
class Browser:
    """One candidate's browser, as behind a router: a session and a connection that is kept."""

    session: str
    user_id: str
    csrf: str = field(default_factory=lambda: uuid4().hex)
    link: socket.socket | None = None
    port: int = 0
    location: str = ""

    def ask(self, port: int, method: str, path: str, sent: Any, expected: int, more_headers: str = "") -> Any:
        """Send a request and read its answer, None without a body. Exits for any other status.

        Where the answer names an address, that is kept in `location`.
        """
        body = json.dumps(sent)
        request = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            "X-Forwarded-Proto: https\r\nOrigin: https://127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Accept: application/json\r\n"
            f"Cookie: __Host-sessionid={self.session}; __Host-csrftoken={self.csrf}\r\n"
            f"X-CSRFToken: {self.csrf}\r\n{more_headers}Content-Length: {len(body)}\r\n\r\n{body}"
        )
        head, answer = self._exchange(port, request.encode())
        if not head.startswith(f"HTTP/1.1 {expected}".encode()):
            print(f"refused: {head[:80]!r} {answer[:300]!r}", file=sys.stderr)
            sys.exit(1)
        if b"\r\nLocation: " in head:
            self.location = head.split(b"\r\nLocation: ")[1].split(b"\r\n")[0].decode()
        return json.loads(answer) if answer else None

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
        if names.startswith(b"http/1.1 204"):
            return head, b""
        if b"content-length:" not in names:
            self.close()
            return head, body
        length = int(names.split(b"content-length:")[1].split(b"\r\n")[0])
        parts, missing = [body], length - len(body)
        while missing > 0:
            parts.append(link.recv(65536))
            missing -= len(parts[-1])
        if b"connection: close" in names:
            self.close()
        return head, b"".join(parts)

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


@contextlib.contextmanager
def standing(database_server: str, settings: dict[str, str]) -> Iterator[dict[str, House]]:
    """Servers by name on a fresh database with the bank loaded; not started yet. This process can use the database."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(own_database(database_server))
        redis = stack.enter_context(own_redis())
        env = heroku_like(url, redis.url, folder / "var")
        houses = {}
        for name, module in settings.items():
            logs = folder / module
            logs.mkdir()
            houses[name] = House({**env, "DJANGO_SETTINGS_MODULE": module}, logs)
            stack.callback(houses[name].stop)
        houses[HOUSE].manage("collectstatic", "--no-input", "--verbosity", "0")
        houses[HOUSE].run_line("release")
        os.environ.update(env, DJANGO_SETTINGS_MODULE="prep.settings")
        import django

        django.setup()
        yield houses


def browsers(count: int) -> list[Browser]:
    """So many candidates, each signed in: at the house and, with the same session key, where Django keeps sessions."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore as DjangoStore

    from accounts.models import User
    from accounts.sessions import SessionStore

    found = []
    for _ in range(count):
        user = User.objects.create_user(f"{uuid4().hex}@example.com", uuid4().hex)
        own = SessionStore()
        own[SESSION_KEY] = str(user.pk)
        own[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        own[HASH_SESSION_KEY] = user.get_session_auth_hash()
        own.save()
        DjangoStore.get_model_class().objects.create(
            session_key=own.session_key or "",
            session_data=DjangoStore().encode(dict(own.items())),
            expire_date=own.get_expiry_date(),
        )
        found.append(Browser(own.session_key or "", str(user.pk)))
    return found


def per_second(calls: Sequence[Callable[[], int]]) -> float:
    """All calls at once, each in a thread and returning how many requests it made; requests per second of all."""
    counts: list[int | None] = [None] * len(calls)
    gate = threading.Barrier(len(calls) + 1)

    def run(index: int) -> None:
        gate.wait()
        counts[index] = calls[index]()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    gate.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if None in counts:
        sys.exit("a client was refused; see above")
    return sum(count or 0 for count in counts) / seconds


def ratio(rates: dict[str, list[float]], name: str, other: str) -> float:
    """Geometric mean of the rounds' ratios."""
    return statistics.geometric_mean([mine / its for mine, its in zip(rates[name], rates[other], strict=True)])
