"""The exam room under real concurrency: threads with their own connections against PostgreSQL."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.db import connection, connections
from django.db.models import F
from django.test import Client
from django.utils import timezone

from accounts.models import User
from exams import services
from exams.models import CLOSING_GRACE, SAVE_ALLOWANCE, AnswerEvent, Attempt, AttemptChange
from prep.management.commands.check_invariants import Command as CheckInvariants
from questions.services import correct_key
from tests.bank import TestBank, make_bank
from tests.exams.conftest import keys_of, save

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="races need PostgreSQL: set DATABASE_URL"),
]


def at_once(calls: Sequence[Callable[..., Any]]) -> list[Any]:
    """Run all calls in threads that set off together; results, or the exceptions they raised."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[..., Any]) -> Any:
        try:
            gate.wait(timeout=30)
            return call()
        except Exception as raised:
            return raised
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.fixture
def bank(transactional_db: None) -> TestBank:
    return make_bank(per_domain=20)


@pytest.fixture
def candidate(transactional_db: None) -> User:
    return User.objects.create_user("amara@example.com", "correct horse battery staple")


@pytest.fixture
def mock(bank: TestBank, candidate: User) -> Attempt:
    return services.start_mock(
        candidate=candidate, now=timezone.now() - timedelta(minutes=5), rng=np.random.default_rng(3)
    )


@pytest.fixture(autouse=True)
def _invariants_hold() -> Iterator[None]:
    """Whatever a test provoked, the database must be sound after it."""
    yield
    assert list(CheckInvariants().found()) == []


def start(candidate: User) -> Attempt:
    return services.start_mock(candidate=candidate, now=timezone.now(), rng=np.random.default_rng())


def test_same_save_a_hundred_times_is_one_event(mock, candidate):
    clients = []
    for _ in range(20):
        client = Client()
        client.force_login(candidate, backend="django.contrib.auth.backends.ModelBackend")
        clients.append(client)
    body = {"selected": mock.questions.get(position=1).option_order[:1], "base_revision": 0, "save_id": str(uuid4())}

    def five(client: Client) -> list[tuple[int, int]]:
        address = f"/api/v1/attempts/{mock.pk}/answers/1/"
        replies = [client.put(address, body, content_type="application/json") for _ in range(5)]
        return [(reply.status_code, reply.json()["revision"]) for reply in replies]

    rounds = at_once([lambda client=client: five(client) for client in clients])
    assert Counter(reply for replies in rounds for reply in replies) == {(200, 1): 100}
    assert AnswerEvent.objects.count() == 1


def test_two_saves_race_and_one_loses_politely(mock):
    for round_ in range(10):
        answer = mock.questions.get(position=round_ + 1)
        outcomes = at_once(
            [
                lambda answer=answer: save(mock, answer.position, answer.option_order[:1], timezone.now()),
                lambda answer=answer: save(mock, answer.position, answer.option_order[1:2], timezone.now()),
            ]
        )
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AnswerConflict", "AnswerReceipt"]
        (lost,) = [outcome for outcome in outcomes if isinstance(outcome, services.AnswerConflict)]
        answer.refresh_from_db()
        assert lost.answer.selected == answer.selected
        assert (answer.revision, answer.events.count()) == (1, 1)


def test_start_pressed_twenty_times_is_one_attempt(bank, candidate):
    outcomes = at_once([lambda: start(candidate)] * 20)
    begun = [outcome for outcome in outcomes if isinstance(outcome, Attempt)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, services.MockAlreadyOpen)]
    assert (len(begun), len(refused)) == (1, 19)
    assert {refusal.attempt.pk for refusal in refused} == {begun[0].pk}
    assert Attempt.objects.count() == 1


def test_constraint_speaks_when_the_lock_was_not_taken(bank, candidate, monkeypatch):
    monkeypatch.setattr("exams.services.sittings._one_start_at_a_time", lambda candidate: None)
    outcomes = at_once([lambda: start(candidate)] * 8)
    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"Attempt": 1, "MockAlreadyOpen": 7}


def test_drills_started_at_once_get_numbers_of_their_own(bank, candidate):
    version = bank.questions[0].current_version_id
    outcomes = at_once(
        [
            lambda: services.start_sitting(
                candidate=candidate,
                kind="drill",
                version_ids=[version],
                now=timezone.now(),
                rng=np.random.default_rng(),
                focus={},
                is_tutored=False,
                question_target=1,
            )
        ]
        * 6
    )
    assert sorted(attempt.number for attempt in outcomes) == [1, 2, 3, 4, 5, 6]


def test_saves_and_submits_race_and_every_receipt_is_graded(mock, candidate):
    """Acknowledged answers are in the graded paper; refused ones are not."""
    answers = list(mock.questions.select_related("question_version").order_by("position")[:20])

    def submit() -> Attempt:
        return services.submit_attempt(attempt_id=mock.pk, candidate=candidate, now=timezone.now())

    calls: list[Callable[..., Any]] = [
        lambda a=answer: save(mock, a.position, keys_of(a), timezone.now()) for answer in answers
    ]
    calls[10:10] = [submit] * 4
    outcomes = at_once(calls)
    submits, saves = outcomes[10:14], outcomes[:10] + outcomes[14:]
    assert {type(outcome).__name__ for outcome in saves} <= {"AnswerReceipt", "AttemptClosed"}
    assert {(attempt.finished_at, attempt.score_version) for attempt in submits} == {(submits[0].finished_at, 1)}
    for answer, outcome in zip(answers, saves, strict=True):
        answer.refresh_from_db()
        assert answer.is_correct is isinstance(outcome, services.AnswerReceipt)


@pytest.mark.slow
def test_deadline_with_fifty_candidates(bank):
    """B3: submits at −1 s, 0 and +1 s, with saves and the sweep in between."""
    rng = np.random.default_rng(5)
    deadline = timezone.now()
    attempts = []
    for number in range(50):
        person = User.objects.create_user(f"c{number}@example.com", "x")
        attempts.append(services.start_mock(candidate=person, now=deadline - timedelta(minutes=105), rng=rng))
    offsets = [timedelta(seconds=s) for s in (-1, 0, 1)]

    def sit(attempt: Attempt, offset: timedelta) -> list[Any]:
        outcomes: list[Any] = []
        for position in range(1, 6):
            answer = attempt.questions.get(position=position)
            arrival = deadline + offset + timedelta(milliseconds=300 * position)
            try:
                outcomes.append(save(attempt, position, answer.option_order[:1], arrival))
            except services.AttemptClosed as closed:
                outcomes.append(closed)
        services.submit_attempt(attempt_id=attempt.pk, candidate=attempt.candidate, now=deadline + offset)
        return outcomes

    def sweep() -> int:
        return sum(services.close_overdue_attempts(deadline + CLOSING_GRACE + timedelta(seconds=1)) for _ in range(3))

    calls: list[Callable[..., Any]] = [
        lambda a=attempt, o=offsets[n % 3]: sit(a, o) for n, attempt in enumerate(attempts)
    ]
    outcomes = at_once([*calls[:25], sweep, sweep, *calls[25:]])
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    rows = Attempt.objects.all()
    assert {attempt.score_version for attempt in rows} == {1}
    assert not rows.filter(finished_at__gt=F("deadline_at")).exists()
    assert not AnswerEvent.objects.filter(arrived_at__gt=deadline + SAVE_ALLOWANCE).exists()


def test_two_sweeps_share_the_work(bank):
    rng, begun = np.random.default_rng(5), timezone.now() - timedelta(hours=3)
    for number in range(12):
        person = User.objects.create_user(f"c{number}@example.com", "x")
        services.start_mock(candidate=person, now=begun, rng=rng)
    closed = at_once([lambda: services.close_overdue_attempts(timezone.now())] * 3)
    assert sum(closed) == 12
    assert set(Attempt.objects.values_list("status", "score_version")) == {("expired", 1)}


def test_minutes_granted_while_answers_come_in(mock):
    deadline = mock.deadline_at
    calls: list[Callable[..., Any]] = [
        lambda p=position: save(mock, p, [], timezone.now(), note="n") for position in range(1, 11)
    ]
    calls.append(
        lambda: services.grant_minutes(attempt_id=mock.pk, minutes=15, reason="fire alarm", by=None, now=timezone.now())
    )
    outcomes = at_once(calls)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    mock.refresh_from_db()
    assert mock.deadline_at == deadline + timedelta(minutes=15)
    assert AnswerEvent.objects.count() == 10


def test_reader_closes_while_the_candidate_submits(mock, candidate):
    """B7: whoever comes first, there is one transition."""
    late = mock.deadline_at + CLOSING_GRACE + timedelta(seconds=1)

    def submit() -> Attempt:
        return services.submit_attempt(
            attempt_id=mock.pk, candidate=candidate, now=mock.deadline_at + timedelta(seconds=1)
        )

    at_once([submit, lambda: services.settle_attempt(mock, late), lambda: services.close_overdue_attempts(late)])
    mock.refresh_from_db()
    assert (mock.score_version, mock.finished_at) == (1, mock.deadline_at)


def test_key_corrected_while_attempts_are_submitted(bank, author_user):
    """D11: nobody keeps a score by the old key, whichever commit came first."""
    people = [User.objects.create_user(f"c{number}@example.com", "x") for number in range(8)]
    question = bank.questions[0]
    version = question.current_version
    wrong = [max(version.options.values_list("pk", flat=True))]
    attempts = []
    for person in people:
        attempt = services.start_sitting(
            candidate=person,
            kind="drill",
            version_ids=[version.pk],
            now=timezone.now(),
            rng=np.random.default_rng(),
            focus={},
            is_tutored=False,
            question_target=1,
        )
        save(attempt, 1, wrong, timezone.now())
        attempts.append(attempt)

    def submit(attempt: Attempt) -> Attempt:
        return services.submit_attempt(attempt_id=attempt.pk, candidate=attempt.candidate, now=timezone.now())

    calls: list[Callable[..., Any]] = [lambda a=attempt: submit(a) for attempt in attempts]
    calls.insert(
        4, lambda: correct_key(version=version, keys=wrong, by=author_user, reason="facts changed", now=timezone.now())
    )
    outcomes = at_once(calls)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert set(Attempt.objects.values_list("scored_right", flat=True)) == {1}
    assert AttemptChange.objects.filter(kind="regraded").count() == Attempt.objects.filter(score_version=2).count()


@pytest.fixture
def author_user(transactional_db: None) -> User:
    return User.objects.create_user("ines@example.com", "x", is_staff=True)


def test_heartbeats_of_two_browsers_at_once(mock):
    devices = [uuid4(), uuid4()]
    moment: datetime = timezone.now()
    calls = [
        lambda d=device: services.record_heartbeat(attempt=mock, device_id=d, now=moment) for device in devices * 5
    ]
    assert not [outcome for outcome in at_once(calls) if isinstance(outcome, Exception)]
    assert mock.devices.count() == 2


def test_lock_of_a_save_lets_nobody_wait_on_the_candidate(mock, candidate):
    """Rows that point to the attempt can be written while a save holds it (NO KEY UPDATE)."""
    from django.db import transaction

    def note_change() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        AttemptChange.objects.create(attempt=mock, kind="minutes_granted", reason="x", changed_at=timezone.now())

    with transaction.atomic():
        services.finishing.lock_attempt(mock.pk)
        (outcome,) = at_once([note_change])
    assert outcome is None
