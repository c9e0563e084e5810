"""Tokens over the API."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import services
from tests.conftest import PASSWORD


@pytest.fixture(autouse=True)
def _fresh_counters(db):
    cache.clear()


def test_token_create_works(candidate):
    answer = APIClient().post(reverse("token_create"), {"email": candidate.email, "password": PASSWORD}, format="json")
    assert answer.status_code == 201
    assert set(answer.json()) == {"token", "expires_at"}


def test_wrong_password_is_401(candidate):
    answer = APIClient().post(reverse("token_create"), {"email": candidate.email, "password": "no"}, format="json")
    assert answer.status_code == 401
    assert answer.json()["code"] == "sign_in_refused"


def test_missing_field_is_named(db):
    answer = APIClient().post(reverse("token_create"), {"email": "x@example.com"}, format="json")
    assert answer.status_code == 400
    assert answer.json()["fields"] == {"password": ["This field is required."]}


def test_guesses_against_one_account_are_limited_whatever_the_address(candidate):
    for guess in range(10):
        client = APIClient(REMOTE_ADDR=f"10.0.0.{guess}", HTTP_X_FORWARDED_FOR=f"198.51.100.{guess}")
        client.post(reverse("token_create"), {"email": candidate.email, "password": "no"}, format="json")
    answer = APIClient(REMOTE_ADDR="10.0.1.1").post(
        reverse("token_create"), {"email": candidate.email.upper(), "password": PASSWORD}, format="json"
    )
    assert answer.status_code == 429


def test_expired_token_is_401(candidate):
    text, _ = services.issue_api_token(user=candidate, now=timezone.now() - timedelta(days=91))
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    answer = client.get("/api/v1/plan/")
    assert answer.status_code in (401, 404)
