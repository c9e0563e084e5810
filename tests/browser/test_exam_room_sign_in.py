"""Sign-ins lost, changed and ended while somebody sits (FAULTS C1 to C4)."""

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Route, expect

from accounts.models import Session, User
from tests.bank import TestBank
from tests.browser.conftest import Watched
from tests.browser.room import (
    PageOf,
    choose,
    go_to,
    kept_on_device,
    settled,
    shown,
    start_mock,
    stored,
)
from tests.conftest import PASSWORD

pytestmark = pytest.mark.usefixtures("nothing_was_lost")


def test_lost_session_signs_in_again_in_place(page_of: PageOf, candidate: User, small_exam: TestBank) -> None:
    page = page_of(candidate)
    attempt = start_mock(page)
    go_to(page, 4)
    Session.objects.all().delete()
    choose(page, 0)
    dialog = page.get_by_role("dialog", name="Please sign in again to keep saving")
    expect(dialog).to_be_visible()
    expect(page.locator("#saved")).to_have_text("1 not saved yet")
    dialog.get_by_label("Password").fill("not the password")
    dialog.get_by_role("button", name="Sign in").click()
    expect(page.locator("#sign-in-problem")).to_contain_text("not correct")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_be_hidden()
    settled(page)
    expect(page.get_by_role("heading", name="Question 4 of 13")).to_be_visible()
    assert stored(attempt, 4) == shown(attempt, 4, 0)


def test_password_changed_elsewhere_ends_the_sign_in_here(
    page_of: PageOf, candidate: User, small_exam: TestBank
) -> None:
    """C4: the old password is no way back, the new one is, and nothing is lost."""
    page = page_of(candidate)
    attempt = start_mock(page)
    elsewhere, new = Client(), "a different horse entirely"
    elsewhere.post(reverse("account_login"), {"login": candidate.email, "password": PASSWORD})
    changed = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert elsewhere.post(reverse("account_change_password"), changed).status_code == 302
    candidate.refresh_from_db()
    assert candidate.check_password(new)
    choose(page, 0)
    dialog = page.get_by_role("dialog", name="Please sign in again to keep saving")
    expect(dialog).to_be_visible()
    expect(page.locator("#saved")).to_have_text("1 not saved yet")
    assert stored(attempt, 1) == []
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(page.locator("#sign-in-problem")).to_contain_text("not correct")
    dialog.get_by_label("Password").fill(new)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_be_hidden()
    settled(page)
    assert stored(attempt, 1) == shown(attempt, 1, 0)


def test_answers_of_one_are_never_sent_as_another(
    watched: Watched, candidate: User, outsider: User, small_exam: TestBank
) -> None:
    context = watched.context(candidate)
    page = context.new_page()
    attempt = start_mock(page)
    watched.sign_in(context, outsider)
    choose(page, 0)
    expect(page.locator("#sign-in-problem")).to_contain_text("Somebody else is signed in in this browser")
    expect(page.locator("#saved")).to_have_text("1 not saved yet")
    assert stored(attempt, 1) == []
    watched.sign_in(context, candidate)
    page.evaluate("dispatchEvent(new Event('focus'))")
    settled(page)
    assert stored(attempt, 1) == shown(attempt, 1, 0)


def test_new_csrf_token_is_read_and_used(watched: Watched, candidate: User, small_exam: TestBank) -> None:
    context = watched.context(candidate)
    page = context.new_page()
    attempt = start_mock(page)
    asked: list[str] = []

    def refuse_once(route: Route) -> None:
        asked.append(route.request.headers["x-csrftoken"])
        if len(asked) == 1:
            context.add_cookies([{"name": "csrftoken", "value": "n" * 32, "url": watched.address}])
            body = '{"code": "csrf_failed", "detail": "stale"}'
            route.fulfill(status=403, content_type="application/json", body=body)
        else:
            route.continue_()

    page.route("**/answers/1/", refuse_once)
    choose(page, 0)
    settled(page)
    assert asked[1] == "n" * 32 != asked[0]
    assert stored(attempt, 1) == shown(attempt, 1, 0)


def test_sign_out_clears_what_the_device_keeps(watched: Watched, candidate: User, small_exam: TestBank) -> None:
    page = watched.page(candidate)
    start_mock(page)
    page.route("**/answers/**", lambda route: route.abort())
    page.evaluate("addEventListener('pagehide', (event) => event.stopImmediatePropagation(), { capture: true })")
    choose(page, 0)
    expect(page.locator("#saved")).to_have_text("1 not saved yet")
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{watched.address}/")
    assert kept_on_device(page) == []
