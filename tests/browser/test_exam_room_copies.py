"""The network never returns: a sealed copy to take along, and two ways to hand it in again."""

import json
import re
from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Download, Page, expect

from accounts.models import User
from exams import services
from exams.models import Attempt
from exams.selectors.copies import is_sealed
from tests.bank import TestBank
from tests.browser.room import PageOf, choose, go_to, notice, open_room, place, settled, shown, start_mock, stored


def cut_off(page: Page) -> None:
    """Answers to questions 2 and 3 that stay on the device."""
    go_to(page, 2)
    page.context.set_offline(True)
    choose(page, 1)
    go_to(page, 3)
    choose(page, 2)
    expect(notice(page, "trouble")).to_contain_text("questions 2 and 3")


def downloaded(page: Page, name: str = "trouble") -> Download:
    with page.expect_download() as download:
        notice(page, name).get_by_role("button", name="Download a copy").click()
    return download.value


def test_copy_is_sealed_and_handed_in_from_another_device(
    page_of: PageOf, candidate: User, small_exam: TestBank, tmp_path: Path
) -> None:
    first = page_of(candidate)
    attempt = start_mock(first)
    cut_off(first)
    file = tmp_path / downloaded(first).suggested_filename
    downloaded(first).save_as(file)
    copy = json.loads(file.read_text())
    assert is_sealed(attempt.pk, copy)
    assert [entry["position"] for entry in copy["not_handed_in"]] == [2, 3]

    second = page_of(candidate)
    open_room(second, attempt)
    go_to(second, 3)
    second.get_by_role("button", name="Hand in a copy from another device").click()
    second.get_by_label("The file").set_input_files(file)
    second.get_by_role("button", name="Send these answers").click()
    expect(notice(second, "hand-in")).to_contain_text("questions 2 and 3 are on their way")
    settled(second)
    expect(second.locator("#option-list input").nth(2)).to_be_checked()
    expect(place(second, 2)).to_have_attribute("data-state", re.compile("answered|incomplete"))
    assert stored(attempt, 2) == shown(attempt, 2, 1)
    assert stored(attempt, 3) == shown(attempt, 3, 2)

    # The first device comes back and says the same again: one answer, no quarrel.
    first.context.set_offline(False)
    settled(first)
    assert attempt.questions.get(position=2).revision == 1


def test_file_that_is_no_copy_is_refused(page_of: PageOf, candidate: User, small_exam: TestBank) -> None:
    page = page_of(candidate)
    attempt = start_mock(page)
    own = {"attempt": str(attempt.pk)}
    page.get_by_role("button", name="Hand in a copy from another device").click()
    for content, words in (
        (b"{", "not one that the exam room wrote"),
        (b'{"attempt": "x", "not_handed_in": []}', "another sitting"),
        (json.dumps({**own, "not_handed_in": [None]}).encode(), "not one that the exam room wrote"),
        (json.dumps({**own, "not_handed_in": [{"position": 1}]}).encode(), "not one that the exam room wrote"),
    ):
        page.get_by_label("The file").set_input_files(
            {"name": "x.json", "mimeType": "application/json", "buffer": content}
        )
        page.get_by_role("button", name="Send these answers").click()
        expect(page.locator("#hand-in-problem")).to_contain_text(words)


def test_time_is_up_without_a_network_and_staff_take_the_copy_in(
    page_of: PageOf, candidate: User, author: User, small_exam: TestBank, tmp_path: Path
) -> None:
    page = page_of(candidate)
    attempt = start_mock(page)
    Attempt.objects.filter(pk=attempt.pk).update(deadline_at=timezone.now() + timedelta(seconds=20))
    choose(page, 0)
    settled(page)
    cut_off(page)
    expect(notice(page, "time-up")).to_contain_text(
        "does not have what you changed in questions 2 and 3", timeout=40_000
    )
    file = tmp_path / "copy.json"
    downloaded(page, "time-up").save_as(file)
    page.context.close()
    attempt.refresh_from_db()
    services.settle_attempt(attempt, attempt.deadline_at + timedelta(seconds=61))

    desk = page_of(author)
    desk.goto(f"/admin/exams/attempt/{attempt.pk}/change/")
    desk.get_by_role("link", name="Take in a copy of answers").click()
    desk.get_by_label("File").set_input_files(file)
    desk.get_by_label("Reason").fill("hotel network")
    desk.get_by_role("button", name="Take in").click()
    expect(desk.locator(".messagelist")).to_contain_text("taken: 2, 3")
    assert stored(attempt, 2) == shown(attempt, 2, 1)
