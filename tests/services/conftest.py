"""A house of real processes: PostgreSQL database and Redis of its own, gunicorn and worker from the Procfile."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.own_postgres import OwnPostgres, binaries
from tests.processes import House, OwnRedis, heroku_like, own_database, own_redis

PASSWORD = "correct horse battery staple"
SERVER = os.environ.get("DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")


@pytest.fixture(autouse=True)
def _quick_hashes_and_kept_mail() -> None:
    """These tests talk to other processes: no settings of this one matter."""


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a database that the release phase and the demo people went through once; houses stand on copies."""
    logs = tmp_path_factory.mktemp("released")
    with own_redis() as redis, own_database(SERVER) as url:
        house = House(heroku_like(url, redis.url, logs / "var"), logs)
        house.manage("collectstatic", "--no-input", "--verbosity", "0")
        house.run_line("release")
        house.env["PREP_DEMO_PASSWORD"] = PASSWORD
        house.manage("seed_demo", "--anywhere")
        yield url


@pytest.fixture(scope="module")
def redis() -> Iterator[OwnRedis]:
    with own_redis() as server:
        yield server


@pytest.fixture(scope="module")
def database(released: str) -> Iterator[str]:
    """A copy of the released database. A module with a server of its own puts the copy there."""
    with own_database(SERVER, template=released.rsplit("/", 1)[1]) as url:
        yield url


def copied(released: str, server: OwnPostgres) -> str:
    """The same on a server of the test's own."""
    folder = binaries()
    assert folder, "the server was made with them"
    dump = subprocess.run(
        [folder / "pg_dump", "--no-owner", "--no-privileges", released], capture_output=True, check=True
    )
    load = [folder / "psql", "--quiet", "--set=ON_ERROR_STOP=1", server.url]
    subprocess.run(load, input=dump.stdout, capture_output=True, check=True)
    return server.url


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, redis: OwnRedis, database: str) -> Iterator[House]:
    """Released, with demo people, and not started yet."""
    logs: Path = tmp_path_factory.mktemp("house")
    deployed = House(heroku_like(database, redis.url, logs / "var"), logs)
    try:
        yield deployed
    finally:
        deployed.stop()


@pytest.fixture
def running(house: House) -> House:
    """With web and worker up."""
    for name in ("web", "worker"):
        if name not in house.processes:
            house.start(name)
    return house
