"""Writing a question in the admin: the preview follows the keys, nothing in it runs, and publishing makes a version."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from questions.models import Question
from questions.services import start_next_version
from tests.bank import TestBank
from tests.browser.conftest import Watched

PageOf = Callable[..., Page]
NASTY = '<img src=x onerror="document.title=1"><script>document.title=1</script>[x](javascript:document.title=1)'


def preview(page: Page) -> str:
    return page.locator("#preview .sheet").inner_text()


@pytest.fixture
def draft_page(page_of: PageOf, author: User, bank: TestBank) -> Page:
    draft = start_next_version(question=bank.questions[0], now=timezone.now())
    page = page_of(author)
    page.goto(reverse("admin:questions_questionversion_change", args=[draft.pk]))
    expect(page.locator("#preview .option")).to_have_count(4)
    return page


def test_a_question_is_written_previewed_and_published(page_of: PageOf, author: User, bank: TestBank) -> None:
    page = page_of(author)
    page.goto(reverse("admin:questions_question_add"))
    page.get_by_label("Slug").fill("platform-hobby")
    page.get_by_label("First topic").select_option(bank.topics[0].name)
    page.get_by_role("button", name="Save and write the question").click()

    page.get_by_label("Scenario").fill("A baker in Porto runs **one** page.")
    page.get_by_label("Stem").fill("Which dyno fits?")
    page.get_by_label("Verified on").first.fill("23/11/2026")
    for number, name in enumerate(["Eco", "Basic", "Private", "Shield"]):
        page.locator(f"[name=options-{number}-text]").fill(f"{name} dynos")
        page.locator(f"[name=options-{number}-rationale]").fill(f"{name} dynos suit those who need what they cost.")
    page.locator("[name=options-1-is_key]").check()
    expect(page.locator("#preview .option")).to_have_count(4)
    expect(page.locator("#preview .scenario strong")).to_have_text("one")
    expect(page.locator("#hints")).to_contain_text("needs at least one page")
    page.get_by_role("button", name="In review").click()
    expect(page.locator("#preview [data-state=key] .option-text")).to_have_text("Basic dynos")

    page.get_by_role("button", name="Save and publish").click()
    expect(page.locator(".errorlist")).to_contain_text("needs at least one page")
    page.locator("[name=references-0-title]").fill("Dyno Tiers")
    page.locator("[name=references-0-url]").fill("https://devcenter.heroku.com/articles/dyno-tiers")
    page.locator("[name=references-0-verified_on]").fill("23/11/2026")
    page.get_by_role("button", name="Save and publish").click()
    expect(page.locator(".messagelist")).to_contain_text("is published")

    question = Question.objects.get(slug="platform-hobby")
    assert question.status == Question.Status.PUBLISHED
    assert question.current_version is not None
    assert question.current_version.options.get(is_key=True).text == "Basic dynos"


def test_an_added_option_shows_in_the_preview(draft_page: Page) -> None:
    draft_page.get_by_role("button", name="Add another Option").click()
    draft_page.locator("[name=options-4-text]").fill("A fifth way")
    expect(draft_page.locator("#preview .option")).to_have_count(5)
    expect(draft_page.locator("#preview")).to_contain_text("A fifth way")


def test_nothing_typed_into_a_question_runs(draft_page: Page) -> None:
    title = draft_page.title()
    for field in ("scenario", "stem", "options-0-text", "options-0-rationale"):
        draft_page.locator(f"[name={field}]").fill(NASTY)
    expect(draft_page.locator("#preview")).to_contain_text("onerror")
    draft_page.get_by_role("button", name="In review").click()
    expect(draft_page.locator("#preview .option-read")).to_have_count(4)
    assert draft_page.locator("#preview img, #preview script").count() == 0
    assert draft_page.title() == title


def test_a_lost_preview_is_said_and_loses_nothing(draft_page: Page) -> None:
    draft_page.context.set_offline(True)
    draft_page.locator("[name=stem]").fill("Still here?")
    expect(draft_page.locator("#hints")).to_contain_text("The preview cannot be reached")
    draft_page.context.set_offline(False)
    draft_page.locator("[name=stem]").fill("Still here now?")
    expect(draft_page.locator("#preview .stem")).to_have_text("Still here now?")


def test_the_preview_follows_the_dark_scheme_of_the_admin(page_of: PageOf, author: User, bank: TestBank) -> None:
    page = page_of(author, color_scheme="dark")
    version = bank.questions[0].current_version
    assert version is not None
    page.goto(reverse("admin:questions_questionversion_change", args=[version.pk]))
    expect(page.locator("#preview .option")).to_have_count(4)
    ground = page.locator("#preview").evaluate("node => getComputedStyle(node).backgroundColor")
    red = int(ground.removeprefix("rgb(").split(",")[0])
    assert red < 60


@pytest.mark.parametrize("width", [390, 1440])
def test_authors_pages_can_be_used_by_everybody(
    watched: Watched, author: User, bank: TestBank, check_access: Callable[[Page], None], width: int
) -> None:
    # axe copies the sheets of a shadow tree into style elements; without axe the other tests see none.
    watched.expect("Applying inline style", "style-src-elem inline")
    draft = start_next_version(question=bank.questions[0], now=timezone.now())
    page = watched.page(author, viewport={"width": width, "height": 900})
    for address in (
        reverse("admin:questions_question_coverage"),
        reverse("admin:questions_questionversion_change", args=[draft.pk]),
        reverse("admin:questions_questionversion_shown", args=[draft.pk]),
    ):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        check_access(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
