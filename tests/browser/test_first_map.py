"""The first map in the exam room: led question by question, also with a bad network and after a reload."""

import re

import numpy as np
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from analytics.services import start_diagnostic
from exams.models import Attempt
from tests.bank import TestBank
from tests.browser.room import PageOf, choose, notice, open_room, settled


@pytest.fixture
def first_map(candidate: User, bank: TestBank) -> Attempt:
    return start_diagnostic(candidate=candidate, now=timezone.now(), rng=np.random.default_rng(1))


def answer(page: Page) -> None:
    choose(page, 0)
    if "Choose 2" in page.locator("#choose").inner_text():
        choose(page, 1)


def go_on(page: Page, position: int) -> None:
    page.locator("#next").click()
    expect(page.get_by_role("heading", name=f"Question {position} of")).to_be_visible()


def test_question_follows_answer_works(page_of: PageOf, candidate: User, first_map: Attempt) -> None:
    page = page_of(candidate)
    open_room(page, first_map)
    expect(page.get_by_role("heading", name="Question 1 of at most 30")).to_be_visible()
    asked = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/next/") else None)
    for position in range(2, 5):
        answer(page)
        settled(page)
        go_on(page, position)
    assert len(asked) == first_map.questions.count() - 1 == 3
    page.reload()
    expect(page.get_by_role("heading", name="Question 4 of at most 30")).to_be_visible()
    page.locator("#to-overview").click()
    expect(page.locator("#overview-rows")).to_contain_text("This map is not finished")
    page.reload()
    expect(page.locator("#overview-navigator a")).to_have_count(4)


def test_without_an_answer_there_is_no_next_question(page_of: PageOf, candidate: User, first_map: Attempt) -> None:
    page = page_of(candidate)
    open_room(page, first_map)
    page.locator("#next").click()
    expect(notice(page, "next")).to_contain_text("to get the next question")
    assert first_map.questions.count() == 1


def test_offline_says_that_the_next_question_needs_the_network(
    page_of: PageOf, candidate: User, first_map: Attempt
) -> None:
    page = page_of(candidate)
    open_room(page, first_map)
    page.context.set_offline(True)
    answer(page)
    page.locator("#next").click()
    expect(notice(page, "next")).to_contain_text("The next question needs the network")
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="Question 2 of")).to_be_visible(timeout=15_000)
    expect(notice(page, "next")).to_have_count(0)


def test_the_last_question_leads_to_the_end(page_of: PageOf, candidate: User, first_map: Attempt) -> None:
    Attempt.objects.filter(pk=first_map.pk).update(question_target=2)
    page = page_of(candidate)
    open_room(page, first_map)
    answer(page)
    settled(page)
    go_on(page, 2)
    answer(page)
    page.locator("#next").click()
    expect(page.get_by_role("heading", name="Every question is answered")).to_be_visible()
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("This first map is not a forecast")).to_be_visible()
    expect(page.get_by_role("heading", level=1, name=re.compile("2 right"))).to_be_visible()
