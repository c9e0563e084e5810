"""Sessions that bring their user along, and everything that must end one."""

import importlib
from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as OldStore
from django.contrib.sessions.models import Session as OldSession
from django.db import InterfaceError, OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.models import Session, User
from accounts.sessions import _alive

STATE = "/api/v1/attempts/"


def stays_in(client):
    return client.get(STATE).status_code == 200


def test_session_works(candidate, signed_in):
    client = signed_in(candidate)
    (session,) = Session.objects.all()
    assert session.user == candidate
    with CaptureQueriesContext(connection) as queries:
        assert stays_in(client)
    readings = [query["sql"] for query in queries if "accounts_user" in query["sql"] or "session" in query["sql"]]
    assert len(readings) == 1


def test_anonymous_session_has_no_user(client, db):
    session = client.session
    session["seen"] = True
    session.save()
    assert Session.objects.get().user is None


def test_signing_out_ends_it(candidate, signed_in):
    client = signed_in(candidate)
    client.logout()
    assert not Session.objects.exists()
    assert not stays_in(client)


def test_expired_session_is_over(candidate, signed_in):
    client = signed_in(candidate)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not stays_in(client)


def test_new_password_ends_other_sessions(candidate, signed_in):
    client = signed_in(candidate)
    candidate.set_password("another horse battery staple")
    candidate.save()
    assert not stays_in(client)


def test_replaced_secret_keeps_it(candidate, signed_in, settings):
    client = signed_in(candidate)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-of-some-length-0123456789-abcdefghij"
    assert stays_in(client)


def test_blocked_person_is_out(candidate, signed_in):
    client = signed_in(candidate)
    User.objects.filter(pk=candidate.pk).update(is_active=False)
    assert not stays_in(client)


def test_a_backend_that_is_gone_lets_nobody_in(candidate, signed_in, settings):
    client = signed_in(candidate)
    settings.AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
    assert not stays_in(client)


def test_row_and_text_must_agree(candidate, other_candidate, signed_in):
    """A row that names somebody else opens nobody else's pages."""
    client = signed_in(candidate)
    Session.objects.update(user=other_candidate)
    page = client.get(reverse("home_show"))
    assert page.wsgi_request.user == candidate


def test_deleted_person_leaves_no_session(candidate, signed_in):
    signed_in(candidate)
    candidate.delete()
    assert not Session.objects.exists()


def test_expired_rows_are_forgotten(candidate, signed_in):
    signed_in(candidate)
    later = timezone.now() + timedelta(days=15)
    assert services.forget_expired_rows(now=later)["sessions"] == 1


@pytest.mark.parametrize("lost", [OperationalError, InterfaceError])
def test_reading_on_a_dead_connection_is_done_again(transactional_db, lost):
    connection.ensure_connection()
    connection.health_check_done = False
    calls = []

    def read():
        calls.append(connection.connection)
        if len(calls) == 1:
            raise lost("server closed the connection unexpectedly")
        connection.ensure_connection()
        return "read"

    assert _alive(read) == "read"
    assert len(calls) == 2
    assert connection.health_check_done


def test_reading_on_a_new_connection_fails_once(transactional_db):
    connection.close()
    connection.ensure_connection()
    connection.health_check_done = True
    calls = []

    def read():
        calls.append(1)
        raise OperationalError("no")

    with pytest.raises(OperationalError):
        _alive(read)
    assert len(calls) == 1


def test_sessions_of_before_are_taken_over(candidate):
    from django.apps import apps

    for user_id in (str(candidate.pk), None, "00000000-0000-0000-0000-000000000000"):
        old = OldStore()
        if user_id:
            old[SESSION_KEY] = user_id
        old.save()
    OldSession.objects.create(session_key="over", session_data="", expire_date=timezone.now() - timedelta(days=1))
    importlib.import_module("accounts.migrations.0002_session_with_its_user").take_over(apps, None)
    assert sorted(str(user) for user in Session.objects.values_list("user", flat=True)) == sorted(
        [str(candidate.pk), "None"]
    )
