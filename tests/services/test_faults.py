"""What must survive: processes killed, Redis stopped and frozen, messages lost (FAULTS A1, A7, D3, D4)."""

import time

import pytest
import requests

from tests.processes import House, OwnRedis, Person, wait_for
from tests.services.conftest import PASSWORD

pytestmark = pytest.mark.services

CATCH_UP = 120


@pytest.fixture
def person(running: House) -> Person:
    return Person(running.address, "bao.tran@example.com", PASSWORD)


@pytest.fixture(autouse=True)
def _nothing_was_lost(running: House):
    yield
    running.manage("check_invariants")


def computed_at(person: Person) -> str | None:
    return person.call("GET", "weakness/").json().get("computed_at")


def finished_mock(person: Person) -> tuple[float, requests.Response]:
    """Takes a mock; how long the submit took, and its answer."""
    attempt = person.start_mock()
    person.answer_all(attempt)
    began = time.monotonic()
    answer = person.submit(attempt["id"])
    assert answer.status_code == 200, answer.text[:500]
    return time.monotonic() - began, answer


def catches_up(person: Person, before: str | None) -> float:
    """Seconds until the weakness is new."""
    began = time.monotonic()
    wait_for(lambda: computed_at(person) not in (None, before), seconds=CATCH_UP, what="weakness to catch up")
    return time.monotonic() - began


def test_killed_worker_loses_nothing(person, running):
    before = computed_at(person)
    running.kill("worker")
    finished_mock(person)
    running.start("worker")
    time.sleep(0.5)
    running.kill("worker")
    running.start("worker")
    print(f"weakness caught up {catches_up(person, before):.1f} s after kill -9 of the worker (n = 1)")


def test_stopped_redis_delays_insight_but_no_answer(person, running, redis: OwnRedis):
    before = computed_at(person)
    redis.stop()
    seconds, _ = finished_mock(person)
    assert seconds < 1, f"submit took {seconds:.2f} s with Redis stopped"
    redis.start()
    print(f"weakness caught up {catches_up(person, before):.1f} s after Redis came back (n = 1)")


def test_frozen_redis_delays_insight_but_no_answer(person, running, redis: OwnRedis):
    before = computed_at(person)
    redis.freeze()
    try:
        seconds, _ = finished_mock(person)
        assert seconds < 1, f"submit took {seconds:.2f} s with Redis frozen"
        time.sleep(5)
    finally:
        redis.thaw()
    print(f"weakness caught up {catches_up(person, before):.1f} s after Redis thawed (n = 1)")


def test_lost_message_is_found_by_the_sweep(person, running, redis: OwnRedis):
    """Redis loses everything between the submit and the worker."""
    before = computed_at(person)
    running.kill("worker")
    finished_mock(person)
    redis.stop()
    redis.start()
    running.start("worker")
    print(f"weakness caught up {catches_up(person, before):.1f} s after its message was lost (n = 1)")


def test_killed_web_process_loses_no_acknowledged_answer(person, running):
    attempt = person.start_mock()
    acknowledged: dict[int, int] = {}
    for number, question in enumerate(attempt["questions"]):
        if number == 20:
            running.kill("web")
            running.start("web")
        chosen = [option["id"] for option in question["options"][: question["select_count"]]]
        answer = person.save(attempt["id"], question, chosen)
        assert answer.status_code == 200
        acknowledged[question["position"]] = answer.json()["revision"]
    stored = {
        question["position"]: question["revision"]
        for question in person.call("GET", f"attempts/{attempt['id']}/").json()["questions"]
    }
    assert all(stored[position] >= revision for position, revision in acknowledged.items())
    person.submit(attempt["id"])
