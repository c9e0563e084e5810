"""The pages of a sitting for somebody whose browser is set to letters of twice the size."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType, Page, expect

from accounts.models import User
from tests.bank import TestBank
from tests.browser.conftest import Watched, axe_violations
from tests.browser.room import choose, settled, start_mock

TWICE = 32
# Text that its own box cuts off, except where the box is for screen readers only.
CUT_OFF = """() => [...document.querySelectorAll("main *, header *")].filter((element) => {
    const style = getComputedStyle(element);
    const hides = style.overflowX === "hidden" || style.overflowX === "clip";
    const isCut = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 2;
    return hides && isCut && element.innerText?.trim();
}).map((element) => element.id || element.className)"""


@pytest.fixture(scope="module")
def large_text(browser_type: BrowserType, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    """Chromium as its settings for text size leave it: pages that measure in rem grow with them."""
    arguments = [*browser_type_launch_args["args"], f"--blink-settings=defaultFontSize={TWICE}"]
    browser = browser_type.launch(**{**browser_type_launch_args, "args": arguments})
    yield browser
    browser.close()


@pytest.fixture
def watched(large_text: Browser, live_server: Any) -> Iterator[Watched]:
    people = Watched(large_text, live_server.url)
    yield people
    for context in people.contexts:
        context.close()
    assert people.unexpected == []


def check(page: Page, width: int) -> None:
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CUT_OFF) == []


@pytest.mark.parametrize(
    ("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390)], ids=["light", "dark", "phone"]
)
def test_a_sitting_with_text_twice_as_large(
    watched: Watched, candidate: User, small_exam: TestBank, scheme: str, width: int
) -> None:
    page = watched.page(candidate, color_scheme=scheme, viewport={"width": width, "height": 900})
    page.goto("/exams/start/")
    assert page.evaluate("getComputedStyle(document.body).fontSize") == f"{TWICE}px"
    check(page, width)
    page.goto("/exams/rehearsal/")
    check(page, width)
    attempt = start_mock(page)
    choose(page)
    page.get_by_role("button", name="Flag").click()
    settled(page)
    check(page, width)
    # The bar and the foot stay, but must leave most of the screen to the question.
    stuck = page.evaluate(
        """() => [...document.querySelectorAll(".exam-bar, .exam-foot")]
            .filter((element) => getComputedStyle(element).position === "sticky")
            .reduce((sum, element) => sum + element.getBoundingClientRect().height, 0)"""
    )
    assert stuck < 0.4 * 900
    page.get_by_role("link", name="Review and submit").click()
    check(page, width)
    page.get_by_role("button", name=re.compile("Submit with")).click()
    expect(page.get_by_role("heading", level=1, name=re.compile("assed"))).to_be_visible()
    check(page, width)
    page.goto(f"/exams/{attempt.pk}/review/?show=wrong")
    check(page, width)
