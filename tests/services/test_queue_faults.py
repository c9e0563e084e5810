"""What the queue may suffer: Redis stopped, frozen, emptied, full; workers killed (FAULTS A7, D3 to D6, D10).

No answer waits for it, and the weakness follows by itself, because a sweep asks the database and not the queue.
"""

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest

from tests.processes import House, OwnRedis, Person, wait_for
from tests.services.conftest import PASSWORD
from tests.services.saving import answer_body, ask, put

pytestmark = pytest.mark.services

CATCH_UP = 120
# Longer than every timeout towards Redis, each 2 s, and their retries together.
FROZEN_SECONDS = 10
QUICK = 1.0

SUBMIT = """
from django.db import transaction
from django.utils import timezone
from exams.models import Attempt
from exams.services import submit_attempt
attempt = Attempt.objects.get(pk="{attempt}")
with transaction.atomic():
    submit_attempt(attempt_id=attempt.pk, candidate=attempt.candidate, now=timezone.now())
    transaction.set_rollback({rolled_back})
from analytics.receivers import _publisher
_publisher.shutdown(wait=True)
"""


@pytest.fixture
def person(running: House) -> Person:
    return Person(running.address, "bao.tran@example.com", PASSWORD)


@pytest.fixture(autouse=True)
def _nothing_was_lost(running: House) -> Iterator[None]:
    yield
    running.manage("check_invariants")


def computed_at(person: Person) -> str | None:
    return person.call("GET", "weakness/").json().get("computed_at")


def catches_up(person: Person, before: str | None) -> float:
    """Seconds until the weakness is new."""
    began = time.monotonic()
    wait_for(lambda: computed_at(person) not in (None, before), seconds=CATCH_UP, what="weakness to catch up")
    return time.monotonic() - began


def quick_mock(person: Person) -> None:
    """A mock in which no save and not the submit takes long."""
    attempt = person.start_mock()
    for question in attempt["questions"]:
        timed_put(person, attempt, question, answer_body(question))
    timed_submit(person, attempt)


def timed_put(person: Person, attempt: dict[str, Any], question: dict[str, Any], body: dict[str, Any]) -> None:
    began = time.monotonic()
    assert put(person, attempt, question["position"], body).status_code == 200
    assert time.monotonic() - began < QUICK


def timed_submit(person: Person, attempt: dict[str, Any]) -> None:
    began = time.monotonic()
    assert person.submit(attempt["id"]).status_code == 200
    seconds = time.monotonic() - began
    assert seconds < QUICK, f"the submit took {seconds:.2f} s"


def test_stopped_redis_delays_insight_but_no_answer(person, running, redis: OwnRedis):
    """A7 and D6: the worker comes back by itself, and takes messages again."""
    before = computed_at(person)
    redis.stop()
    quick_mock(person)
    redis.start()
    print(f"weakness caught up {catches_up(person, before):.1f} s after Redis came back (n = 1)")
    before = computed_at(person)
    quick_mock(person)
    seconds = catches_up(person, before)
    assert seconds < 15, "sooner than the sweep looks: the worker hears messages again"


def test_frozen_redis_delays_insight_but_no_answer(person, running, redis: OwnRedis):
    """A7: `kill -STOP`, so that connections stand and nothing answers; saves go on all the while."""
    before = computed_at(person)
    attempt = person.start_mock()
    redis.freeze()
    try:
        until = time.monotonic() + FROZEN_SECONDS
        first, second = attempt["questions"][:2]
        revision = 0
        while time.monotonic() < until:
            timed_put(person, attempt, first, answer_body(first, revision=revision))
            revision += 1
            time.sleep(0.1)
        timed_put(person, attempt, second, answer_body(second))
        timed_submit(person, attempt)
        quick_mock(person)
    finally:
        redis.thaw()
    assert revision > FROZEN_SECONDS
    print(
        f"{revision} saves while frozen; weakness caught up {catches_up(person, before):.1f} s after the thaw (n = 1)"
    )


def test_worker_killed_in_the_middle_of_its_transaction(person, running):
    """D3: estimates written and not committed, the plan's turn; what is half done is undone and done again."""
    before = computed_at(person)
    ((plan_id,),) = ask(running, "SELECT id FROM study_plans_studyplan WHERE candidate_id = %s", candidate_id(running))
    sets = "SELECT count(*) FROM analytics_estimateset WHERE candidate_id = %s"
    count_before = ask(running, sets, candidate_id(running))
    with contextlib.closing(psycopg2.connect(running.env["DATABASE_URL"])) as holder:
        with holder.cursor() as cursor:
            cursor.execute("SELECT FROM study_plans_studyplan WHERE id = %s FOR UPDATE", [plan_id])
        quick_mock(person)
        wait_for(lambda: waiting_for_a_lock(running), seconds=20, what="the worker to wait for the plan")
        running.kill("worker")
    wait_for(lambda: not waiting_for_a_lock(running), seconds=10, what="its transaction to end")
    assert ask(running, sets, candidate_id(running)) == count_before
    running.start("worker")
    print(f"weakness caught up {catches_up(person, before):.1f} s after kill -9 of a computing worker (n = 1)")


def candidate_id(house: House) -> Any:
    ((found,),) = ask(house, "SELECT id FROM accounts_user WHERE email = 'bao.tran@example.com'")
    return found


def waiting_for_a_lock(house: House) -> bool:
    waiting = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return bool(ask(house, waiting))


def test_emptied_redis_loses_nothing(person, running, redis: OwnRedis):
    """D4: FLUSHALL while messages wait, and once more under a running worker."""
    other = Person(running.address, "clara.weiss@example.com", PASSWORD)
    before = [computed_at(person), computed_at(other)]
    running.kill("worker")
    assert redis.ask("DEL", "celery").startswith(b":")
    quick_mock(person)
    quick_mock(other)
    wait_for(lambda: redis.ask("LLEN", "celery") == b":2", seconds=10, what="two messages")
    assert redis.ask("FLUSHALL") == b"+OK"
    running.start("worker")
    assert redis.ask("FLUSHALL") == b"+OK"
    seconds = max(catches_up(one, then) for one, then in zip((person, other), before, strict=True))
    print(f"weakness caught up {seconds:.1f} s after FLUSHALL (n = 1)")


def test_full_redis_delays_insight_but_no_answer(person, running, redis: OwnRedis):
    """D5: no memory left and `noeviction`; the submit is answered, the log says what was not queued."""
    before = computed_at(person)
    running.kill("worker")
    assert redis.ask("CONFIG", "SET", "maxmemory-policy", "noeviction") == b"+OK"
    assert redis.ask("CONFIG", "SET", "maxmemory", "8mb") == b"+OK"
    filled = 0
    while not redis.ask("SET", f"fill{filled}", "x" * 200_000).startswith(b"-OOM"):
        filled += 1
    # What is in it is more than it may hold, so that not even the smallest message fits.
    assert redis.ask("CONFIG", "SET", "maxmemory", "6mb") == b"+OK"
    told = running.log("web").count("analysis_not_queued")
    quick_mock(person)
    wait_for(lambda: running.log("web").count("analysis_not_queued") > told, seconds=10, what="the alert")
    told_last = json.loads([row for row in running.log("web").splitlines() if "analysis_not_queued" in row][-1])
    assert told_last["level"] == "error"
    assert "maxmemory" in told_last["reason"]
    running.start("worker")
    time.sleep(5)  # a worker that meets a full Redis when it starts
    assert redis.ask("CONFIG", "SET", "maxmemory", "0") == b"+OK"
    assert redis.ask("FLUSHALL") == b"+OK"
    if running.processes["worker"].poll() is not None:
        running.start("worker")  # a dyno that ends is started again
    print(f"weakness caught up {catches_up(person, before):.1f} s after Redis had room again (n = 1)")


def test_submit_that_is_rolled_back_sends_nothing(person, running, redis: OwnRedis):
    """D10. The same submit, committed, sends one message: so the count can tell."""
    attempt = person.start_mock()
    running.kill("worker")
    assert redis.ask("DEL", "celery").startswith(b":")
    running.manage("shell", "--verbosity", "0", "-c", SUBMIT.format(attempt=attempt["id"], rolled_back=True))
    assert redis.ask("LLEN", "celery") == b":0"
    assert person.call("GET", f"attempts/{attempt['id']}/").json()["status"] == "in_progress"
    running.manage("shell", "--verbosity", "0", "-c", SUBMIT.format(attempt=attempt["id"], rolled_back=False))
    assert redis.ask("LLEN", "celery") == b":1"
