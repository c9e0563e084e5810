"""The plan in a real browser: set-up to the first block done, a change undone, a return after missed days."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from questions.models import Lab
from study_plans import selectors, services
from study_plans.models import Block, StudyPlan
from tests.bank import TestBank
from tests.study_plans.people import adjust, make_plan, study_blocks

PageOf = Callable[..., Page]
PAGES = ["/plan/", "/plan/month/", "/plan/setup/", "/plan/revisions/", "/plan/calendar/"]


def plan_made_now(candidate: User, days_ago: int = 0) -> StudyPlan:
    now = timezone.now()
    exam_on = selectors.local_day(candidate, now) + timedelta(days=40)
    return make_plan(candidate, now - timedelta(days=days_ago), exam_on=exam_on)


def test_from_set_up_to_the_first_block_done(page_of: PageOf, candidate: User, bank: TestBank) -> None:
    page = page_of(candidate)
    page.goto("/plan/")
    page.get_by_role("link", name="Set the day").click()
    page.get_by_label("Yes, on a day").check()
    exam_on = selectors.local_day(candidate, timezone.now()) + timedelta(days=40)
    page.get_by_label("Exam day").fill(exam_on.isoformat())
    for name in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"):
        page.get_by_label(name).fill("60")
    page.get_by_role("button", name="Make my plan").click()
    expect(page.get_by_text("40 days to the exam")).to_be_visible()
    page.get_by_role("link", name="First map of all domains").click()
    page.get_by_role("button", name="I did this").click()
    expect(page.get_by_text("First map of all domains: done.")).to_be_visible()
    expect(page.locator(".day[data-today] .block[data-state=done]")).to_have_count(1)


def test_a_change_is_shown_kept_and_undone(page_of: PageOf, candidate: User, bank: TestBank) -> None:
    plan = plan_made_now(candidate)
    before = list(study_blocks(plan).values_list("pk", "day", "minutes"))
    adjust(candidate, {"security-2": 90}, now=timezone.now())
    page = page_of(candidate)
    page.goto("/plan/")
    expect(page.locator("#revision .diff > li").first).to_be_visible()
    page.get_by_role("button", name="Keep these changes").click()
    expect(page.get_by_role("status").get_by_text("Kept.")).to_be_visible()
    expect(page.locator(".block[data-change]")).to_have_count(0)
    page.get_by_role("button", name="Undo all").click()
    expect(page.get_by_text("Undone. The plan is as it was before.")).to_be_visible()
    assert list(study_blocks(plan).values_list("pk", "day", "minutes")) == before


def test_after_missed_days_nothing_is_overdue(page_of: PageOf, candidate: User, bank: TestBank) -> None:
    plan_made_now(candidate, days_ago=3)
    page = page_of(candidate)
    page.goto("/plan/")
    expect(page.get_by_text("Welcome back. The plan starts from today").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"Nothing is overdue\.")).first).to_be_visible()
    assert not Block.objects.filter(state="planned", day__lt=selectors.local_day(candidate, timezone.now())).exclude(
        kind="rest"
    )


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_what_went_by_opens_by_keyboard_and_says_what_became_of_it(
    page_of: PageOf, candidate: User, bank: TestBank, check_access: Callable[[Page], None], scheme: str, width: int
) -> None:
    plan = plan_made_now(candidate, days_ago=3)
    first = study_blocks(plan).first()
    assert first is not None
    page = page_of(candidate, color_scheme=scheme, viewport={"width": width, "height": 800})
    page.goto(f"/plan/?week={first.day.isoformat()}")
    block = page.locator(f"#block-{first.pk}")
    expect(block).to_be_hidden()
    fold = page.locator(".went-by", has=block)
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(block.locator(".chip")).to_contain_text(re.compile(r"now \d|let go"))
    check_access(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    block.get_by_role("link").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("went by", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile("It is planned again for|The plan let it go"))).to_be_visible()
    check_access(page)


def test_a_wrong_day_to_move_to_is_named_beside_its_field(
    page_of: PageOf, candidate: User, bank: TestBank, check_access: Callable[[Page], None]
) -> None:
    plan = plan_made_now(candidate)
    block = study_blocks(plan).first()
    assert block is not None
    page = page_of(candidate, viewport={"width": 390, "height": 800})
    page.goto(f"/plan/blocks/{block.pk}/")
    page.get_by_role("button", name="Move there").click()
    expect(page.get_by_text("Choose a day to move it to.")).to_be_visible()
    expect(page.get_by_label("Another day")).to_have_attribute("aria-invalid", "true")
    check_access(page)
    page.get_by_label("Another day").fill((block.day + timedelta(days=9)).isoformat())
    page.get_by_role("button", name="Move there").click()
    expect(page.get_by_text(re.compile(r"is now on .*, pinned\."))).to_be_visible()


def test_a_block_moves_and_is_pinned(page_of: PageOf, candidate: User, bank: TestBank) -> None:
    plan = plan_made_now(candidate)
    block = study_blocks(plan).first()
    assert block is not None
    page = page_of(candidate)
    page.goto(f"/plan/blocks/{block.pk}/")
    page.get_by_role("button", name=re.compile("^Move to")).click()
    expect(page.get_by_text(re.compile(r"is now on .*, pinned\."))).to_be_visible()
    moved = Block.objects.get(pk=block.pk)
    assert moved.day > block.day
    assert moved.is_pinned


def test_without_scripts_everything_works(page_of: PageOf, candidate: User, bank: TestBank) -> None:
    plan_made_now(candidate)
    adjust(candidate, {"security-2": 90}, now=timezone.now())
    page = page_of(candidate, java_script_enabled=False)
    page.goto("/plan/")
    page.get_by_role("button", name="Undo all").click()
    expect(page.get_by_text("Undone. The plan is as it was before.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_pages_are_accessible_and_fit(
    page_of: PageOf, candidate: User, bank: TestBank, check_access: Callable[[Page], None], scheme: str, width: int
) -> None:
    plan = plan_made_now(candidate)
    adjust(candidate, {"security-2": 90}, now=timezone.now())
    topic = bank.topics[0]
    topic.notes = "## What matters\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\nheroku ps\n```"
    topic.save()
    lab = Lab.objects.create(
        topic=topic, slug="deploy", title="Deploy", minutes=25, body="1. Push.", self_checks=["Up."]
    )
    blocks = study_blocks(plan)
    reading, other = blocks.filter(kind="read").first(), blocks.exclude(kind="read").first()
    assert reading is not None
    assert other is not None
    Block.objects.filter(pk=reading.pk).update(topic=topic)
    services.complete_block(plan_owner=candidate, block_id=other.pk, now=timezone.now())
    page = page_of(candidate, color_scheme=scheme, viewport={"width": width, "height": 800})
    addresses = [
        *PAGES,
        f"/plan/blocks/{reading.pk}/",
        f"/plan/blocks/{other.pk}/",
        f"/topics/{topic.code}/?block={reading.pk}",
        f"/labs/{lab.slug}/",
    ]
    for address in addresses:
        page.goto(address)
        check_access(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def short_and_long(plan: StudyPlan) -> tuple[Block, Block]:
    """A short day's block and a mock: the mock does not fit where the other stands."""
    mock = study_blocks(plan).filter(kind="mock").first()
    assert mock is not None
    near = study_blocks(plan).filter(day__lt=mock.day, day__gt=mock.day - timedelta(days=20), topic__isnull=False)
    short = next(block for block in near if selectors.minutes_of_day(plan, block.day) < mock.minutes)
    return short, mock


@pytest.mark.parametrize("width", [390, 1280])
def test_blocks_are_swapped_by_keyboard_after_a_warning(
    page_of: PageOf, candidate: User, bank: TestBank, check_access: Callable[[Page], None], width: int
) -> None:
    plan = plan_made_now(candidate)
    short, mock = short_and_long(plan)
    page = page_of(candidate, viewport={"width": width, "height": 800})
    page.goto(f"/plan/blocks/{short.pk}/")
    check_access(page)
    page.get_by_label("Swap with").focus()
    page.get_by_label("Swap with").select_option(str(mock.pk))
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Swap their days")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Swap anyway?")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("and would hold 1 h 45")
    check_access(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Swap anyway").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text(f"You swapped {short.title} and {mock.title}")
    assert Block.objects.get(pk=mock.pk).day == short.day
    expect(page.locator("#revision")).to_contain_text(f"You swapped it with {mock.title}.")
    page.get_by_role("button", name="Undo all").click()
    expect(page.get_by_text("Undone. The plan is as it was before.")).to_be_visible()
    assert Block.objects.get(pk=mock.pk).day == mock.day


def exam_was_yesterday(candidate: User) -> StudyPlan:
    now = timezone.now()
    return make_plan(
        candidate, now - timedelta(days=20), exam_on=selectors.local_day(candidate, now) - timedelta(days=1)
    )


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_a_failed_exam_is_told_and_the_plan_starts_again(
    page_of: PageOf, candidate: User, bank: TestBank, check_access: Callable[[Page], None], scheme: str, width: int
) -> None:
    exam_was_yesterday(candidate)
    page = page_of(candidate, color_scheme=scheme, viewport={"width": width, "height": 800})
    page.goto("/today/")
    check_access(page)
    page.get_by_role("link", name="Say how it went").first.click()
    page.get_by_label("Not this time").check()
    for name, percent in [("Heroku Platform", 83), ("Data", 70), ("Security", 330), ("Heroku Enterprise", 65)]:
        page.get_by_label(re.compile(f"^{name}")).fill(str(percent))
    page.get_by_label(re.compile("^Architect Applications")).fill("78")
    page.get_by_label(re.compile("^Integrations")).fill("56")
    check_access(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("A whole percentage from 0 to 100.")).to_be_visible()
    expect(page.get_by_label(re.compile("^Security"))).to_have_attribute("aria-invalid", "true")
    check_access(page)
    page.get_by_label(re.compile("^Security")).fill("33")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The plan starts again from what your exam said.")).to_be_visible()
    check_access(page)
    page.get_by_role("link", name="To the plan").click()
    expect(page.locator("#revision")).to_contain_text("because of what your exam said")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_a_passed_exam_ends_with_the_journal(
    page_of: PageOf, candidate: User, bank: TestBank, check_access: Callable[[Page], None], scheme: str, width: int
) -> None:
    plan = exam_was_yesterday(candidate)
    first = study_blocks(plan).first()
    assert first is not None
    services.complete_block(plan_owner=candidate, block_id=first.pk, now=timezone.now() - timedelta(days=19))
    page = page_of(candidate, color_scheme=scheme, viewport={"width": width, "height": 800})
    page.goto("/plan/")
    page.get_by_role("link", name="Say how it went").click()
    page.get_by_label("I passed").check()
    expect(page.get_by_label("Next exam day")).to_be_hidden()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name=re.compile("^You passed"))).to_be_visible()
    check_access(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with page.expect_download() as download:
        page.get_by_role("link", name="JSON").click()
    assert download.value.suggested_filename == "prep-journey.json"
    page.goto("/today/")
    expect(page.get_by_role("heading", name=re.compile("^You passed"))).to_be_visible()
    check_access(page)
