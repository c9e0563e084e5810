"""A whole mock in a real browser: by mouse, by keyboard alone, and what the candidate sees afterwards."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Accommodation, User
from exams.models import Attempt
from tests.bank import TestBank
from tests.browser.room import PageOf, choose, go_to, notice, open_room, place, settled, shown, start_mock, stored


def test_mock_by_mouse_works(page_of: PageOf, candidate: User, small_exam: TestBank) -> None:
    page = page_of(candidate)
    attempt = start_mock(page)
    for number in range(1, 14):
        expect(page.get_by_role("heading", name=f"Question {number} of 13")).to_be_visible()
        for index in range(2 if "Choose 2" in page.locator("#choose").inner_text() else 1):
            choose(page, index)
        page.locator("#next").click()
    expect(page.get_by_role("heading", name="Every question is answered")).to_be_visible()
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.get_by_role("heading", level=1, name=re.compile("assed"))).to_be_visible()
    attempt.refresh_from_db()
    assert attempt.status == Attempt.Status.SUBMITTED
    assert all(len(answer.selected) == answer.select_count for answer in attempt.questions.all())


def test_mock_by_keyboard_alone_works(page_of: PageOf, candidate: User, small_exam: TestBank) -> None:
    page = page_of(candidate)
    page.goto("/exams/start/")
    page.get_by_role("button", name="Start the clock").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Question 1 of 13")).to_be_visible()
    for number in range(1, 14):
        wanted = 2 if "Choose 2" in page.locator("#choose").inner_text() else 1
        page.keyboard.press("a" if number % 2 else "1")
        if wanted == 2:
            page.keyboard.press("b")
        if number == 5:
            page.keyboard.press("f")
            page.keyboard.press("Shift+D")
        page.keyboard.press("n")
    expect(page.get_by_role("heading", name="Every question is answered")).to_be_focused()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "submit":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name=re.compile("assed"))).to_be_visible()
    attempt = Attempt.objects.get()
    fifth = attempt.questions.get(position=5)
    assert fifth.flagged
    assert fifth.eliminated == shown(attempt, 5, 3)
    assert all(len(answer.selected) == answer.select_count for answer in attempt.questions.all())


def test_half_an_answer_is_called_incomplete_everywhere(page_of: PageOf, candidate: User, small_exam: TestBank) -> None:
    page = page_of(candidate)
    attempt = start_mock(page)
    half = attempt.questions.filter(select_count=2).order_by("position")[0].position
    go_to(page, half)
    choose(page, 0)
    settled(page)
    expect(place(page, half)).to_have_attribute("data-state", "incomplete")
    expect(place(page, half)).to_have_accessible_name(f"Question {half}, incomplete")
    expect(page.locator("#answered-count")).to_have_text("0 of 13 answered")
    page.get_by_text("Blank", exact=True).click()
    expect(place(page, half)).to_be_visible()
    page.get_by_role("link", name="Review and submit").click()
    expect(page.get_by_role("button", name="Submit with 12 blank and 1 incomplete")).to_be_visible()
    expect(page.locator("#overview-rows")).to_contain_text(f"question {half} asks for 2, you chose 1")
    page.get_by_role("link", name="Back to the questions").click()
    choose(page, 1)
    expect(page.locator("#answered-count")).to_have_text("1 of 13 answered")
    expect(place(page, half)).to_be_hidden()


def test_every_mark_is_saved_and_comes_back(page_of: PageOf, candidate: User, small_exam: TestBank) -> None:
    page = page_of(candidate)
    attempt = start_mock(page)
    choose(page, 1)
    page.get_by_role("button", name="Flag").click()
    page.get_by_role("button", name="Strike out option A").click()
    page.get_by_label("Unsure").check()
    page.get_by_label("Scratch note").fill("Shield, or not?")
    settled(page)
    page.wait_for_timeout(1200)
    settled(page)
    page.reload()
    expect(page.get_by_role("button", name="Flagged")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Strike out option A")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Unsure")).to_be_checked()
    expect(page.get_by_label("Scratch note")).to_have_value("Shield, or not?")
    expect(page.locator("#option-list input").nth(1)).to_be_checked()
    assert stored(attempt, 1) == shown(attempt, 1, 1)


def test_one_option_too_many_is_refused_and_said(page_of: PageOf, candidate: User, small_exam: TestBank) -> None:
    page = page_of(candidate)
    attempt = start_mock(page)
    double = attempt.questions.filter(select_count=2).first()
    assert double is not None
    go_to(page, double.position)
    for index in range(3):
        choose(page, index)
    expect(page.locator("#choose")).to_contain_text("You chose 2 already. Take one back first.")
    expect(page.locator("#option-list input").nth(2)).not_to_be_checked()
    settled(page)
    assert stored(attempt, double.position) == shown(attempt, double.position, 0, 1)


def test_navigator_filters_and_review_names_blanks(page_of: PageOf, candidate: User, small_exam: TestBank) -> None:
    page = page_of(candidate)
    start_mock(page)
    choose(page)
    page.keyboard.press("f")
    go_to(page, 4)
    page.locator("#navigator-filter").get_by_text("Flagged").click()
    expect(page.locator("#navigator li:visible")).to_have_count(1)
    page.locator("#navigator-filter").get_by_text("All").click()
    page.get_by_role("link", name="Review and submit").click()
    expect(page.locator("#overview-rows")).to_contain_text(re.compile(r"1[12] blank questions 2, 3"))
    expect(page.get_by_role("button", name=re.compile(r"Submit with 1[12] blank"))).to_be_visible()
    page.locator("#overview-rows").get_by_role("link", name="Question 7", exact=True).click()
    expect(page.get_by_role("heading", name="Question 7 of 13")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name=re.compile("questions are blank"))).to_be_visible()


def test_closed_browser_resumes_on_another(page_of: PageOf, candidate: User, small_exam: TestBank) -> None:
    first = page_of(candidate)
    attempt = start_mock(first)
    choose(first, 2)
    settled(first)
    first.context.close()
    second = page_of(candidate)
    second.goto("/exams/")
    second.get_by_role("link", name="Carry on").click()
    expect(second.get_by_role("heading", name="Question 2 of 13")).to_be_visible()
    # One of two where two are asked for: papers differ.
    expect(place(second, 1)).to_have_attribute("data-state", re.compile("answered|incomplete"))
    assert stored(attempt, 1) == shown(attempt, 1, 2)


def test_own_minutes_are_said(page_of: PageOf, candidate: User, small_exam: TestBank) -> None:
    Accommodation.objects.create(user=candidate, time_factor="1.5", reason="agreed")
    page = page_of(candidate)
    page.goto("/exams/start/")
    expect(page.get_by_role("heading", name="A full sitting, 157 minutes")).to_be_visible()
    expect(page.get_by_text("from 105, your extra time × 1.5")).to_be_visible()


def test_looks_stay_and_single_keys_can_be_switched_off(page_of: PageOf, candidate: User, small_exam: TestBank) -> None:
    page = page_of(candidate)
    start_mock(page)
    page.get_by_role("button", name="Text size and colours").click()
    page.get_by_label("Largest").check()
    page.get_by_label("Dark").check()
    page.get_by_role("button", name="Done").click()
    page.get_by_role("button", name="Hide the clock").click()
    expect(page.get_by_role("timer")).to_be_hidden()
    page.keyboard.press("?")
    page.get_by_role("switch", name="Use these single-key shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.reload()
    expect(page.get_by_role("heading", name="Question 1 of 13")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("html")).to_have_attribute("data-text-size", "xl")
    expect(page.get_by_role("button", name="Show the clock")).to_be_visible()


def test_problem_is_reported_from_the_room(page_of: PageOf, candidate: User, small_exam: TestBank) -> None:
    page = page_of(candidate)
    attempt = start_mock(page)
    page.get_by_role("button", name="Report a problem with this question").click()
    page.get_by_label("What is the problem?").fill("Two options say the same.")
    page.get_by_role("button", name="Send to the authors").click()
    expect(notice(page, "report")).to_be_visible()
    version = attempt.questions.get(position=1).question_version
    assert version.reports.get().text == "Two options say the same."


def test_room_holds_no_key_and_no_pilot_mark(page_of: PageOf, candidate: User, small_exam: TestBank) -> None:
    page = page_of(candidate)
    start_mock(page)
    html = page.content()
    assert "RATIONALE" not in html
    assert "is_pilot" not in html
    assert "is_key" not in html


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_every_page_of_a_sitting_is_accessible(
    page_of: PageOf,
    candidate: User,
    small_exam: TestBank,
    check_access: Callable[[Page], None],
    scheme: str,
    width: int,
) -> None:
    page = page_of(candidate, color_scheme=scheme, viewport={"width": width, "height": 844}, has_touch=width == 390)
    page.goto("/exams/")
    check_access(page)
    page.goto("/exams/start/")
    check_access(page)
    attempt = start_mock(page)
    choose(page)
    page.get_by_role("button", name="Flag").click()
    settled(page)
    check_access(page)
    for opener in ("Text size and colours", "Keyboard shortcuts"):
        page.get_by_role("button", name=opener).click()
        check_access(page)
        page.keyboard.press("Escape")
    page.get_by_role("link", name="Review and submit").click()
    check_access(page)
    page.get_by_role("button", name=re.compile("Submit with")).click()
    expect(page.get_by_role("heading", level=1, name=re.compile("assed"))).to_be_visible()
    check_access(page)
    for query in ("?show=wrong", "?show=changed", "?show=all&layout=print"):
        page.goto(f"/exams/{attempt.pk}/review/{query}")
        check_access(page)
    page.goto("/exams/")
    check_access(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_room_stays_in_its_page_at_200_percent_text(page_of: PageOf, candidate: User, small_exam: TestBank) -> None:
    page = page_of(candidate, viewport={"width": 390, "height": 844})
    attempt = start_mock(page)
    page.evaluate("document.documentElement.dataset.textSize = 'xl'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    open_room(page, attempt)


def test_moving_between_questions_asks_the_server_nothing(
    page_of: PageOf, candidate: User, small_exam: TestBank
) -> None:
    page = page_of(candidate)
    start_mock(page)
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    for number in range(2, 14):
        page.keyboard.press("n")
        expect(page.get_by_role("heading", name=f"Question {number} of 13")).to_be_visible()
        expect(page.locator("#option-list .option-text").first).to_be_visible()
