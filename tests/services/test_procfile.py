"""The Procfile's own lines, with only what Heroku sets: a mock goes through them."""

import time

import pytest
import requests

from tests.processes import House, Person, wait_for
from tests.services.conftest import PASSWORD

pytestmark = pytest.mark.services

HTTPS = {"X-Forwarded-Proto": "https"}


@pytest.fixture
def person(running: House) -> Person:
    return Person(running.address, "efua.mensah@example.com", PASSWORD)


def analysed_at(person: Person) -> str | None:
    return person.call("GET", "weakness/").json().get("computed_at")


def test_a_mock_goes_through_web_and_worker(person, running):
    before = analysed_at(person)
    attempt = person.start_mock()
    assert len(attempt["questions"]) == 65
    person.answer_all(attempt)
    answer = person.submit(attempt["id"])
    assert answer.status_code == 200
    submitted = time.monotonic()
    wait_for(lambda: analysed_at(person) not in (None, before), seconds=20, what="the new weakness")
    print(f"submit to weakness: {time.monotonic() - submitted:.2f} s (n = 1)")
    result = person.call("GET", f"attempts/{attempt['id']}/result/").json()
    assert [domain["total"] for domain in result["domain_scores"]] == [6, 10, 9, 17, 9, 9]
    assert person.call("GET", "plan/revisions/").json()


def test_plain_http_is_sent_to_https(running):
    answer = requests.get(f"{running.address}/", allow_redirects=False, timeout=10)
    assert answer.status_code == 301
    assert answer.headers["Location"].startswith("https://")


def test_health_answers_over_plain_http(running):
    assert requests.get(f"{running.address}/healthz", timeout=10).json() == {"status": "alive"}
    assert requests.get(f"{running.address}/readyz", timeout=10).json() == {"status": "ready"}


def test_headers_are_strict(running):
    headers = requests.get(f"{running.address}/", headers=HTTPS, timeout=10).headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert headers["Strict-Transport-Security"].startswith("max-age=63072000")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


def test_a_strange_host_is_refused(running):
    answer = requests.get(f"{running.address}/", headers={**HTTPS, "Host": "evil.example.com"}, timeout=10)
    assert answer.status_code == 400


def test_static_files_come_compressed_with_a_long_life(running):
    page = requests.get(f"{running.address}/", headers=HTTPS, timeout=10).text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = requests.get(f"{running.address}{address}", headers={**HTTPS, "Accept-Encoding": "br"}, timeout=10)
    assert answer.headers["Content-Encoding"] == "br"
    assert "immutable" in answer.headers["Cache-Control"]


def test_missing_secret_refuses_to_start_and_says_which(house):
    import subprocess
    import sys

    from tests.processes import ROOT

    env = {name: value for name, value in house.env.items() if name != "DJANGO_SECRET_KEY"}
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "DJANGO_SECRET_KEY is not set" in done.stderr
