"""Clocks moved, devices asleep, pages stopped, time granted and over (FAULTS A10, B1, B2, B8, B14)."""

import os
import re
import signal
import time

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from exams import services
from exams.models import Attempt
from tests.bank import TestBank
from tests.browser.conftest import Watched
from tests.browser.room import (
    PageOf,
    choose,
    go_to,
    kept_on_device,
    move_deadline,
    notice,
    seconds_left,
    seconds_shown,
    settled,
    shown,
    start_mock,
    stored,
)

pytestmark = pytest.mark.usefixtures("nothing_was_lost")


@pytest.mark.parametrize("hours", [2, -2])
def test_clock_of_the_device_decides_nothing(
    page_of: PageOf, candidate: User, small_exam: TestBank, hours: int
) -> None:
    page = page_of(candidate)
    start_mock(page)
    # Only the wall clock moves; monotonic time goes on, as on a real device.
    page.evaluate(
        """(hours) => { const real = Date.now; Date.now = () => real() + hours * 3600000; }""",
        hours,
    )
    page.wait_for_timeout(800)
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"^104:[45]\d$"))
    choose(page, 0)
    settled(page)
    assert Attempt.objects.get().status == Attempt.Status.IN_PROGRESS


SLEEP = 15 * 60


def sleep(page: Page, attempt: Attempt) -> None:
    """A quarter of an hour with the lid closed: wall clock and server went on, monotonic time stood still."""
    move_deadline(attempt, seconds_left(attempt) - SLEEP)
    page.evaluate("(ms) => { const real = Date.now; Date.now = () => real() + ms; }", 1000 * SLEEP)


def is_right(page: Page, attempt: Attempt) -> bool:
    # Read on both sides: on a busy machine the readings themselves take time.
    before, shown_now, after = seconds_left(attempt), seconds_shown(page), seconds_left(attempt)
    return after - 1.5 <= shown_now <= before + 1.5


def test_sleeping_laptop_shows_the_right_time_within_a_second(
    page_of: PageOf, candidate: User, small_exam: TestBank
) -> None:
    """B2: also just after a contact with the server, when a reading would seem fresh."""
    page = page_of(candidate)
    attempt = start_mock(page)
    choose(page, 0)
    settled(page)
    sleep(page, attempt)
    page.evaluate("dispatchEvent(new Event('focus'))")
    page.wait_for_timeout(1000)
    assert is_right(page, attempt)
    choose(page, 1)
    settled(page)
    assert set(shown(attempt, 1, 1)) <= set(stored(attempt, 1))


def test_laptop_that_slept_in_the_background_is_right_when_it_is_looked_at(
    page_of: PageOf, candidate: User, small_exam: TestBank
) -> None:
    page = page_of(candidate)
    attempt = start_mock(page)
    page.evaluate("Object.defineProperty(document, 'hidden', { get: () => window.isAway ?? false })")
    page.evaluate("window.isAway = true; document.dispatchEvent(new Event('visibilitychange'))")
    sleep(page, attempt)
    page.wait_for_timeout(600)
    assert not is_right(page, attempt), "nobody asks for a page that nobody sees"
    page.evaluate("window.isAway = false; document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(1000)
    assert is_right(page, attempt)


def test_laptop_whose_network_wakes_later_asks_again(page_of: PageOf, candidate: User, small_exam: TestBank) -> None:
    page = page_of(candidate)
    attempt = start_mock(page)
    page.route("**/api/**", lambda route: route.abort())
    sleep(page, attempt)
    page.wait_for_timeout(3000)
    page.unroute("**/api/**")
    page.wait_for_timeout(3000)
    assert is_right(page, attempt)


def test_stopped_renderer_is_right_when_it_goes_on(watched: Watched, candidate: User, small_exam: TestBank) -> None:
    """B2: SIGSTOP for 20 s, with an answer that was just given."""
    chromium = watched.browser.new_browser_cdp_session()

    def renderers() -> set[int]:
        found = chromium.send("SystemInfo.getProcessInfo")["processInfo"]
        return {process["id"] for process in found if process["type"] == "renderer"}

    before = renderers()
    page = watched.page(candidate)
    attempt = start_mock(page)
    own = renderers() - before
    assert own
    choose(page, 0)
    for process in own:
        os.kill(process, signal.SIGSTOP)
    try:
        time.sleep(20)
    finally:
        for process in own:
            os.kill(process, signal.SIGCONT)
    page.wait_for_timeout(1000)
    assert is_right(page, attempt)
    settled(page)
    assert stored(attempt, 1) == shown(attempt, 1, 0)


def test_minutes_granted_meanwhile_appear_by_themselves(
    page_of: PageOf, candidate: User, author: User, small_exam: TestBank
) -> None:
    page = page_of(candidate)
    attempt = start_mock(page)
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"^10[45]:"))
    services.grant_minutes(attempt_id=attempt.pk, minutes=15, reason="the alarm rang", by=author, now=timezone.now())
    choose(page, 0)
    settled(page)
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"^119:"))
    page.evaluate("dispatchEvent(new Event('focus'))")
    page.wait_for_timeout(5500)
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator(".timer-of")).to_have_text("of 120 (from 105) min")


def test_time_runs_out_with_the_browser_open(page_of: PageOf, candidate: User, small_exam: TestBank) -> None:
    page = page_of(candidate)
    attempt = start_mock(page)
    choose(page, 0)
    settled(page)
    move_deadline(attempt, 4)
    page.reload()
    expect(page.get_by_role("heading", name="Time is up. Your")).to_be_visible()
    expect(page.locator("#ending-heading")).to_contain_text(re.compile(r"Your (1 answer is|0 answers are) handed in"))
    expect(page.locator("#late")).to_be_hidden()
    attempt.refresh_from_db()
    assert attempt.is_final
    assert attempt.finished_at == attempt.deadline_at
    page.get_by_role("link", name="See your result").click()
    expect(page.get_by_role("heading", level=1, name=re.compile("Not passed this time"))).to_be_visible()


def test_time_is_not_up_because_the_browser_thinks_so(page_of: PageOf, candidate: User, small_exam: TestBank) -> None:
    page = page_of(candidate)
    attempt = start_mock(page)
    move_deadline(attempt, 3)
    page.reload()
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"^0:0\d$"))
    move_deadline(attempt, 600)
    page.wait_for_timeout(4000)
    expect(notice(page, "time")).to_contain_text("You have more time")
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"^9:5\d$"))
    choose(page, 0)
    settled(page)
    attempt.refresh_from_db()
    assert attempt.status == Attempt.Status.IN_PROGRESS


def test_answers_that_come_too_late_are_named_and_can_be_kept(
    watched: Watched, candidate: User, small_exam: TestBank
) -> None:
    page = watched.page(candidate)
    attempt = start_mock(page)
    choose(page, 0)
    settled(page)
    page.route("**/api/**", lambda route: route.abort())
    go_to(page, 2)
    choose(page, 1)
    expect(page.locator("#saved")).to_have_text("1 not saved yet")
    move_deadline(attempt, -90)
    page.unroute("**/api/**")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_role("heading", name="Time is up.")).to_be_visible()
    expect(page.locator("#late-rows")).to_contain_text("B")
    expect(page.locator("[data-notice]")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download a copy").click()
    copy = download.value.path().read_text()
    assert str(attempt.pk) in copy
    assert '"position": 2' in copy
    page.get_by_role("link", name="See your result").click()
    expect(page.locator("#late-answers")).to_contain_text("question 2")
    page.get_by_role("button", name="Delete them here").click()
    expect(page.locator("#late-answers")).to_be_empty()
    assert kept_on_device(page) == []
    assert stored(attempt, 2) == []


def test_warnings_at_thirty_ten_five_and_one_minute(page_of: PageOf, candidate: User, small_exam: TestBank) -> None:
    page = page_of(candidate)
    attempt = start_mock(page)
    for minutes in (30, 10, 5, 1):
        move_deadline(attempt, minutes * 60 + 2.5)
        page.reload()
        expect(notice(page, "time")).to_contain_text(f"{minutes} minute")
        expect(page.get_by_role("status")).to_contain_text(f"{minutes} minute")
