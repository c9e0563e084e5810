"""Faults provoked for real: the line cut, the page reloaded, tabs at odds, sign-ins lost, clocks moved, time over."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from accounts.models import Session, User
from exams import services
from exams.models import AnswerEvent, Attempt
from exams.selectors.invariants import violations
from tests.bank import TestBank
from tests.browser.conftest import Watched
from tests.browser.room import (
    PageOf,
    choose,
    go_to,
    kept_on_device,
    notice,
    open_room,
    place,
    settled,
    shown,
    start_mock,
    stored,
)
from tests.conftest import PASSWORD


def answer_first_option(page: Page) -> None:
    """Answers the question in front, keys first or not, and goes on."""
    for index in range(2 if "Choose 2" in page.locator("#choose").inner_text() else 1):
        choose(page, index)
    page.locator("#next").click()


def move_deadline(attempt: Attempt, seconds: float) -> None:
    """Lets the attempt end that many seconds from now."""
    deadline = timezone.now() + timedelta(seconds=seconds)
    Attempt.objects.filter(pk=attempt.pk).update(started_at=deadline - timedelta(minutes=105), deadline_at=deadline)


def test_twenty_answers_offline_then_all_saved_in_order(page_of: PageOf, candidate: User, bank: TestBank) -> None:
    page = page_of(candidate)
    bank.blueprint.scored_count = 24
    bank.blueprint.save()
    attempt = start_mock(page)
    page.context.set_offline(True)
    for _ in range(20):
        answer_first_option(page)
    expect(notice(page, "trouble")).to_contain_text("You are offline. Carry on.")
    expect(notice(page, "trouble")).to_contain_text("questions 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15")
    expect(page.locator("#saved")).to_have_text("20 not saved yet")
    expect(page.locator('#navigator a[data-state="unsaved"]')).to_have_count(20)
    assert AnswerEvent.objects.count() == 0
    page.context.set_offline(False)
    settled(page)
    expect(notice(page, "recovered")).to_contain_text("Back online. All 20 answers are saved")
    expect(page.locator('#navigator a[data-state="unsaved"]')).to_have_count(0)
    firsts = AnswerEvent.objects.filter(revision=1).order_by("pk").values_list("attempt_question__position", flat=True)
    assert [position for position in firsts if position <= 20] == list(range(1, 21))
    assert kept_on_device(page) == []
    assert attempt.questions.exclude(selected=[]).count() == 20
    assert violations() == []


def test_reload_while_offline_keeps_answers_and_does_not_call_them_saved(
    watched: Watched, candidate: User, small_exam: TestBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.expect("503 from")
    page = watched.page(candidate)
    attempt = start_mock(page)

    def database_is_away(**change: object) -> None:
        raise OperationalError

    with monkeypatch.context() as broken:
        # Once the line is back pages come again, saves do not yet.
        broken.setattr(services, "save_answer", database_is_away)
        page.context.set_offline(True)
        choose(page, 1)
        go_to(page, 2)
        choose(page, 1)
        expect(page.locator("#saved")).to_have_text("2 not saved yet")
        with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
            page.reload()
        page.context.set_offline(False)
        open_room(page, attempt)
        expect(page.locator("#saved")).to_have_text("2 not saved yet")
        expect(place(page, 1)).to_have_attribute("data-state", "unsaved")
        assert len(kept_on_device(page)) >= 2
        assert stored(attempt, 1) == []
    page.evaluate("dispatchEvent(new Event('online'))")
    settled(page)
    assert stored(attempt, 1) == shown(attempt, 1, 1)
    assert kept_on_device(page) == []


def test_what_waits_on_the_device_holds_ids_and_no_question_text(
    page_of: PageOf, candidate: User, small_exam: TestBank
) -> None:
    page = page_of(candidate)
    start_mock(page)
    page.context.set_offline(True)
    choose(page, 0)
    expect(page.locator("#saved")).to_have_text("1 not saved yet")
    (entry,) = kept_on_device(page)
    assert set(entry) == {
        "save_id", "attempt", "tab", "seq", "position", "base_revision", "content", "isChoice", "changed_at", "sent"
    }  # fmt: skip
    assert set(entry["content"]) == {"selected", "seconds_spent"}  # type: ignore[call-overload]
    page.context.set_offline(False)
    settled(page)


def test_lost_reply_is_repeated_with_the_same_save_id(watched: Watched, candidate: User, small_exam: TestBank) -> None:
    page = watched.page(candidate)
    attempt = start_mock(page)
    lost: list[int] = []

    def lose_first_reply(route: Route) -> None:
        if not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/answers/1/", lose_first_reply)
    choose(page, 0)
    settled(page)
    assert lost == [200]
    assert AnswerEvent.objects.filter(attempt_question__attempt=attempt).count() == 1


def test_server_in_trouble_is_said_and_outlasted(watched: Watched, candidate: User, small_exam: TestBank) -> None:
    watched.expect("503 from")
    page = watched.page(candidate)
    attempt = start_mock(page)
    problem = '{"code": "unavailable", "detail": "busy"}'
    page.route("**/answers/**", lambda route: route.fulfill(status=503, content_type="application/json", body=problem))
    choose(page, 0)
    expect(notice(page, "trouble")).to_contain_text("Our server is slow to answer. Carry on.")
    page.unroute("**/answers/**")
    settled(page)
    assert stored(attempt, 1) == shown(attempt, 1, 0)


def test_page_of_a_hotel_is_no_acknowledgement(watched: Watched, candidate: User, small_exam: TestBank) -> None:
    page = watched.page(candidate)
    attempt = start_mock(page)
    page.route("**/answers/**", lambda route: route.fulfill(status=200, content_type="text/html", body="Room number?"))
    choose(page, 0)
    expect(page.locator("#saved")).to_have_text("1 not saved yet")
    page.unroute("**/answers/**")
    settled(page)
    assert stored(attempt, 1) == shown(attempt, 1, 0)


def test_stale_tab_overwrites_nothing(watched: Watched, candidate: User, small_exam: TestBank) -> None:
    context = watched.context(candidate)
    stale, fresh = context.new_page(), context.new_page()
    attempt = start_mock(stale)
    open_room(fresh, attempt)
    expect(notice(stale, "tabs")).to_contain_text("open in another tab too")
    # The stale tab neither hears the other nor asks the server, as after hours in the background.
    stale.route("**/heartbeat/", lambda route: route.abort())
    stale.route(f"**/api/v1/attempts/{attempt.pk}/", lambda route: route.abort())
    go_to(fresh, 3)
    choose(fresh, 2)
    settled(fresh)
    go_to(stale, 3)
    stale.locator("#option-list label").nth(0).click()
    expect(notice(stale, "elsewhere-3")).to_contain_text("You changed question 3 somewhere else")
    expect(notice(stale, "elsewhere-3")).to_contain_text("We kept the newer answer, C, from")
    expect(stale.locator("#option-list input").nth(2)).to_be_checked()
    assert stored(attempt, 3) == shown(attempt, 3, 2)


def test_answer_in_one_tab_shows_in_the_other(watched: Watched, candidate: User, small_exam: TestBank) -> None:
    context = watched.context(candidate)
    one, two = context.new_page(), context.new_page()
    attempt = start_mock(one)
    open_room(two, attempt)
    go_to(two, 1)
    go_to(one, 1)
    one.bring_to_front()
    choose(one, 1)
    settled(one)
    expect(two.locator("#option-list input").nth(1)).to_be_checked()


def test_flag_in_a_stale_tab_is_kept_beside_the_newer_choice(
    watched: Watched, candidate: User, small_exam: TestBank
) -> None:
    context = watched.context(candidate)
    stale, fresh = context.new_page(), context.new_page()
    attempt = start_mock(stale)
    stale.route("**/heartbeat/", lambda route: route.abort())
    stale.route(f"**/api/v1/attempts/{attempt.pk}/", lambda route: route.abort())
    open_room(fresh, attempt)
    go_to(fresh, 1)
    choose(fresh, 2)
    settled(fresh)
    stale.get_by_role("button", name="Flag").click()
    settled(stale)
    answer = attempt.questions.get(position=1)
    assert answer.flagged
    assert answer.selected == shown(attempt, 1, 2)


def test_second_device_is_noticed(page_of: PageOf, candidate: User, small_exam: TestBank) -> None:
    laptop, phone = page_of(candidate), page_of(candidate)
    attempt = start_mock(laptop)
    open_room(phone, attempt)
    expect(notice(phone, "devices")).to_contain_text("open on another device too")


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
    expect(page.locator(".timer-of")).to_have_text("of 120 min")


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


@pytest.mark.parametrize("broken", ["indexedDB", "everything"])
def test_without_storage_answers_are_saved_and_the_danger_is_said(
    watched: Watched, candidate: User, small_exam: TestBank, broken: str
) -> None:
    context = watched.context(candidate)
    context.add_init_script("IDBFactory.prototype.open = () => { throw new Error('blocked'); };")
    if broken == "everything":
        context.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('full'); };")
    page = context.new_page()
    attempt = start_mock(page)
    choose(page, 0)
    settled(page)
    assert stored(attempt, 1) == shown(attempt, 1, 0)
    expect(notice(page, "fragile")).to_have_count(1 if broken == "everything" else 0)


def test_crashed_tab_leaves_its_answers_to_the_next(watched: Watched, candidate: User, small_exam: TestBank) -> None:
    context = watched.context(candidate)
    page = context.new_page()
    attempt = start_mock(page)
    page.route("**/answers/**", lambda route: route.abort())
    choose(page, 1)
    expect(page.locator("#saved")).to_have_text("1 not saved yet")
    with pytest.raises(Exception, match="crash"):
        page.goto("chrome://crash", timeout=5000)
    again = context.new_page()
    open_room(again, attempt)
    settled(again)
    assert stored(attempt, 1) == shown(attempt, 1, 1)


def test_old_page_from_the_history_reads_the_state_anew(page_of: PageOf, candidate: User, small_exam: TestBank) -> None:
    page = page_of(candidate)
    attempt = start_mock(page)
    page.goto("/exams/")
    services.save_answer(
        attempt_id=attempt.pk,
        candidate=candidate,
        position=1,
        change=services.AnswerChange(
            base_revision=0,
            save_id=uuid.uuid4(),
            selected=shown(attempt, 1, 1),
        ),
        now=timezone.now(),
    )
    page.go_back()
    go_to(page, 1)
    expect(page.locator("#option-list input").nth(1)).to_be_checked()


def test_sitting_that_ended_elsewhere_locks_the_room(page_of: PageOf, candidate: User, small_exam: TestBank) -> None:
    page = page_of(candidate)
    attempt = start_mock(page)
    services.submit_attempt(attempt_id=attempt.pk, candidate=candidate, now=timezone.now())
    choose(page, 0)
    expect(page.get_by_role("heading", name="This sitting is over.")).to_be_visible()
    expect(page.get_by_role("link", name="See your result")).to_be_visible()


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
