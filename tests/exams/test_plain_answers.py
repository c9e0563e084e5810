"""The short way of a request says what the framework's way would say, or nothing."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError

from exams import api, serializers
from exams.models import AnswerEvent
from tests.exams.conftest import keys_of

FIELDS = list(serializers.AnswerInput().fields)
BODY = {"selected": [3, 1], "base_revision": 0, "save_id": "0b0e7a8e-5f0a-4c56-9d0e-0f6a4f8f8f10"}

odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 2**64),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(["guess", "sure", "", "0b0e7a8e-5f0a-4c56-9d0e-0f6a4f8f8f10", "\x00", "n" * 2001, "é" * 1500]),
    st.lists(st.one_of(st.integers(-2, 2**63), st.booleans(), st.none()), max_size=4),
    st.lists(st.just(7), min_size=49, max_size=52),
)
bodies = st.dictionaries(st.sampled_from([*FIELDS, "more"]), odd, max_size=9).map(lambda drawn: {**BODY, **drawn})


def full_reading(body: dict[str, Any]) -> dict[str, Any] | None:
    try:
        return dict(serializers.ANSWER_INPUT.run_validation(body))
    except ValidationError:
        return None


@pytest.mark.pure
def test_plain_reading_works():
    body = {**BODY, "eliminated": [2], "flagged": True, "confidence": "sure", "note": "n", "seconds_spent": 4}
    read = serializers.plain_answer(json.dumps(body).encode())
    assert read is not None
    assert read == full_reading(body)
    assert len(read) == len(FIELDS)


@pytest.mark.pure
@given(bodies)
def test_plain_reading_never_says_anything_else(body):
    plain = serializers.plain_answer(json.dumps(body).encode())
    if plain is not None:
        assert plain == full_reading(body)


@pytest.mark.pure
@given(st.dictionaries(st.sampled_from(FIELDS), odd, max_size=2))
def test_plain_reading_takes_what_is_right(drawn):
    """Of what the exam room sends nothing goes the long way for no reason; texts near the limit may."""
    body = {**BODY, **drawn}
    if full_reading(body) is not None and len(str(body.get("note", ""))) <= 500 and type(body["save_id"]) is str:
        assert serializers.plain_answer(json.dumps(body).encode()) is not None


@pytest.mark.pure
@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{", b"\xff", b'{"selected":NaN}', b"[" * 100_000, b"\xff\xfe{\x00}\x00"],
)
def test_strange_bodies_are_left_to_the_framework(body):
    assert serializers.plain_answer(body) is None


OTHERS = {
    "start": (serializers.plain_start, serializers.StartInput, {"kind": "mock"}, ["kind", "block_id"]),
    "heartbeat": (
        serializers.plain_heartbeat,
        serializers.HeartbeatInput,
        {"device_id": BODY["save_id"]},
        ["device_id"],
    ),
    "submit": (serializers.plain_submit, serializers.SubmitInput, {}, ["only_when_time_is_up"]),
}


@pytest.mark.pure
@pytest.mark.parametrize("what", OTHERS)
@given(st.data())
def test_plain_readings_of_other_requests_never_say_anything_else(what, data):
    plainly, serializer, right, names = OTHERS[what]
    kinds = st.one_of(odd, st.sampled_from(["mock", "drill", BODY["save_id"]]))
    body = {**right, **data.draw(st.dictionaries(st.sampled_from([*names, "more"]), kinds, max_size=2))}
    read, full = plainly(json.dumps(body).encode()), serializer(data=body)
    assert read is None or (full.is_valid() and read == full.validated_data)
    assert plainly(json.dumps(right).encode()) is not None
    assert plainly(b"[]") is None


@pytest.fixture
def browser(candidate) -> Client:
    """Signed in, with CSRF checked as in production."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(candidate, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["csrftoken"] = "a" * 32
    return client


def put(client: Client, attempt: Any, *, token: str = "a" * 32, accept: str = "application/json", **body: Any) -> Any:
    body = {"selected": [], "base_revision": 0, "save_id": str(uuid4()), **body}
    return client.put(
        f"/api/v1/attempts/{attempt.pk}/answers/1/",
        body,
        content_type="application/json",
        headers={"X-CSRFToken": token, "Accept": accept},
    )


@pytest.fixture
def framework(monkeypatch) -> list[str]:
    """What came to the framework."""
    came: list[str] = []
    real = api.AnswerSave.put

    def seen(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        came.append(request.method)
        return real(self, request, *args, **kwargs)

    monkeypatch.setattr(api.AnswerSave, "put", seen)
    return came


def test_usual_save_never_meets_the_framework(browser, mock, framework):
    answer = mock.questions.get(position=1)
    reply = put(browser, mock, selected=keys_of(answer))
    assert (reply.status_code, reply.json()["revision"], framework) == (200, 1, [])
    assert reply["Content-Type"] == "application/json"
    assert AnswerEvent.objects.filter(attempt_question=answer).count() == 1


def test_both_ways_answer_alike(browser, mock, framework):
    short = put(browser, mock)
    long = put(browser, mock, base_revision=1, accept="application/json, text/html")
    assert framework == ["PUT"]
    assert (short.status_code, long.status_code) == (200, 200)
    assert short.json().keys() == long.json().keys()
    assert len(short.json()["server_now"]) == len(long.json()["server_now"])
    assert short.json()["server_now"].endswith("Z")


def test_wrong_csrf_token_saves_nothing(browser, mock, framework):
    reply = put(browser, mock, token="b" * 32)
    assert (reply.status_code, framework) == (403, [])
    assert not AnswerEvent.objects.exists()


def test_refusals_are_said_by_the_framework(browser, mock, framework):
    put(browser, mock)
    reply = put(browser, mock)
    assert (reply.status_code, reply.json()["code"], framework) == (409, "conflict", ["PUT"])
    assert AnswerEvent.objects.count() == 1


def test_a_lost_database_is_503(browser, mock, monkeypatch):
    def away(**_: Any) -> None:
        raise OperationalError("away")

    monkeypatch.setattr("exams.services.save_answer", away)
    reply = put(browser, mock)
    assert (reply.status_code, reply.json()["code"], reply["Retry-After"]) == (503, "unavailable", "5")


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="one statement on PostgreSQL")
def test_usual_save_is_two_statements(browser, mock):
    put(browser, mock)
    with CaptureQueriesContext(connection) as queries:
        assert put(browser, mock, base_revision=1).status_code == 200
    assert len(queries) == 2


def post(client: Client, address: str, body: dict[str, Any], **headers: str) -> Any:
    return client.post(
        address,
        body,
        content_type="application/json",
        headers={"X-CSRFToken": "a" * 32, "Accept": "application/json", **headers},
    )


@pytest.fixture
def no_framework(monkeypatch) -> None:
    def meets(*_: Any, **__: Any) -> None:
        raise AssertionError("met the framework")

    monkeypatch.setattr("rest_framework.views.APIView.dispatch", meets)


def test_start_heartbeat_and_submit_never_meet_the_framework(bank, browser, no_framework):
    started = post(browser, "/api/v1/attempts/", {"kind": "mock"})
    address = started["Location"]
    assert (started.status_code, address) == (201, f"/api/v1/attempts/{started.json()['id']}/")
    beat = post(browser, f"{address}heartbeat/", {"device_id": BODY["save_id"]})
    assert (beat.status_code, beat.json()["is_open_elsewhere"]) == (200, False)
    handed_in = post(browser, f"{address}submit/", {})
    assert (handed_in.status_code, handed_in.json()["attempt"]["status"]) == (200, "submitted")


def test_a_start_is_answered_alike_both_ways(bank, browser, candidate):
    short = post(browser, "/api/v1/attempts/", {"kind": "mock"})
    shown = browser.get(short["Location"]).json()
    changing = ("server_now", "remaining_ms")
    assert {**short.json(), **dict.fromkeys(changing)} == {**shown, **dict.fromkeys(changing)}
    refused = post(browser, "/api/v1/attempts/", {"kind": "mock"})
    assert (refused.status_code, refused.json()["code"]) == (409, "mock_already_open")
    assert post(browser, "/api/v1/attempts/", {"kind": "drill"}).json()["fields"].keys() == {"kind"}


def test_a_start_tells_its_address_alone_to_who_wants_no_more(bank, browser):
    started = post(browser, "/api/v1/attempts/", {"kind": "mock"}, Prefer="return=minimal")
    assert (started.status_code, started.content, "Content-Type" in started) == (201, b"", False)
    assert started["Preference-Applied"] == "return=minimal"
    assert len(browser.get(started["Location"]).json()["questions"]) == 65


def test_a_submit_without_an_answer_is_not_called_json(bank, browser):
    address = post(browser, "/api/v1/attempts/", {"kind": "mock"}, Prefer="return=minimal")["Location"]
    for accepted in ("application/json", "application/json, text/html"):
        ended = post(browser, f"{address}submit/", {}, Prefer="return=minimal", Accept=accepted)
        assert (ended.status_code, ended.content, "Content-Type" in ended) == (204, b"", False)
