"""The list of sittings, the start of a mock, the room."""

import json
import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Accommodation, User
from exams import services
from exams.models import Attempt
from questions.models import Question
from tests.bank import TestBank
from tests.exams.conftest import save

SignIn = Callable[[User], Client]
START = reverse("exams:mock_start")


@pytest.fixture
def own(signed_in: SignIn, candidate: User) -> Client:
    return signed_in(candidate)


def room_of(attempt: Attempt) -> str:
    return reverse("exams:room_show", args=[attempt.pk])


def sitting_in(html: str) -> dict[str, Any]:
    found = re.search(r'<script id="sitting" type="application/json">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    sitting: dict[str, Any] = json.loads(found[1])
    return sitting


def test_start_works(own: Client, bank: TestBank, candidate: User) -> None:
    page = own.get(START)
    assert "A full sitting, 105 minutes" in page.content.decode()
    assert "44 of 60" in page.content.decode()
    started = own.post(START)
    attempt = Attempt.objects.get(candidate=candidate)
    assert started["Location"] == room_of(attempt)


def test_start_says_own_minutes(own: Client, bank: TestBank, candidate: User, author: User, now: datetime) -> None:
    Accommodation.objects.create(user=candidate, time_factor="1.50", reason="agreed")
    services.grant_minutes_ahead(candidate=candidate, minutes=10, reason="noise", by=author, now=now)
    html = own.get(START).content.decode()
    assert "167 min" in html
    assert "from 105, your extra time × 1.5, 10 granted" in html
    own.post(START)
    assert Attempt.objects.get().minutes_allowed == 167


def test_start_keeps_the_block_that_asked(own: Client, bank: TestBank) -> None:
    block = uuid.uuid4()
    assert str(block) in own.get(START, {"block": str(block)}).content.decode()
    own.post(START, {"block": str(block)})
    assert Attempt.objects.get().block_id == block


def test_block_that_is_none_is_left_out(own: Client, bank: TestBank) -> None:
    own.post(START, {"block": "not-a-uuid"})
    assert Attempt.objects.get().block_id is None


def test_open_mock_is_resumed_not_doubled(own: Client, mock: Attempt) -> None:
    assert own.get(START)["Location"] == room_of(mock)
    assert own.post(START)["Location"] == room_of(mock)
    assert Attempt.objects.count() == 1


def test_start_without_enough_questions_says_so(own: Client, bank: TestBank) -> None:
    Question.objects.filter(domain=bank.domains[0]).update(status=Question.Status.RETIRED)
    page = own.post(START, follow=True)
    assert "There are not enough questions for a whole mock exam yet" in page.content.decode()


def test_start_without_a_blueprint_says_so(own: Client) -> None:
    assert "There are not enough questions" in own.get(START, follow=True).content.decode()


def test_room_holds_the_paper_and_no_key(own: Client, mock: Attempt, now: datetime) -> None:
    save(mock, 3, [mock.questions.get(position=3).option_order[0]], now, flagged=True)
    page = own.get(room_of(mock))
    html = page.content.decode()
    sitting = sitting_in(html)
    assert len(sitting["questions"]) == 65
    assert sitting["questions"][2]["flagged"]
    assert 94 * 60_000 < sitting["remaining_ms"] <= 95 * 60_000
    assert "csrftoken" in page.cookies
    for secret in ("RATIONALE", "is_key", "key_ids", "is_pilot", "is_correct"):
        assert secret not in html


def test_room_and_api_tell_the_same(own: Client, mock: Attempt) -> None:
    in_page = sitting_in(own.get(room_of(mock)).content.decode())
    in_api = own.get(f"/api/v1/attempts/{mock.pk}/").json()
    moving = {"server_now", "remaining_ms"}
    assert {k: v for k, v in in_page.items() if k not in moving} == {k: v for k, v in in_api.items() if k not in moving}


def test_room_of_a_final_attempt_leads_to_its_result(own: Client, mock: Attempt, now: datetime) -> None:
    services.submit_attempt(attempt_id=mock.pk, candidate=mock.candidate, now=now)
    assert own.get(room_of(mock))["Location"] == reverse("exams:result_show", args=[mock.pk])


def test_room_closes_what_is_overdue(own: Client, mock: Attempt, now: datetime) -> None:
    Attempt.objects.filter(pk=mock.pk).update(deadline_at=now - timedelta(minutes=2))
    assert own.get(room_of(mock))["Location"] == reverse("exams:result_show", args=[mock.pk])
    mock.refresh_from_db()
    assert mock.status == Attempt.Status.EXPIRED


def test_untimed_room_shows_no_clock(own: Client, start_drill: Callable[..., Attempt]) -> None:
    html = own.get(room_of(start_drill(focus={"title": "Due today"}))).content.decode()
    assert "Due today" in html
    assert 'id="timer" hidden' in html


@pytest.mark.parametrize("page", ["room_show", "result_show", "review_show", "answers_export", "answers_export_json"])
def test_sitting_of_somebody_else_is_not_there(
    signed_in: SignIn, outsider: User, mock: Attempt, now: datetime, page: str
) -> None:
    services.submit_attempt(attempt_id=mock.pk, candidate=mock.candidate, now=now)
    assert signed_in(outsider).get(reverse(f"exams:{page}", args=[mock.pk])).status_code == 404


def test_pages_ask_for_sign_in(client: Client, mock: Attempt) -> None:
    for address in (START, reverse("exams:attempt_list"), room_of(mock)):
        assert client.get(address)["Location"].startswith("/accounts/login/")


def test_empty_list_invites(own: Client, bank: TestBank) -> None:
    assert "No mock yet" in own.get(reverse("exams:attempt_list")).content.decode()


def test_list_shows_open_and_past(
    own: Client, mock: Attempt, start_drill: Callable[..., Attempt], now: datetime
) -> None:
    drill = start_drill(focus={"title": "Routing"})
    html = own.get(reverse("exams:attempt_list")).content.decode()
    assert "Mock exam 1 is running" in html
    assert "Routing" in html
    services.submit_attempt(attempt_id=mock.pk, candidate=mock.candidate, now=now)
    services.submit_attempt(attempt_id=drill.pk, candidate=drill.candidate, now=now)
    html = own.get(reverse("exams:attempt_list")).content.decode()
    assert "Not passed" in html
    assert "Practice" in html


def test_list_closes_what_is_overdue(own: Client, mock: Attempt, now: datetime) -> None:
    Attempt.objects.filter(pk=mock.pk).update(deadline_at=now - timedelta(minutes=2))
    assert "Time ran out" in own.get(reverse("exams:attempt_list")).content.decode()


def test_long_history_is_paged(own: Client, bank: TestBank, start_drill: Callable[..., Attempt], now: datetime) -> None:
    for _ in range(26):
        drill = start_drill(1)
        services.submit_attempt(attempt_id=drill.pk, candidate=drill.candidate, now=now)
    assert "Page 1 of 2" in own.get(reverse("exams:attempt_list")).content.decode()
    assert own.get(reverse("exams:attempt_list"), {"page": 2}).content.decode().count("data-attempt=") == 1
