"""Emails about a plan: only to those who asked, at their own hour, once, and easy to stop."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail as outbox
from django.test import Client
from django.urls import reverse

from study_plans import mail, services, tasks
from study_plans.models import StudyPlan
from tests.study_plans.people import NOW, TODAY, study_blocks

SEVEN = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)  # 07:30 in Berlin, a Monday


@pytest.fixture
def asked(plan) -> StudyPlan:
    return services.change_messages(
        plan=plan, sends_reminders=True, sends_summary=True, reminder_hour=7, shows_streak=False
    )


def test_a_reminder_works(asked, candidate):
    assert services.send_reminder(candidate=candidate, now=SEVEN)
    sent = outbox.outbox[0]
    assert sent.to == [candidate.email]
    assert sent.subject.startswith("Today: 1 h, first First map")
    assert "Hello Amara," in sent.body
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_every_link_of_an_email_is_whole(asked, candidate, settings):
    """Without a page around it a link needs its host."""
    assert settings.PUBLIC_URL.startswith("http")
    services.send_reminder(candidate=candidate, now=SEVEN)
    services.send_summary(candidate=candidate, now=SEVEN)
    for message in outbox.outbox:
        links = re.findall(r": (\S*/plan/\S*)", message.body)
        assert len(links) == 2
        assert all(link.startswith(settings.PUBLIC_URL) for link in links)
        assert message.extra_headers["List-Unsubscribe"].startswith(f"<{settings.PUBLIC_URL}/")


def test_quiet_by_default(plan, candidate):
    assert not services.send_reminder(candidate=candidate, now=SEVEN)
    assert not services.send_summary(candidate=candidate, now=SEVEN)
    assert outbox.outbox == []


def test_one_reminder_a_day(asked, candidate):
    services.send_reminder(candidate=candidate, now=SEVEN)
    assert not services.send_reminder(candidate=candidate, now=SEVEN + timedelta(hours=1))
    assert services.send_reminder(candidate=candidate, now=SEVEN + timedelta(days=1))


@pytest.mark.parametrize("hour", [0, 4, 5, 11, 23])
def test_not_at_other_hours(asked, candidate, hour):
    assert not services.send_reminder(candidate=candidate, now=datetime(2026, 11, 23, hour, 30, tzinfo=UTC))


def test_no_reminder_when_nothing_is_left(asked, candidate):
    for block in study_blocks(asked).filter(day=TODAY):
        services.complete_block(plan_owner=candidate, block_id=block.pk, now=NOW)
    assert not services.send_reminder(candidate=candidate, now=SEVEN)


def test_a_summary_comes_on_mondays(asked, candidate):
    assert services.send_summary(candidate=candidate, now=SEVEN)
    assert not services.send_summary(candidate=candidate, now=SEVEN)
    assert not services.send_summary(candidate=candidate, now=SEVEN + timedelta(days=1))
    assert services.send_summary(candidate=candidate, now=SEVEN + timedelta(days=7))
    assert "This week:" in outbox.outbox[0].body


def test_stopping_works_without_signing_in(asked, candidate, client):
    services.send_reminder(candidate=candidate, now=SEVEN)
    link = re.search(r"No more of these emails: (\S+)", outbox.outbox[0].body)
    address = link.group(1).removeprefix("http://testserver")
    assert "Stop them" in client.get(address).content.decode()
    asked.refresh_from_db()
    assert asked.sends_reminders
    assert "No more emails" in client.post(address).content.decode()
    asked.refresh_from_db()
    assert (asked.sends_reminders, asked.sends_summary) == (False, False)


def test_a_mail_program_stops_them_with_one_click(asked, candidate):
    """RFC 8058: a POST from elsewhere to the address in the header, without cookies or a CSRF token."""
    services.send_reminder(candidate=candidate, now=SEVEN)
    header = outbox.outbox[0].extra_headers["List-Unsubscribe"]
    address = header.strip("<>").removeprefix("http://testserver")
    answer = Client(enforce_csrf_checks=True).post(address, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    asked.refresh_from_db()
    assert (asked.sends_reminders, asked.sends_summary) == (False, False)


@pytest.mark.parametrize("token", ["x", "abc:def:ghi"])
def test_a_forged_link_stops_nothing(asked, client, token):
    address = reverse("study_plans:messages_stop", args=[token])
    assert client.get(address).status_code == client.post(address).status_code == 404
    asked.refresh_from_db()
    assert asked.sends_reminders


def test_one_failure_does_not_stop_the_others(asked, candidate, other_candidate, monkeypatch):
    from tests.study_plans.people import make_plan

    other = make_plan(other_candidate)
    services.change_messages(plan=other, sends_reminders=True, sends_summary=False, reminder_hour=6, shows_streak=False)
    monkeypatch.setattr("django.utils.timezone.now", lambda: SEVEN)
    send = mail.send_reminder

    def failing(plan, blocks):
        if plan.candidate_id == candidate.pk:
            raise OSError("the mail server is away")
        send(plan, blocks)

    monkeypatch.setattr(mail, "send_reminder", failing)
    assert tasks.send_messages_task() == 2
    assert {message.to[0] for message in outbox.outbox} == {candidate.email, other_candidate.email}
    assert [message.subject for message in outbox.outbox].count("Your study week") == 1
