"""The save path while web processes are killed and told to stop (FAULTS A1 to A3)."""

import json
import os
import random
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.processes import House, Person, wait_for
from tests.services.conftest import PASSWORD
from tests.services.saving import answer_body, at, put, stored_revisions, until_acknowledged

pytestmark = pytest.mark.services

ROUNDS = 8
HANDS = 4


@pytest.fixture
def person(running: House) -> Person:
    return Person(running.address, "bao.tran@example.com", PASSWORD)


@pytest.fixture
def attempt(person: Person) -> Iterator[dict[str, Any]]:
    attempt = person.start_mock()
    yield attempt
    assert person.submit(attempt["id"]).status_code == 200


@pytest.fixture(autouse=True)
def _nothing_was_lost(running: House, attempt: dict[str, Any]) -> Iterator[None]:
    yield
    running.manage("check_invariants")


class Hands:
    """Several hands that answer the whole paper at once, each its own questions, and repeat what was not confirmed."""

    def __init__(self, house: House, person: Person, attempt: dict[str, Any]) -> None:
        self.house, self.person, self.attempt = house, person, attempt
        self.acknowledged: list[tuple[int, int]] = []
        self.refused: list[int] = []

    def answer(self, questions: list[dict[str, Any]], rounds: int) -> None:
        own = at(self.house, self.person)
        for base in range(rounds):
            for question in questions:
                position, body = question["position"], answer_body(question, revision=base)
                revision, refusals = until_acknowledged(lambda p=position, b=body: put(own, self.attempt, p, b))  # type: ignore[misc]
                self.acknowledged.append((position, revision))
                self.refused.extend(refusals)

    def start(self, pool: ThreadPoolExecutor, rounds: int = 1) -> list[Any]:
        questions = self.attempt["questions"]
        return [pool.submit(self.answer, questions[first::HANDS], rounds) for first in range(HANDS)]


def test_workers_killed_at_random_among_five_hundred_saves(person, running, attempt):
    """A1: whatever gunicorn's workers were doing when they were killed, an acknowledged answer is there, once."""
    chance = random.Random(11)
    hands = Hands(running, person, attempt)
    killed = 0
    with ThreadPoolExecutor(HANDS) as pool:
        work = hands.start(pool, ROUNDS)
        next_kill = 0
        while not all(done.done() for done in work):
            if len(hands.acknowledged) >= next_kill and (workers := running.children("web")):
                os.kill(chance.choice(workers), signal.SIGKILL)
                killed += 1
                next_kill = len(hands.acknowledged) + chance.randint(30, 70)
            time.sleep(chance.uniform(0.001, 0.05))
        for done in work:
            done.result()
    assert killed >= 6
    assert set(hands.refused) <= {0}, "a killed worker says nothing"
    assert len(hands.acknowledged) == len(set(hands.acknowledged)) == 65 * ROUNDS
    assert stored_revisions(running, attempt) == dict.fromkeys(range(1, 66), (ROUNDS, ROUNDS))
    print(f"{len(hands.acknowledged)} saves, {killed} kills, {len(hands.refused)} repeated (n = 1)")


def test_web_killed_between_commit_and_reply(person, running, attempt):
    """A2: the answer is committed, its reply is never read, and every web process is gone."""
    body = answer_body(attempt["questions"][0])
    text = json.dumps(body)
    request = (
        f"PUT /api/v1/attempts/{attempt['id']}/answers/1/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-Proto: https\r\n"
        f"Authorization: {person.http.headers['Authorization']}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(text)}\r\n\r\n{text}"
    )
    with socket.create_connection(("127.0.0.1", running.port)) as link:
        link.sendall(request.encode())
        wait_for(lambda: stored_revisions(running, attempt)[1] == (1, 1), seconds=10, what="the commit")
        running.kill("web")
    running.start("web")
    answer = put(person, attempt, 1, body)
    assert (answer.status_code, answer.json()["revision"]) == (200, 1)
    assert stored_revisions(running, attempt)[1] == (1, 1)


def test_web_told_to_stop_while_answers_come_in(person, running, attempt):
    """A3: SIGTERM to gunicorn under load, then a new one, as a dyno restart does."""
    hands = Hands(running, person, attempt)
    with ThreadPoolExecutor(HANDS) as pool:
        work = hands.start(pool)
        wait_for(lambda: len(hands.acknowledged) >= 10, seconds=30, what="the first answers")
        master = running.processes.pop("web")
        os.kill(master.pid, signal.SIGTERM)
        master.wait(timeout=30)
        running.start("web")
        for done in work:
            done.result()
    assert set(hands.refused) <= {0}, "a save under way is finished, one that comes later finds nobody"
    assert sorted(hands.acknowledged) == [(position, 1) for position in range(1, 66)]
    assert stored_revisions(running, attempt) == dict.fromkeys(range(1, 66), (1, 1))
