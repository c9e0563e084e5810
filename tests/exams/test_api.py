"""The exam API through the whole middleware: what it answers, what it refuses, and what a save costs."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from exams import serializers, services
from exams.models import CLOSING_GRACE, AnswerEvent, Attempt
from tests.exams.conftest import keys_of, save, wrong_of

START = "/api/v1/attempts/"


def url(attempt: Attempt, rest: str = "") -> str:
    return f"/api/v1/attempts/{attempt.pk}/{rest}"


def put(client: Client, attempt: Attempt, position: int, **body: Any):
    body = {"selected": [], "base_revision": 0, "save_id": str(uuid4()), **body}
    return client.put(url(attempt, f"answers/{position}/"), body, content_type="application/json")


@pytest.fixture
def client(candidate, signed_in):
    return signed_in(candidate)


def set_back(attempt: Attempt, by: timedelta) -> None:
    """Move an attempt into the past, so that its time is up without waiting."""
    Attempt.objects.filter(pk=attempt.pk).update(started_at=F("started_at") - by, deadline_at=F("deadline_at") - by)
    attempt.refresh_from_db()


def test_start_works(client, bank):
    reply = client.post(START, {"kind": "mock"}, content_type="application/json")
    body = reply.json()
    assert reply.status_code == 201
    assert (body["status"], body["kind"], body["minutes_allowed"]) == ("in_progress", "mock", 105)
    assert 104 * 60_000 < body["remaining_ms"] <= 105 * 60_000
    assert [question["position"] for question in body["questions"]] == list(range(1, 66))
    first = body["questions"][0]
    assert first["stem_html"]
    assert {"id", "html"} == set(first["options"][0])
    assert (first["selected"], first["revision"], first["flagged"]) == ([], 0, False)


def test_second_start_names_the_open_mock(client, mock):
    reply = client.post(START, {"kind": "mock"}, content_type="application/json")
    assert reply.status_code == 409
    assert reply.json()["code"] == "mock_already_open"
    assert reply.json()["attempt_id"] == str(mock.pk)


def test_only_mocks_start_here(client, bank):
    reply = client.post(START, {"kind": "drill"}, content_type="application/json")
    assert reply.status_code == 400
    assert "kind" in reply.json()["fields"]


def test_start_ignores_what_is_not_the_candidates_to_say(client, bank, other_candidate):
    wishes = {"kind": "mock", "deadline_at": "2099-01-01T00:00:00Z", "candidate": str(other_candidate.pk), "score": 60}
    body = client.post(START, wishes, content_type="application/json").json()
    attempt = Attempt.objects.get(pk=body["id"])
    assert attempt.candidate != other_candidate
    assert attempt.deadline_at == attempt.started_at + timedelta(minutes=105)


def test_start_without_questions_says_so(client, bank):
    from questions.models import Question

    Question.objects.filter(domain__code="data").update(status=Question.Status.RETIRED)
    reply = client.post(START, {"kind": "mock"}, content_type="application/json")
    assert (reply.status_code, reply.json()["code"]) == (409, "bank_too_small")


def test_list_works(client, mock, start_drill):
    start_drill()
    body = client.get(START).json()
    assert body["count"] == 2
    assert {attempt["kind"] for attempt in body["results"]} == {"mock", "drill"}
    assert client.get(START, {"kind": "mock"}).json()["count"] == 1
    assert client.get(START, {"kind": "nonsense"}).status_code == 400


def test_save_works(client, mock):
    answer = mock.questions.get(position=1)
    reply = put(
        client, mock, 1, selected=keys_of(answer), flagged=True, confidence="unsure", seconds_spent=12, note="n"
    )
    body = reply.json()
    assert reply.status_code == 200
    assert set(body) == {"revision", "remaining_ms", "server_now", "status"}
    assert (body["revision"], body["status"]) == (1, "in_progress")
    shown = client.get(url(mock)).json()["questions"][0]
    assert (shown["selected"], shown["flagged"], shown["confidence"]) == (keys_of(answer), True, "unsure")
    assert (shown["seconds_spent"], shown["note"], shown["revision"]) == (12, "n", 1)


def test_save_costs_five_statements_at_most(client, mock, start_drill):
    answer = mock.questions.select_related("question_version").get(position=1)
    save_id = str(uuid4())
    drill = start_drill(is_tutored=True)
    moments = {
        "whole": lambda: put(client, mock, 2, **WHOLE),
        "whole repeat": lambda: put(client, mock, 2, **WHOLE),
        "whole conflict": lambda: put(client, mock, 2, **{**WHOLE, "save_id": str(uuid4())}),
        "whole misfit": lambda: put(client, mock, 2, **{**WHOLE, "selected": [0], "base_revision": 1}),
        "whole tutored": lambda: put(client, drill, 2, **WHOLE),
        "whole checked": lambda: put(client, drill, 3, **{**WHOLE, "base_revision": 1}),
        "first": lambda: put(client, mock, 1, selected=keys_of(answer), save_id=save_id),
        "repeat": lambda: put(client, mock, 1, selected=keys_of(answer), save_id=save_id),
        "next": lambda: put(client, mock, 1, selected=wrong_of(answer), base_revision=1),
        "conflict": lambda: put(client, mock, 1, selected=[]),
        "tutored": lambda: put(client, drill, 1, note="x"),
        "misfit": lambda: put(client, mock, 1, selected=[0], base_revision=2),
    }
    refusals = {"whole conflict": 409, "conflict": 409, "misfit": 400, "whole misfit": 400, "whole checked": 409}
    third = drill.questions.get(position=3)
    save(drill, 3, third.option_order[: third.select_count], timezone.now())
    services.check_answer(attempt_id=drill.pk, candidate=drill.candidate, position=3, now=timezone.now())
    for name, request in moments.items():
        with CaptureQueriesContext(connection) as queries:
            assert request().status_code == refusals.get(name, 200), name
        statements = [
            query["sql"]
            for query in queries
            if not query["sql"].startswith(("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"))
        ]
        assert len(statements) <= 5, (name, statements)
        # The session with its user, and the save: also for a change of one field, which is what the exam room sends.
        if connection.vendor == "postgresql" and name in ("whole", "whole tutored", "first", "next", "tutored"):
            assert len(statements) == 2, (name, statements)


def test_save_costs_the_same_on_a_long_paper(client, start_drill):
    counts = []
    for length in (20, 120):
        attempt = start_drill(count=length)
        with CaptureQueriesContext(connection) as queries:
            assert put(client, attempt, 1, note="x").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_conflict_carries_the_stored_answer(client, mock):
    answer = mock.questions.get(position=1)
    put(client, mock, 1, selected=keys_of(answer))
    reply = put(client, mock, 1, selected=wrong_of(answer))
    body = reply.json()
    assert (reply.status_code, body["code"], body["revision"]) == (409, "conflict", 1)
    assert body["answer"]["selected"] == keys_of(answer)
    assert body["remaining_ms"] > 0


def test_closed_attempt_says_when_it_ended(client, mock):
    client.post(url(mock, "submit/"), content_type="application/json")
    reply = put(client, mock, 1)
    body = reply.json()
    assert (reply.status_code, body["code"], body["status"]) == (409, "attempt_closed", "submitted")
    assert body["finished_at"]
    assert not AnswerEvent.objects.exists()


def test_save_between_deadline_and_grace_is_closed(client, mock):
    set_back(mock, mock.deadline_at - timezone.now() + timedelta(seconds=10))
    reply = put(client, mock, 1)
    body = reply.json()
    assert (reply.status_code, body["code"], body["remaining_ms"]) == (409, "attempt_closed", 0)
    assert client.get(url(mock, "state/")).json()["status"] == "in_progress"


def test_every_read_shows_an_overdue_attempt_expired(client, mock):
    set_back(mock, mock.deadline_at - timezone.now() + CLOSING_GRACE + timedelta(seconds=5))
    body = client.get(url(mock, "state/")).json()
    assert (body["status"], body["remaining_ms"]) == ("expired", 0)
    assert body["finished_at"] == body["deadline_at"]
    assert client.get(url(mock, "result/")).status_code == 200


def test_list_settles_overdue_attempts(client, mock):
    set_back(mock, mock.deadline_at - timezone.now() + CLOSING_GRACE + timedelta(seconds=5))
    assert client.get(START).json()["results"][0]["status"] == "expired"


WHOLE: dict[str, Any] = {
    "selected": [],
    "eliminated": [],
    "flagged": True,
    "confidence": "guess",
    "note": "n",
    "seconds_spent": 3,
    "base_revision": 0,
    "save_id": str(uuid4()),
}
WRONG_VALUES: list[tuple[dict[str, Any], str]] = [
    ({"selected": "1"}, "selected"),
    ({"selected": ["1"]}, "selected"),
    ({"selected": [1.0]}, "selected"),
    ({"selected": [True]}, "selected"),
    ({"selected": [None]}, "selected"),
    ({"selected": [[1]]}, "selected"),
    ({"selected": None}, "selected"),
    ({"selected": {"a": 1}}, "selected"),
    ({"selected": [-1]}, "selected"),
    ({"selected": [10**30]}, "selected"),
    ({"selected": [987654321]}, "selected"),
    ({"selected": list(range(1000))}, "selected"),
    ({"eliminated": "x"}, "eliminated"),
    ({"flagged": "yes"}, "flagged"),
    ({"flagged": 1}, "flagged"),
    ({"confidence": "very"}, "confidence"),
    ({"confidence": "sure\x00"}, "confidence"),
    ({"confidence": 3}, "confidence"),
    ({"note": "x" * 2001}, "note"),
    ({"note": "nul \x00"}, "note"),
    ({"note": "\ud800"}, "note"),
    ({"note": 5}, "note"),
    ({"note": None}, "note"),
    ({"seconds_spent": -1}, "seconds_spent"),
    ({"seconds_spent": "9"}, "seconds_spent"),
    ({"seconds_spent": 10**12}, "seconds_spent"),
    ({"base_revision": -1}, "base_revision"),
    ({"base_revision": 2**40}, "base_revision"),
    ({"base_revision": "0"}, "base_revision"),
    ({"save_id": "abc"}, "save_id"),
    ({"save_id": None}, "save_id"),
]
STRANGE_BODIES = [
    (b"", 400),
    (b"not json", 400),
    (b"[]", 400),
    (b'"text"', 400),
    (b"\xff\xfe", 400),
    (b'{"selected": NaN}', 400),
    (b"[" * 60_000, 400),
    (b'{"selected": ' + b"9" * 6000 + b"}", 400),
    (b'{"note": "' + b"x" * 10_000_000 + b'"}', 413),
]


def test_wrong_values_are_refused_by_field(client, mock):
    for change, field in WRONG_VALUES:
        reply = put(client, mock, 1, **change)
        assert reply.status_code == 400, change
        assert field in reply.json()["fields"], change
    assert not AnswerEvent.objects.exists()


def test_what_a_save_cannot_do_without(client, mock):
    for missing in ("selected", "base_revision", "save_id"):
        body = {"selected": [], "base_revision": 0, "save_id": str(uuid4())}
        del body[missing]
        reply = client.put(url(mock, "answers/1/"), body, content_type="application/json")
        assert reply.status_code == 400
        assert missing in reply.json()["fields"]


def test_strange_bodies_are_refused(client, mock):
    for body, status in STRANGE_BODIES:
        reply = client.put(url(mock, "answers/1/"), body, content_type="application/json")
        assert reply.status_code == status, body[:40]
        assert "code" in reply.json()
    assert not AnswerEvent.objects.exists()


def test_other_content_types_are_refused(client, mock):
    assert client.put(url(mock, "answers/1/"), "selected=1", content_type="text/plain").status_code == 415


def test_positions_off_the_paper(client, mock):
    for position in ("0", "66", "99999999999999999999"):
        reply = client.put(
            url(mock, f"answers/{position}/"),
            {"selected": [], "base_revision": 0, "save_id": str(uuid4())},
            content_type="application/json",
        )
        assert reply.status_code == 404, position


def test_nobody_else_finds_the_attempt(mock, outsider, signed_in):
    stranger = signed_in(outsider)
    assert put(stranger, mock, 1).status_code == 404
    for rest in ("", "state/", "result/"):
        assert stranger.get(url(mock, rest)).status_code == 404, rest
    for rest in ("submit/", "answers/1/check/"):
        assert stranger.post(url(mock, rest), content_type="application/json").status_code == 404, rest
    beat = {"device_id": str(uuid4())}
    assert stranger.post(url(mock, "heartbeat/"), beat, content_type="application/json").status_code == 404
    assert stranger.get(START).json()["count"] == 0


def test_nobody_without_sign_in(mock):
    assert put(Client(), mock, 1).status_code == 401
    assert Client().get(url(mock)).status_code == 401


def test_csrf_is_asked_for(mock, candidate):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(candidate, backend="django.contrib.auth.backends.ModelBackend")
    assert put(browser, mock, 1).status_code == 403


def test_status_cannot_be_set(client, mock):
    reply = client.patch(url(mock), {"status": "submitted"}, content_type="application/json")
    assert reply.status_code == 405


def test_submit_gives_the_same_body_each_time(client, mock):
    first = client.post(url(mock, "submit/"), content_type="application/json")
    second = client.post(url(mock, "submit/"), content_type="application/json")
    shown = client.get(url(mock, "result/"))
    assert first.status_code == 200
    assert first.content == second.content == shown.content
    body = first.json()
    assert (body["passed"], body["scored_total"], body["pass_count"]) == (False, 60, 44)
    assert len(body["questions"]) == 65
    assert any(option["is_key"] for option in body["questions"][0]["options"])
    assert "RATIONALE" in body["questions"][0]["options"][0]["rationale_html"]


def test_submit_that_wants_no_result_gets_none(client, mock):
    reply = client.post(url(mock, "submit/"), content_type="application/json", headers={"Prefer": "return=minimal"})
    assert (reply.status_code, reply.content) == (204, b"")
    assert reply.headers["Preference-Applied"] == "return=minimal"
    assert client.get(url(mock, "result/")).json()["attempt"]["status"] == "submitted"


def test_submit_by_an_early_clock_is_refused(client, mock):
    reply = client.post(url(mock, "submit/"), {"only_when_time_is_up": True}, content_type="application/json")
    assert (reply.status_code, reply.json()["code"]) == (409, "time_not_up")
    assert reply.json()["remaining_ms"] > 0


def test_submit_of_an_attempt_that_never_was(client):
    assert client.post(f"/api/v1/attempts/{uuid4()}/submit/", content_type="application/json").status_code == 404


def test_result_waits_for_the_end(client, mock):
    assert client.get(url(mock, "result/")).json()["code"] == "result_not_ready"


def test_voided_attempt_has_no_result(client, mock, author, now):
    services.void_attempt(attempt_id=mock.pk, reason="power cut", by=author, now=now)
    assert client.get(url(mock, "result/")).status_code == 409
    assert client.post(url(mock, "submit/"), content_type="application/json").status_code == 409


def test_state_works(client, mock, now):
    save(mock, 3, [], now, flagged=True)
    body = client.get(url(mock, "state/")).json()
    assert body["revisions"] == [0, 0, 1] + [0] * 62
    assert {"status", "server_now", "remaining_ms", "deadline_at"} <= set(body)


def test_heartbeat_notices_another_browser(client, mock):
    here, there = ({"device_id": str(uuid4())} for _ in range(2))

    def beat(device):
        return client.post(url(mock, "heartbeat/"), device, content_type="application/json").json()["is_open_elsewhere"]

    assert [beat(here), beat(here), beat(there), beat(here)] == [False, False, True, True]


def test_check_shows_the_rationale_of_that_answer_only(client, start_drill, now):
    drill = start_drill(is_tutored=True)
    save(drill, 1, keys_of(drill.questions.get(position=1)), now)
    body = client.post(url(drill, "answers/1/check/"), content_type="application/json").json()
    assert body["question"]["is_correct"] is True
    assert "RATIONALE" in body["question"]["options"][0]["rationale_html"]
    shown = client.get(url(drill)).json()
    assert [question["is_checked"] for question in shown["questions"]] == [True, False, False, False]
    reply = client.post(url(drill, "answers/2/check/"), content_type="application/json")
    assert (reply.status_code, reply.json()["code"]) == (409, "answer_incomplete")


def _fields(payload: Any, path: str = "") -> list[tuple[str, Any]]:
    if isinstance(payload, dict):
        return [pair for name, value in payload.items() for pair in _fields(value, f"{path}.{name}")]
    if isinstance(payload, list):
        return [pair for value in payload for pair in _fields(value, f"{path}[]")]
    return [(path, payload)]


def test_nothing_tells_the_key_before_the_end(client, bank):
    """Every field of every payload of an attempt in progress."""
    started = client.post(START, {"kind": "mock"}, content_type="application/json")
    mock = Attempt.objects.get(pk=started.json()["id"])
    answer = mock.questions.get(position=1)
    replies = [
        started,
        client.get(START),
        client.get(url(mock)),
        client.get(url(mock, "state/")),
        client.get(url(mock, "result/")),
        client.post(url(mock, "heartbeat/"), {"device_id": str(uuid4())}, content_type="application/json"),
        put(client, mock, 1, selected=keys_of(answer)),
        put(client, mock, 1, selected=[]),
        put(client, mock, 1, selected=[1]),
        client.post(url(mock, "answers/1/check/"), content_type="application/json"),
        client.post(START, {"kind": "mock"}, content_type="application/json"),
        client.post(url(mock, "submit/"), {"only_when_time_is_up": True}, content_type="application/json"),
    ]
    telling = ("key", "rationale", "correct", "right", "pilot", "misconception", "reference", "level", "difficulty")
    for reply in replies:
        assert "RATIONALE" not in reply.content.decode()
        for path, value in _fields(reply.json()):
            name = path.rpartition(".")[2]
            assert not any(word in name for word in telling) or value is None, path
    shown = json.loads(replies[2].content)["questions"]
    assert len({frozenset(question) for question in shown}) == 1, "pilots look like every other question"
    firsts = [question["options"][0]["id"] for question in shown if question["select_count"] == 1]
    keys = {key for item in mock.questions.select_related("question_version") for key in keys_of(item)}
    assert 0.05 < sum(first in keys for first in firsts) / len(firsts) < 0.6, "options are shuffled"


def test_bodies_are_what_their_schema_says(client, start_drill, now):
    """`serializers.shown` goes around DRF's fields; DRF must read the same from what it gives."""
    drill = start_drill(is_tutored=True)
    save(drill, 1, keys_of(drill.questions.get(position=1)), now, flagged=True, note="n")
    shown = client.get(url(drill)).json()
    result = client.post(url(drill, "submit/"), content_type="application/json").json()
    for schema, body in (
        (serializers.PaperQuestionSerializer, shown["questions"]),
        (serializers.ResultQuestionSerializer, result["questions"]),
    ):
        read = schema(data=body, many=True)
        assert read.is_valid(), read.errors
        assert [set(row) for row in body] == [set(schema().fields)] * len(body)
    assert set(shown) == set(serializers.AttemptDetailSerializer().fields)
    assert set(result) == set(serializers.AttemptResultSerializer().fields)
