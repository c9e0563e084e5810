"""Faults provoked for real: the line cut, replies lost, the page reloaded and crashed, tabs and devices at odds."""

import uuid

import pytest
from django.db import OperationalError
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from exams import services
from exams.models import AnswerEvent, Attempt
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

pytestmark = pytest.mark.usefixtures("nothing_was_lost")


def answer_first_option(page: Page) -> None:
    """Answers the question in front, keys first or not, and goes on."""
    for index in range(2 if "Choose 2" in page.locator("#choose").inner_text() else 1):
        choose(page, index)
    page.locator("#next").click()


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


def test_submit_while_offline_names_what_waits_until_it_is_saved(
    page_of: PageOf, candidate: User, small_exam: TestBank
) -> None:
    page = page_of(candidate)
    attempt = start_mock(page)
    page.context.set_offline(True)
    choose(page, 0)
    page.get_by_role("link", name="Review and submit").click()
    page.locator("#submit").click()
    expect(page.locator("#submit-problem")).to_contain_text("What you changed in question 1 is not saved yet")
    page.context.set_offline(False)
    settled(page)
    expect(page.locator("#submit-problem")).to_be_hidden()
    attempt.refresh_from_db()
    assert attempt.status == Attempt.Status.IN_PROGRESS


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
    expect(notice(stale, "elsewhere-3")).to_contain_text("Here you had A.")
    expect(stale.locator("#option-list input").nth(2)).to_be_checked()
    assert stored(attempt, 3) == shown(attempt, 3, 2)
    # The one whose choice gave way decides, and that is a change like any other.
    stale.get_by_role("button", name="Take A after all").click()
    expect(notice(stale, "elsewhere-3")).to_have_count(0)
    expect(stale.locator("#option-list input").nth(0)).to_be_checked()
    settled(stale)
    assert stored(attempt, 3) == shown(attempt, 3, 0)


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
