"""Tutored sittings in the same room: an answer is checked, fixed, and explained at once."""

import re

import numpy as np
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from analytics.models import MistakeNote
from exams import services
from exams.models import Attempt
from tests.bank import TestBank
from tests.browser.room import PageOf, choose, open_room, settled


@pytest.fixture
def drill(candidate: User, bank: TestBank) -> Attempt:
    versions = [question.current_version_id for question in bank.questions[:4]]
    return services.start_sitting(
        candidate=candidate,
        kind=Attempt.Kind.DRILL,
        version_ids=[pk for pk in versions if pk],
        now=timezone.now(),
        rng=np.random.default_rng(1),
        focus={"title": "Heroku Platform"},
        is_tutored=True,
        question_target=4,
    )


def key_index(attempt: Attempt, position: int) -> int:
    answer = attempt.questions.select_related("question_version").get(position=position)
    index: int = answer.option_order.index(answer.question_version.key_ids[0])
    return index


def check(page: Page) -> None:
    page.get_by_role("button", name="Check my answer").click()


def test_check_explains_every_option_and_fixes_the_answer(page_of: PageOf, candidate: User, drill: Attempt) -> None:
    page = page_of(candidate)
    open_room(page, drill)
    expect(page.get_by_role("timer")).to_be_hidden()
    expect(page.get_by_role("button", name="Check my answer")).to_be_disabled()
    choose(page, (key_index(drill, 1) + 1) % 4)
    check(page)
    expect(page.get_by_role("heading", name="Not right this time")).to_be_focused()
    expect(page.locator("#stem")).to_be_visible()
    expect(page.locator("#option-list")).to_be_hidden()
    expect(page.locator("#explained-options .rationale")).to_have_count(4)
    expect(page.locator("#explained-options [data-state=key]")).to_contain_text("Right answer")
    expect(page.locator("#explained-options [data-state=wrong]")).to_contain_text("Your answer")
    expect(page.locator("#sources")).to_contain_text("Dynos")
    page.reload()
    expect(page.get_by_role("heading", name="Not right this time")).to_be_visible()


def test_reason_and_rule_of_a_miss_are_kept_at_once(page_of: PageOf, candidate: User, drill: Attempt) -> None:
    page = page_of(candidate)
    open_room(page, drill)
    choose(page, (key_index(drill, 1) + 1) % 4)
    check(page)
    page.get_by_label("I misread the question").check()
    page.get_by_label("Your rule, in one sentence").fill("A, not B, because C.")
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("#own-rule-said")).to_have_text("Kept in your mistake log.")
    note = MistakeNote.objects.get()
    assert (note.attempt_question.position, note.reason, note.rule) == (1, "misread", "A, not B, because C.")
    page.locator("#next").click()
    choose(page, key_index(drill, 2))
    check(page)
    expect(page.get_by_role("heading", name="Right", exact=True)).to_be_visible()
    expect(page.locator("#own-rule")).to_be_hidden()
    page.reload()
    page.locator("#previous").click()
    expect(page.get_by_label("I misread the question")).to_be_checked()
    expect(page.get_by_label("Your rule, in one sentence")).to_have_value("A, not B, because C.")


def test_a_rule_of_an_earlier_sitting_comes_back(page_of: PageOf, candidate: User, drill: Attempt) -> None:
    page = page_of(candidate)
    open_room(page, drill)
    choose(page, (key_index(drill, 1) + 1) % 4)
    check(page)
    page.get_by_label("Your rule, in one sentence").fill("A, not B, because C.")
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("#own-rule-said")).to_have_text("Kept in your mistake log.")
    services.submit_attempt(attempt_id=drill.pk, candidate=candidate, now=timezone.now())
    again = services.start_sitting(
        candidate=candidate,
        kind=Attempt.Kind.DRILL,
        version_ids=[drill.questions.get(position=1).question_version_id],
        now=timezone.now(),
        rng=np.random.default_rng(1),
        focus={},
        is_tutored=True,
        question_target=1,
    )
    open_room(page, again)
    choose(page, key_index(again, 1))
    check(page)
    expect(page.locator("#rule-before")).to_contain_text("“A, not B, because C.”")
    services.submit_attempt(attempt_id=again.pk, candidate=candidate, now=timezone.now())
    page.goto(f"/exams/{again.pk}/review/")
    expect(page.locator("#rule-before")).to_contain_text("“A, not B, because C.”")


def test_right_answer_is_said_so_and_the_drill_ends(page_of: PageOf, candidate: User, drill: Attempt) -> None:
    page = page_of(candidate)
    open_room(page, drill)
    for position in range(1, 5):
        if "Choose 2" in page.locator("#choose").inner_text():
            choose(page, 0)
            choose(page, 1)
        else:
            choose(page, key_index(drill, position))
            check(page)
            expect(page.get_by_role("heading", name="Right", exact=True)).to_be_visible()
        page.locator("#next").click()
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("heading", level=1, name=re.compile(r"^[34] of 4 right"))).to_be_visible()


def test_keys_come_only_with_the_check(page_of: PageOf, candidate: User, drill: Attempt) -> None:
    page = page_of(candidate)
    open_room(page, drill)
    choose(page, 0)
    settled(page)
    assert "RATIONALE" not in page.content()


def test_tutored_room_is_accessible(page_of: PageOf, candidate: User, drill: Attempt, check_access: object) -> None:
    page = page_of(candidate)
    open_room(page, drill)
    choose(page, 0)
    check(page)
    expect(page.locator("#explanation")).to_be_visible()
    assert callable(check_access)
    check_access(page)


def test_timed_drill_is_paused_with_its_last_answer(page_of: PageOf, candidate: User, bank: TestBank) -> None:
    versions = [question.current_version_id for question in bank.questions[:4]]
    attempt = services.start_sitting(
        candidate=candidate,
        kind=Attempt.Kind.DRILL,
        version_ids=[pk for pk in versions if pk],
        now=timezone.now(),
        rng=np.random.default_rng(1),
        focus={"title": "Heroku Platform"},
        is_tutored=False,
        question_target=4,
        deadline_minutes=7,
    )
    page, other = page_of(candidate, viewport={"width": 390, "height": 844}), page_of(candidate)
    open_room(page, attempt)
    open_room(other, attempt)
    choose(page, 1)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("heading", name=re.compile("Paused, with [67] minutes left"))).to_be_visible()
    assert attempt.questions.get(position=1).selected
    # The other tab hears of it at its next beat, and shows no paper without a clock.
    other.evaluate("dispatchEvent(new Event('focus'))")
    expect(other.get_by_role("heading", name=re.compile("Paused"))).to_be_visible(timeout=40_000)
    page.get_by_role("button", name="Carry on").click()
    expect(page.get_by_role("timer")).to_contain_text(re.compile("[67]:"))
