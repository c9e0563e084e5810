"""Starts the real processes for tests: the Procfile's own lines, against a database of their own.

Everything listens on loopback, and everything that is started is stopped, also when a test fails.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import requests

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
SECRET = "a-key-for-tests-only-0123456789-abcdefghijklmnopqrstuvwxyz"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], Any], *, seconds: float, what: str) -> Any:
    """The first true value of `condition`. Raises AssertionError, saying what was waited for."""
    until = time.monotonic() + seconds
    while True:
        if value := condition():
            return value
        assert time.monotonic() < until, f"waited {seconds:g} s for {what}"
        time.sleep(0.05)


def procfile() -> dict[str, str]:
    lines = (ROOT / "Procfile").read_text().splitlines()
    return dict(line.split(": ", 1) for line in lines if line.strip())


@contextlib.contextmanager
def own_database(server_url: str, template: str | None = None) -> Iterator[str]:
    """A fresh PostgreSQL database on the given server, or a copy of one there; dropped afterwards."""
    name = f"prep_{uuid.uuid4().hex[:12]}"
    parts = urlsplit(server_url)

    def run(statement: str) -> None:
        connection = psycopg2.connect(urlunsplit(parts._replace(path="/postgres")))
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
        connection.close()

    run(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
    try:
        yield urlunsplit(parts._replace(path=f"/{name}"))
    finally:
        run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@dataclass
class OwnRedis:
    """A redis-server of the test's own, so that it may be stopped, frozen and emptied."""

    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        server = shutil.which("redis-server")
        assert server, "redis-server is needed"
        self.process = subprocess.Popen(
            [server, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
            stdout=subprocess.DEVNULL,
        )
        wait_for(self._answers, seconds=5, what="Redis")

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1) as link:
            link.sendall(b"PING\r\n")
            return link.recv(16).startswith(b"+PONG")
        return False

    def ask(self, *words: str) -> bytes:
        """One command; the first line of its reply, which begins with “-” when it is refused."""
        request = b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in (text.encode() for text in words))
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as link:
            link.sendall(b"*%d\r\n%s" % (len(words), request))
            return link.makefile("rb").readline().strip()

    def freeze(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        if self.process:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()
            self.process = None


@contextlib.contextmanager
def own_redis() -> Iterator[OwnRedis]:
    redis = OwnRedis(free_port())
    redis.start()
    try:
        yield redis
    finally:
        redis.stop()


@dataclass
class House:
    """One deployment: environment, web address, and the processes that run."""

    env: dict[str, str]
    logs: Path
    root: Path = ROOT
    port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    # Where certificate and key lie (`own_certificate`): a browser needs HTTPS for what production sets.
    tls: Path | None = None

    @property
    def address(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=self.root,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    def run_line(self, name: str) -> None:
        """Runs one Procfile line to its end, as the release phase does."""
        done = subprocess.run(
            procfile()[name], shell=True, cwd=self.root, env=self.env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]

    def start(self, name: str) -> None:
        """Starts one Procfile line in a process group of its own."""
        line = procfile()[name]
        if name == "web" and self.tls:
            line += f" --certfile {self.tls / 'certificate.pem'} --keyfile {self.tls / 'key.pem'}"
        with (self.logs / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                ["/bin/sh", "-c", f"exec env {line}"],
                cwd=self.root,
                env={**self.env, "PORT": str(self.port)},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        if name == "web":
            wait_for(self._is_alive, seconds=30, what="the web process")

    def _is_alive(self) -> bool:
        trusted = str(self.tls / "certificate.pem") if self.tls else True
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"{self.address}/healthz", timeout=2, verify=trusted).ok
        return False

    def kill(self, name: str) -> None:
        """`kill -9` of the process and all of its children."""
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def another_dyno(self) -> "House":
        """More processes of the same deployment, with a port and a disk of their own."""
        logs = self.logs / uuid.uuid4().hex[:6]
        logs.mkdir()
        return House({**self.env, "PREP_VAR": str(logs / "var")}, logs, self.root)

    def children(self, name: str) -> list[int]:
        """Process ids right below the process: gunicorn's workers."""
        master = self.processes[name].pid
        return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]

    def stop(self) -> None:
        """Ends everything at once: told to stop, an idle worker would wait 20 s for tasks to come home."""
        for name in list(self.processes):
            self.kill(name)

    def log(self, name: str) -> str:
        path = self.logs / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""


def own_certificate(folder: Path) -> Path:
    """A certificate that nobody trusts, for loopback alone; returns the folder. Needs `openssl`."""
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject, *files],
        check=True,
        capture_output=True,
    )
    return folder


def on_sqlite(var: Path) -> dict[str, str]:
    """Production with nothing at hand but Python: the embedded database and queue."""
    return {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "HOME": os.environ.get("HOME", "/"),
        "DJANGO_SECRET_KEY": SECRET,
        "PREP_VAR": str(var),
    }


def heroku_like(database_url: str, redis_url: str, var: Path) -> dict[str, str]:
    """Only what a dyno has: PATH, and the variables that Heroku sets. PREP_VAR keeps tests apart."""
    return {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "HOME": os.environ.get("HOME", "/"),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "DJANGO_SECRET_KEY": SECRET,
        "PREP_VAR": str(var),
    }


class Person:
    """Somebody at the API, as behind Heroku's router."""

    def __init__(self, address: str, email: str, password: str) -> None:
        self.address = address
        self.http = requests.Session()
        self.http.headers["X-Forwarded-Proto"] = "https"
        answer = self.call("POST", "tokens/", {"email": email, "password": password})
        self.http.headers["Authorization"] = f"Token {answer.json()['token']}"

    def call(self, method: str, path: str, body: Any = None, *, timeout: float = 30) -> requests.Response:
        return self.http.request(method, f"{self.address}/api/v1/{path}", json=body, timeout=timeout)

    def start_mock(self) -> dict[str, Any]:
        answer = self.call("POST", "attempts/", {"kind": "mock"})
        assert answer.status_code == 201, answer.text[:500]
        return self.call("GET", f"attempts/{answer.json()['id']}/").json()

    def save(self, attempt_id: str, question: dict[str, Any], selected: list[int], **extra: Any) -> requests.Response:
        body = {"selected": selected, "base_revision": question["revision"], "save_id": str(uuid.uuid4()), **extra}
        return self.call("PUT", f"attempts/{attempt_id}/answers/{question['position']}/", body)

    def answer_all(self, attempt: dict[str, Any]) -> None:
        for question in attempt["questions"]:
            chosen = [option["id"] for option in question["options"][: question["select_count"]]]
            answer = self.save(attempt["id"], question, chosen)
            assert answer.status_code == 200, answer.text[:500]

    def submit(self, attempt_id: str) -> requests.Response:
        return self.call("POST", f"attempts/{attempt_id}/submit/")
