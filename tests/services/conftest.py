"""A house of real processes: PostgreSQL database and Redis of its own, gunicorn and worker from the Procfile."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import House, OwnRedis, heroku_like, own_database, own_redis

PASSWORD = "correct horse battery staple"
SERVER = os.environ.get("DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")


@pytest.fixture(autouse=True)
def _quick_hashes_and_kept_mail() -> None:
    """These tests talk to other processes: no settings of this one matter."""


@pytest.fixture(scope="module")
def redis() -> Iterator[OwnRedis]:
    with own_redis() as server:
        yield server


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, redis: OwnRedis) -> Iterator[House]:
    """Released, with two demo candidates' worth of people, and not started yet."""
    logs: Path = tmp_path_factory.mktemp("house")
    with own_database(SERVER) as url:
        deployed = House(heroku_like(url, redis.url, logs / "var"), logs)
        deployed.manage("collectstatic", "--no-input", "--verbosity", "0")
        deployed.run_line("release")
        deployed.env["PREP_DEMO_PASSWORD"] = PASSWORD
        deployed.manage("seed_demo", "--anywhere")
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
