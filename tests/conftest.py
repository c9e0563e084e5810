"""The cast and the ground that every test stands on."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from tests.bank import TestBank, make_bank

PASSWORD = "correct horse battery staple"

# The same examples every time: a red build means a changed program, not an unlucky draw.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable")


# What bin/test --fast leaves out: every page one by one, thousands of random plans, the whole bank.
SLOW = {
    "analytics/test_checked_answers.py",
    "analytics/test_first_map.py",
    "analytics/test_freshness.py",
    "analytics/test_mentors.py",
    "analytics/test_outcome_pages.py",
    "analytics/test_outcomes.py",
    "analytics/test_pages.py",
    "analytics/test_parameters.py",
    "analytics/test_rehearsal_pages.py",
    "analytics/test_sittings.py",
    "analytics/test_statistics.py",
    "engine/planning/test_changes.py",
    "engine/planning/test_rules.py",
    "engine/test_recalibration.py",
    "engine/test_replay.py",
    "exams/test_admin.py",
    "exams/test_copies.py",
    "exams/test_invariants.py",
    "exams/test_parallel_mocks.py",
    "exams/test_pauses.py",
    "exams/test_sittings.py",
    "exams/test_staff_changes.py",
    "exams/test_tutorials.py",
    "exams/test_views_results.py",
    "exams/test_views_sittings.py",
    "journeys/test_another_exam.py",
    "journeys/test_outsider.py",
    "questions/test_admin.py",
    "questions/test_exchange.py",
    "questions/test_real_bank.py",
    "questions/test_versions.py",
    "study_plans/test_adjusting.py",
    "study_plans/test_api.py",
    "study_plans/test_blocks.py",
    "study_plans/test_calendar.py",
    "study_plans/test_days.py",
    "study_plans/test_messages.py",
    "study_plans/test_swapping.py",
    "study_plans/test_views.py",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.relative_to(here).as_posix() in SLOW:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test talks to anything but this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0])
            if not host.startswith("127.") and host not in ("::1", "localhost"):
                raise OSError(f"tests may not connect to {host}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _quick_hashes_and_kept_mail(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def _person(email: str, name: str, **fields: Any) -> User:
    return User.objects.create_user(email, PASSWORD, display_name=name, **fields)


@pytest.fixture
def candidate(db: None) -> User:
    return _person("amara@example.com", "Amara Okafor", time_zone="Europe/Berlin")


@pytest.fixture
def other_candidate(db: None) -> User:
    return _person("bao@example.com", "Bao Tran")


@pytest.fixture
def mentor(db: None) -> User:
    return _person("jordan@example.com", "Jordan Lee")


@pytest.fixture
def author(db: None) -> User:
    return _person("ines@example.com", "Ines Duarte", is_staff=True, is_superuser=True)


@pytest.fixture
def outsider(db: None) -> User:
    """Somebody signed in who has nothing to do with anybody else's rows."""
    return _person("otto@example.com", "Otto Stranger")


@pytest.fixture
def bank(db: None) -> TestBank:
    """The real blueprint's shape with small generated questions: 24 in each domain, 5 pilots."""
    return make_bank()


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def api() -> Callable[[User | None], APIClient]:
    def client_of(user: User | None = None) -> APIClient:
        client = APIClient()
        if user is not None:
            client.force_authenticate(user)
        return client

    return client_of
