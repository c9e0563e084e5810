"""What every request leaves in the log, and which headers go with it."""

import json
import logging
from typing import Any

import pytest
import structlog
from django.test import Client

from prep.middleware import API_POLICY, requests_log

STATE = "/api/v1/attempts/"


@pytest.fixture
def lines(monkeypatch) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(json.loads(record.getMessage()))

    monkeypatch.setattr(requests_log, "handlers", [Kept()])
    monkeypatch.setattr(requests_log, "level", logging.INFO)
    monkeypatch.setattr(requests_log, "_cache", {})
    return found


def test_log_line_works(candidate, signed_in, lines):
    signed_in(candidate).get(
        STATE + "?kind=mock", headers={"X-Request-ID": "r-1", "X-Forwarded-For": "1.1.1.1, 2.2.2.2"}
    )
    (line,) = lines
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request_finished",
        "code": 200,
        "request": f"GET {STATE}?kind=mock",
        "request_id": "r-1",
        "user_id": str(candidate.pk),
        "ip": "2.2.2.2",
        "logger": "prep.requests",
        "level": "info",
    }
    assert not structlog.contextvars.get_contextvars()


def test_refused_request_is_a_warning(client, db, lines):
    client.get(STATE)
    (line,) = lines
    assert (line["code"], line["level"], line["user_id"]) == (401, "warning", None)
    assert len(line["request_id"]) == 36


def test_failed_request_is_told_with_its_exception(signed_in, candidate, monkeypatch, lines, caplog):
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("no such luck")

    monkeypatch.setattr("exams.selectors.attempts_of", fail)
    client = signed_in(candidate)
    client.raise_request_exception = False
    with caplog.at_level(logging.ERROR):
        assert client.get(STATE).status_code == 500
    assert lines == []
    assert any("request_failed" in str(record.msg) for record in caplog.records)


def test_api_replies_carry_the_headers_that_matter(client, db):
    reply = client.get(STATE)
    assert reply["Content-Security-Policy"] == API_POLICY
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert reply["Referrer-Policy"] == "same-origin"
    assert reply["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("address", ["/", "/api/docs/"])
def test_pages_keep_their_whole_policy(client, db, address):
    reply = client.get(address)
    assert "script-src 'self'" in reply["Content-Security-Policy"]
    assert reply["X-Frame-Options"] == "DENY"


def test_production_sends_the_api_to_https(settings, db):
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get(STATE).status_code == 301
