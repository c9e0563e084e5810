"""A whole mock in a real browser: by mouse, by keyboard alone, and what the candidate sees afterwards."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from exams.models import Attempt
from tests.bank import TestBank

PageOf = Callable[..., Page]


def start_mock(page: Page) -> None:
    page.goto("/exams/start/")
    page.get_by_role("button", name="Start the clock").click()
    expect(page.get_by_role("heading", name="Question 1 of")).to_be_visible()


def choose(page: Page, index: int = 0) -> None:
    page.locator("#option-list label").nth(index).click()


def settled(page: Page) -> None:
    """Waits until the room says that everything is saved."""
    expect(page.locator("#saved")).to_have_attribute("data-state", "saved")


def test_mock_by_mouse_works(page_of: PageOf, candidate: User, small_exam: TestBank) -> None:
    page = page_of(candidate)
    start_mock(page)
    for number in range(1, 14):
        expect(page.get_by_role("heading", name=f"Question {number} of 13")).to_be_visible()
        wanted = 2 if "Choose 2" in page.locator("#choose").inner_text() else 1
        for index in range(wanted):
            choose(page, index)
        settled(page)
        page.locator("#next").click()
    expect(page.get_by_role("heading", name="Every question is answered")).to_be_visible()
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.get_by_role("heading", level=1, name=re.compile("assed"))).to_be_visible()
    attempt = Attempt.objects.get()
    assert attempt.status == Attempt.Status.SUBMITTED
    assert all(len(answer.selected) == answer.select_count for answer in attempt.questions.all())
