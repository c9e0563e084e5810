"""The main job from sign-up to a changed plan, by a candidate, a mentor and an admin in real Chromium.

Everything is real: gunicorn and the Celery worker from the Procfile, SQLite and the filesystem queue, the whole bank.
"""

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Watched, axe_violations
from tests.processes import BIN, House


def today() -> date:
    return datetime.now(UTC).date()


PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def _quick_hashes_and_kept_mail() -> None:
    """These tests talk to other processes: no settings of this one matter."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """What bin/start runs, without its virtual environment."""
    import os

    var = tmp_path_factory.mktemp("var")
    env = {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "HOME": os.environ.get("HOME", "/"),
        "PREP_DEVELOPMENT": "1",
        "PREP_VAR": str(var),
        "PREP_LOG_LEVEL": "WARNING",
        "PREP_DEMO_PASSWORD": PASSWORD,
    }
    deployed = House(env, var)
    deployed.manage("migrate", "--no-input", "--verbosity", "0")
    deployed.manage("createcachetable")
    deployed.manage("load_bank")
    deployed.manage("seed_demo")
    deployed.start("web")
    deployed.start("worker")
    try:
        yield deployed
    finally:
        deployed.stop()


@pytest.fixture
def people(browser: Browser, house: House) -> Iterator[Watched]:
    watched = Watched(browser, house.address)
    yield watched
    for context in watched.contexts:
        context.close()
    assert watched.unexpected == []


@pytest.fixture
def sign_in(people: Watched) -> Callable[[str], Page]:
    def signed_in(email: str) -> Page:
        page = people.page()
        page.goto("/accounts/login/")
        page.get_by_label("Email").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        return page

    return signed_in


def sign_up(people: Watched, email: str, name: str) -> Page:
    page = people.page()
    page.goto("/accounts/signup/")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create the account").click()
    return page


def answer_everything(page: Page) -> int:
    """Answers every question by keyboard; how many there were."""
    expect(page.locator("#question-heading")).to_contain_text("Question 1 ")
    total = int(re.search(r"of (\d+)", page.locator("#question-heading").inner_text())[1])  # type: ignore[index]
    for number in range(1, total + 1):
        expect(page.locator("#question-heading")).to_contain_text(f"Question {number} ")
        wanted = int(re.search(r"Choose (\d)", page.locator(".choose").first.inner_text())[1])  # type: ignore[index]
        for key in "12345"[:wanted]:
            page.keyboard.press(key)
        if number < total:
            page.keyboard.press("n")
    return total


def test_candidate_from_sign_up_to_a_plan_that_changed(people: Watched) -> None:
    page = sign_up(people, "nadia@example.com", "Nadia Rahman")

    # Exam day and time zone.
    expect(page).to_have_url(re.compile(r"/plan/setup/"))
    page.get_by_role("radio").first.check()
    page.locator("[name=exam_on]").fill((today() + timedelta(days=30)).isoformat())
    page.get_by_role("button", name="Make my plan").click()
    expect(page.locator("main")).to_contain_text("exam")

    # A mock, every answer saved, handed in.
    page.goto("/exams/start/")
    page.get_by_role("button", name="Start the clock").click()
    assert answer_everything(page) == 65
    expect(page.locator(".saved")).to_contain_text("Saved")
    page.get_by_text("Review and submit").first.click()
    page.get_by_role("button", name=re.compile("^Submit")).last.click()
    began = time.monotonic()

    # The result at once, the insight as soon as the worker is done.
    expect(page).to_have_url(re.compile("/result/"), timeout=15_000)
    expect(page.locator("h1")).to_have_text(re.compile("passed", re.IGNORECASE))
    expect(page.locator("h1 ~ .lede, .page-head .lede")).to_contain_text("of 60")
    assert page.locator("main .domains > li, main .domain-row").count() >= 6
    expect(page.locator("main")).to_contain_text("Your plan has changed", timeout=15_000)
    print(f"submit to the changed plan on the page: {time.monotonic() - began:.1f} s (n = 1)")
    assert axe_violations(page) == []

    # Every question with its key and the rationale of every option.
    page.goto(page.url.replace("/result/", "/review/"))
    expect(page.locator("main")).to_contain_text("Right answer")
    assert page.locator(".rationale").count() >= 4

    # Weakness with ranges and the number of answers behind it.
    page.goto("/weakness/")
    expect(page.locator("main")).to_contain_text(re.compile(r"n \d+"))
    expect(page.locator("main")).to_contain_text("from 60 answers")

    # The plan changed because of the mock, and says so, each row with its reason; it is undone. A block is done.
    page.goto("/plan/revisions/")
    expect(page.locator("main")).to_contain_text(re.compile("mock|attempt", re.IGNORECASE))
    page.goto("/plan/")
    expect(page.locator("#revision")).to_contain_text("because of your latest answers")
    rows = page.locator("#revision .diff > li")
    assert rows.count() > 0
    assert all(text.strip() for text in rows.locator(".why").all_text_contents())  # also of the folded rows
    page.get_by_role("button", name="Undo all").click()
    expect(page.locator("main")).to_contain_text("Undone. The plan is as it was before.")
    expect(page.locator("#revision")).to_contain_text("because you took the last change back")
    page.goto(f"/plan/?week={(today() + timedelta(days=2)).isoformat()}")
    block = page.locator(".block[data-state=planned] .block-title a").last
    title = (block.text_content() or "").split(": ")[-1].strip()
    block.click()
    page.get_by_role("button", name="I did this").click()
    expect(page.get_by_role("status")).to_contain_text(f"{title}: done.")


def test_candidate_starts_the_drill_that_a_block_asks_for(sign_in: Callable[[str], Page]) -> None:
    page = sign_in("candidate@example.com")
    page.goto("/plan/")
    drill = page.locator(".block-title a, .plan-block a, main a[href*='/plan/blocks/']").filter(
        has_text=re.compile(".")
    )
    for address in dict.fromkeys(drill.evaluate_all("links => links.map(link => link.href)")):
        page.goto(address)
        start = page.get_by_role("button", name=re.compile("^Start"))
        if start.count() and "Drill" in page.locator("main").inner_text():
            start.first.click()
            expect(page).to_have_url(re.compile(r"/exams/[0-9a-f-]{36}/"))
            expect(page.locator("#question-heading")).to_contain_text("Question 1")
            return
    pytest.fail("no block of the week asks for a drill")


def test_mentor_invites_a_candidate_and_reads_the_report(people: Watched, sign_in: Callable[[str], Page]) -> None:
    mentor = sign_up(people, "tomas@example.com", "Tomás Ferreira")
    mentor.goto("/cohorts/")
    mentor.get_by_label("Name of the cohort").fill("Winter group")
    mentor.get_by_role("button", name="Make the cohort").click()
    link = mentor.get_by_label("Send this link").input_value()

    candidate = sign_in("clara.weiss@example.com")
    candidate.goto(link)
    expect(candidate.locator("h1")).to_contain_text("Tomás Ferreira")
    candidate.get_by_role("button", name=re.compile("Yes, share")).click()

    mentor.goto("/cohorts/")
    mentor.get_by_role("link", name="Winter group", exact=True).click()
    mentor.get_by_role("link", name=re.compile("Clara Weiss")).first.click()
    expect(mentor.locator("h1")).to_contain_text("Clara Weiss")
    expect(mentor.locator("main")).to_contain_text("Domain report")
    expect(mentor.locator("main")).to_contain_text("Mock exam 2")
    assert axe_violations(mentor) == []

    candidate.goto("/sharing/")
    expect(candidate.locator("main")).to_contain_text("Last looked")
    membership = candidate.locator("section.card", has_text="Tomás Ferreira")
    membership.get_by_role("button", name=re.compile("Leave this cohort")).click()
    assert mentor.goto(mentor.url).status == 404  # type: ignore[union-attr]


def fill_version(page: Page, stem: str) -> None:
    page.locator("[name=scenario]").fill("A museum in Lima moves its ticket shop to Heroku.")
    page.locator("[name=stem]").fill(stem)
    page.locator("[name=verified_on]").fill(today().strftime("%d/%m/%Y"))
    for number in range(4):
        page.locator(f"[name=options-{number}-text]").fill(f"Tickets are kept in place {number + 1}")
        page.locator(f"[name=options-{number}-rationale]").fill(f"Why place {number + 1} fits the case or does not.")
    page.locator("[name=options-1-is_key]").check()
    page.locator("[name=references-0-title]").fill("Dynos")
    page.locator("[name=references-0-url]").fill("https://devcenter.heroku.com/articles/dynos")
    page.locator("[name=references-0-verified_on]").fill(today().strftime("%d/%m/%Y"))


def test_admin_writes_and_publishes_a_question_and_its_next_version(sign_in: Callable[[str], Page]) -> None:
    page = sign_in("admin@example.com")
    page.goto("/admin/questions/question/add/")
    page.locator("[name=slug]").fill("ticket-shop-lima")
    choose_first(page, "first_topic")
    page.locator("[name=_write]").click()
    fill_version(page, "Where do the tickets belong?")
    expect(page.locator("body")).to_contain_text("In the exam")
    page.locator("[name=_publish]").click()
    expect(page.locator("body")).to_contain_text("Published")
    expect(page.locator("body")).to_contain_text("ticket-shop-lima v1")

    page.get_by_role("button", name=re.compile("next version", re.IGNORECASE)).click()
    page.locator("[name=stem]").fill("Where should the tickets be kept?")
    page.locator("[name=_publish]").click()
    expect(page.locator("body")).to_contain_text("ticket-shop-lima v2")


def choose_first(page: Page, name: str) -> Any:
    """The first real choice of a select."""
    field = page.locator(f"select[name={name}]")
    values = field.locator("option").evaluate_all("options => options.map(option => option.value)")
    return field.select_option(next(value for value in values if value))
