"""A PostgreSQL server of the test's own, so that it may be stopped, crashed and filled up.

Made with initdb from the installed binaries; as root it runs as the user `postgres`, since the server refuses root.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
import pytest

from tests.processes import free_port, wait_for

# Name of the house's role and of its database. The role is no superuser: those have connections in reserve.
ROLE = "prep"


def binaries() -> Path | None:
    """Where initdb and pg_ctl are: on the PATH, or where Debian keeps them, newest first."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return versions[-1].parent if versions else None


@dataclass
class OwnPostgres:
    folder: Path
    bin: Path
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"postgresql://{ROLE}@127.0.0.1:{self.port}/{ROLE}"

    def make(self, **settings: str) -> None:
        """Settings are lines of postgresql.conf."""
        self._run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync")
        lines = {"listen_addresses": "'127.0.0.1'", "port": str(self.port), "unix_socket_directories": "''", **settings}
        with (self.folder / "data" / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = {value}\n" for name, value in lines.items())
        self.start()
        self.run_as_superuser(f"CREATE ROLE {ROLE} LOGIN")
        self.run_as_superuser(f"CREATE DATABASE {ROLE} OWNER {ROLE}")

    def start(self) -> None:
        self._run("pg_ctl", "start", "--wait", f"--log={self.folder / 'log'}")

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "--wait", "--mode=fast")

    def crash(self) -> None:
        """`kill -9` of a process under it: PostgreSQL throws everybody out and recovers from its log."""
        ((victim,),) = self.run_as_superuser("SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'")
        began = self.run_as_superuser("SELECT pg_postmaster_start_time()")
        os.kill(victim, signal.SIGKILL)

        def is_back() -> bool:
            with contextlib.suppress(psycopg2.Error):
                processes = self.run_as_superuser("SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'")
                return processes not in ([], [(victim,)])
            return False

        wait_for(is_back, seconds=30, what="recovery from the crash")
        assert self.run_as_superuser("SELECT pg_postmaster_start_time()") == began

    def run_as_superuser(self, statement: str, database: str = "postgres") -> list[tuple[int, ...]]:
        connection = psycopg2.connect(f"postgresql://postgres@127.0.0.1:{self.port}/{database}")
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def _run(self, program: str, *arguments: str) -> None:
        user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        # The server inherits what pg_ctl has open: pipes would never be closed.
        done = subprocess.run(
            [str(self.bin / program), f"--pgdata={self.folder / 'data'}", *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            check=False,
            **user,  # type: ignore[call-overload]
        )
        assert done.returncode == 0, f"{program} failed; {self._log()}"

    def _log(self) -> str:
        path = self.folder / "log"
        return path.read_text(errors="replace")[-2000:] if path.exists() else "no log"


@contextlib.contextmanager
def own_postgres(**settings: str) -> Iterator[OwnPostgres]:
    """Skips the test where there are no binaries; in CI that is a failure."""
    found = binaries()
    if found is None:
        missing = "needs the PostgreSQL server's own programs (Debian: postgresql)"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    # Not below pytest's folder, which only its owner may enter.
    with tempfile.TemporaryDirectory(prefix="prep-postgres-") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        server = OwnPostgres(folder, found)
        server.make(**settings)
        try:
            yield server
        finally:
            with contextlib.suppress(AssertionError):
                server._run("pg_ctl", "stop", "--wait", "--mode=immediate")
