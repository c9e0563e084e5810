"""A full mock of 65 questions by keyboard alone: from the start page to the review of the misses, without a pointer."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from exams.models import Attempt
from tests.bank import TestBank, make_bank
from tests.browser.room import PageOf, notice, settled, shown

NO_POINTER = """
    for (const kind of ["pointerdown", "mousedown", "touchstart"])
        addEventListener(kind, () => console.error("a pointer was used"), true);
"""


@pytest.fixture
def bank(transactional_db: None) -> TestBank:
    return make_bank()


def focus_of(page: Page) -> dict[str, Any]:
    """What has the focus, as far as somebody at a keyboard can tell."""
    return page.evaluate(
        """() => {
            const { id, name, value, textContent, ariaLabel } = document.activeElement;
            return { id, name, value, text: (ariaLabel || textContent || "").trim() };
        }"""
    )


def tab_to(page: Page, *, most: int = 40, **wanted: str) -> None:
    """Presses Tab until something with these marks has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focus = focus_of(page)
        if all(re.fullmatch(pattern, str(focus[key])) for key, pattern in wanted.items()):
            return
    raise AssertionError(f"{most} times Tab did not lead to {wanted}; the last was {focus_of(page)}")


def answer(page: Page, number: int) -> None:
    expect(page.locator("#question-heading")).to_be_focused()
    page.keyboard.press("abcd"[number % 4] if number % 2 else str(1 + number % 4))
    if "Choose 2" in page.locator("#choose").inner_text():
        page.keyboard.press("abcd"[(number + 1) % 4])


def mark_everything(page: Page) -> None:
    """Flag, strike out, confidence and a note, on the question in front."""
    page.keyboard.press("f")
    page.keyboard.press("Shift+E" if page.locator("#option-list .option").count() == 5 else "Shift+D")
    tab_to(page, name="confidence", most=12)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("w")
    expect(page.locator("#note")).to_be_focused()
    page.keyboard.type("nabc? 1 and f are letters here")
    page.keyboard.press("Escape")
    expect(page.locator("#question-heading")).to_be_focused()


def test_full_mock_by_keyboard_alone(page_of: PageOf, candidate: User, bank: TestBank) -> None:
    page = page_of(candidate)
    page.context.add_init_script(NO_POINTER)
    page.goto("/exams/start/")
    tab_to(page, text="Start the clock")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Question 1 of 65")).to_be_visible()
    page.keyboard.press("n")
    page.keyboard.press("p")
    for number in range(1, 66):
        expect(page.get_by_role("heading", name=f"Question {number} of 65")).to_be_visible()
        if number != 40:  # one is left blank, for the page before submitting
            answer(page, number)
        if number == 4:
            mark_everything(page)
        page.keyboard.press("n")
    attempt = Attempt.objects.get()
    help_and_navigator(page)
    before_submitting(page)
    settled(page)
    page.keyboard.press("r")
    expect(page.get_by_role("heading", name="Every question is answered")).to_be_focused()
    tab_to(page, id="submit", most=90)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name=re.compile("assed"))).to_be_visible()
    what_was_stored(attempt)
    review(page)


def help_and_navigator(page: Page) -> None:
    expect(page.get_by_role("heading", name="One question is blank")).to_be_focused()
    page.keyboard.press("p")
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("q")
    assert focus_of(page)["text"] == "Question 65, answered"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Question 64 of 65")).to_be_focused()
    page.keyboard.press("r")


def before_submitting(page: Page) -> None:
    """The blank one is named, leads to its question, and is answered."""
    expect(page.locator("#overview-rows")).to_contain_text("1 blank question 40")
    tab_to(page, text="Go to question 40")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Question 40 of 65")).to_be_focused()
    answer(page, 40)
    expect(notice(page, "first-pass")).to_have_count(1)


def what_was_stored(attempt: Attempt) -> None:
    attempt.refresh_from_db()
    assert attempt.status == Attempt.Status.SUBMITTED
    assert all(len(one.selected) == one.select_count for one in attempt.questions.all())
    fourth = attempt.questions.get(position=4)
    assert fourth.flagged
    assert fourth.note == "nabc? 1 and f are letters here"
    assert fourth.confidence == "unsure"
    assert fourth.eliminated == shown(attempt, 4, 4 if len(fourth.option_order) == 5 else 3)


def review(page: Page) -> None:
    """Through the misses with N and P; the reason and the rule of one."""
    tab_to(page, text=r"Review the \d+ misses")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile(r"Review, 1 of \d+ misses"))).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name=re.compile(r"Review, 2 of \d+ misses"))).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("p")
    expect(page.get_by_role("heading", name=re.compile(r"Review, 1 of \d+ misses"))).to_be_visible()
    tab_to(page, name="reason", most=60)
    page.keyboard.press("Space")
    tab_to(page, id="rule")
    page.keyboard.type("A, not B, because it scales.")
    tab_to(page, text="Save and go on")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile(r"Review, 2 of \d+ misses"))).to_be_visible()
    expect(page.get_by_text("Saved.")).to_be_visible()
