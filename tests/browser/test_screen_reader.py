"""docs/screen-reader.md tells what a screen reader is given on the way through a sitting: Chromium's own words.

With `PREP_WRITE_DOCS=1` this test writes the document; without, it fails when the pages say something else.
"""

import os
import re
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from exams import services
from exams.models import Attempt
from questions.models import Option, QuestionVersion
from tests.bank import TestBank
from tests.browser.accessible import HEARD, announced, spoken_lines
from tests.browser.room import PageOf, choose, notice, open_room, settled

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "screen-reader.md"
BEFORE = (
    "# A sitting by ear\n\n"
    "What a screen reader is given on the way through a mock exam: the accessibility tree of Chromium as it is read"
    " from top to bottom (role, name, state, description in brackets), and what live regions announce by themselves."
    " A short exam of thirteen questions stands for one of 65; times are all written as 14:03."
    " `tests/browser/test_screen_reader.py` walks the same way in a real browser and fails when a page says anything"
    " else; `PREP_WRITE_DOCS=1` writes this document anew.\n\n"
    "Three rules hold throughout. The clock never speaks by itself, but for four moments. Turning to a question puts"
    " the focus on its heading, so reading goes on from there. Whatever is seen as colour or shape is also said:"
    " answered, incomplete, flagged, struck out, not saved.\n"
)
QUESTION = (
    "A shop sends receipts from a web request. At peak times customers wait for seconds.",
    "What should the team change first?",
    [
        "Send receipts from a worker fed by a queue",
        "Add web dynos at peak times",
        "Move to a larger database plan",
        "Raise the request timeout",
    ],
)


@pytest.fixture
def attempt(candidate: User, small_exam: TestBank) -> Attempt:
    """The same paper every time, with words on its first question that could be real."""
    attempt = services.start_mock(candidate=candidate, now=timezone.now(), rng=np.random.default_rng(7))
    first = attempt.questions.get(position=1)
    scenario, stem, options = QUESTION
    QuestionVersion.objects.filter(pk=first.question_version_id).update(scenario=scenario, stem=stem)
    for pk, text in zip(first.option_order, options, strict=True):
        Option.objects.filter(pk=pk).update(text=text, rationale=f"Why: {text}.", is_key=pk == first.option_order[0])
    QuestionVersion.objects.filter(pk=first.question_version_id).update(key_ids=first.option_order[:1])
    return attempt


def test_a_sitting_by_ear(page_of: PageOf, candidate: User, attempt: Attempt) -> None:
    page = page_of(candidate)
    page.context.add_init_script(HEARD)
    page.context.set_default_timeout(60_000)
    told = [BEFORE]
    told += chapter("Before the start", "The start page, up to its button.", start_page(page, attempt))
    told += chapter("A question", "The room opens on the first question.", room(page, attempt))
    told += chapter("What is heard", "", heard_on_the_way(page, attempt))
    told += chapter("Before submitting", "", overview(page))
    told += chapter("The result", "The focus is at the top of a new page.", result(page))
    told += chapter("The review", "One question of it.", review(page, attempt))
    text = "\n".join(told).rstrip() + "\n"
    if os.environ.get("PREP_WRITE_DOCS"):
        DOCUMENT.write_text(text)
    assert DOCUMENT.read_text() == text


def chapter(title: str, intro: str, parts: list[str]) -> list[str]:
    return [f"## {title}\n", *([f"{intro}\n"] if intro else []), *parts, ""]


def as_read(lines: list[str]) -> str:
    return "```text\n" + "\n".join(lines) + "\n```"


def main_of(page: Page) -> list[str]:
    lines = spoken_lines(page)
    return lines[lines.index("main") : next((n for n, line in enumerate(lines) if line == "contentinfo"), len(lines))]


def start_page(page: Page, attempt: Attempt) -> list[str]:
    # The start page leads on to a running mock: it is looked at as if there were none.
    Attempt.objects.filter(pk=attempt.pk).update(kind=Attempt.Kind.DRILL)
    page.goto("/exams/start/")
    lines = main_of(page)
    Attempt.objects.filter(pk=attempt.pk).update(kind=Attempt.Kind.MOCK)
    return [as_read(lines)]


def room(page: Page, attempt: Attempt) -> list[str]:
    open_room(page, attempt)
    return [as_read(spoken_lines(page))]


def heard_on_the_way(page: Page, attempt: Attempt) -> list[str]:
    """Everything that speaks by itself, in the order in which it happens here."""
    announced(page)
    rows: list[tuple[str, str]] = []

    def heard(what: str) -> None:
        rows.append((what, " · ".join(all_announced(page))))

    choose(page, 0)
    settled(page)
    heard("An answer is chosen, and the server has it")
    page.keyboard.press("Shift+D")
    settled(page)
    heard("An option is struck out")
    page.keyboard.press("n")
    expect(page.locator("#question-heading")).to_be_focused()
    heard("Next question: the focus moves to its heading, which is read")
    double = attempt.questions.filter(select_count=2).order_by("position")[0].position
    page.locator("#navigator a").nth(double - 1).click()
    for index in range(2):
        choose(page, index)
    settled(page)
    all_announced(page)
    choose(page, 2)
    heard("A third option where two are asked for")
    page.context.set_offline(True)
    choose(page, 0)
    expect(notice(page, "trouble")).to_be_visible(timeout=20_000)
    heard("The connection drops while an answer is on its way")
    page.context.set_offline(False)
    expect(notice(page, "recovered")).to_be_visible(timeout=20_000)
    heard("It is back")
    for index, minutes in enumerate((30, 10, 5, 1)):
        end_in(attempt, minutes)
        page.locator("#navigator a").nth(5).click()
        choose(page, index)
        settled(page)
        expect(notice(page, "time")).to_contain_text(f"{minutes} minute", timeout=20_000)
        heard(f"{minutes} minute{'s' if minutes > 1 else ''} before the end")
    end_in(attempt, 60)
    choose(page, 0)
    settled(page)
    announced(page)
    return ["| when | heard |", "|---|---|", *(f"| {what} | {words or 'nothing more'} |" for what, words in rows)]


def all_announced(page: Page) -> list[str]:
    """Waits until nothing more is said: the room leaves a second and a half between two announcements."""
    words: list[str] = []
    silent = 0
    while silent < 3:
        page.wait_for_timeout(1000)
        new = announced(page)
        words += new
        silent = 0 if new else silent + 1
    return words


def end_in(attempt: Attempt, minutes: int) -> None:
    Attempt.objects.filter(pk=attempt.pk).update(deadline_at=timezone.now() + timedelta(minutes=minutes, seconds=2))


def overview(page: Page) -> list[str]:
    page.get_by_role("link", name="Review and submit").click()
    expect(page.locator("#overview-heading")).to_be_focused()
    lines = [re.sub(r"You have \d+ minutes", "You have 60 minutes", line) for line in main_of(page)]
    start = next(n for n, line in enumerate(lines) if "heading 1" in line)
    return ["The focus moves to the heading. Every blank is a link by its number.\n", as_read(lines[start:])]


def result(page: Page) -> list[str]:
    page.get_by_role("button", name=re.compile("Submit with")).click()
    expect(page.get_by_role("heading", level=1, name=re.compile("assed"))).to_be_visible()
    lines = main_of(page)
    # Then follow the times of this very run, drawn and as a table.
    end = next(n for n, line in enumerate(lines) if "Time on each question" in line or "complementary" in line)
    return [as_read([re.sub(r"\w+day \d+ \w+", "Saturday 28 November", line) for line in lines[:end]])]


def review(page: Page, attempt: Attempt) -> list[str]:
    page.goto(f"/exams/{attempt.pk}/review/?show=all&question=1")
    # Which domain the first question is of is left to the drawing of papers.
    lines = [re.sub(r"“[^“”]+ · [^“”]+ Question 1 ·", "“Domain · Topic Question 1 ·", line) for line in main_of(page)]
    return [as_read(lines)]
