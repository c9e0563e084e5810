"""Estimates in a real browser: accessible in every shape, and refreshing by themselves."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts import services as people
from accounts.models import Membership, User
from analytics import services
from analytics.models import AnalysedAttempt, MentorNote
from exams.models import Attempt
from questions.models import Misconception, Option
from tests.analytics.sittings import mock, share
from tests.bank import TestBank

PageOf = Callable[..., Page]
SHAPES = [
    {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
    {"viewport": {"width": 320, "height": 700}, "color_scheme": "light"},
]
OWN_PAGES = ["/today/", "/weakness/", "/practise/", "/mistakes/", "/forecasts/", "/confusions/left-right/"]


def sit(candidate: User, days_ago: float, percent: int, seed: int) -> Attempt:
    began = timezone.now() - timedelta(days=days_ago)
    return mock(candidate, share(percent), now=began, seed=seed)


@pytest.fixture
def sat(small_exam: TestBank, candidate: User) -> User:
    """Three short mocks with a pair that is mixed up in them."""
    pair = Misconception.objects.create(
        exam_code="heroku-architect",
        domain=small_exam.domains[1],
        code="left-right",
        name="Left ↔ Right",
        left={"name": "Left", "choose_when": "It is on the left.", "points": ["One.", "Two."]},
        right={"name": "Right", "choose_when": "It is on the right.", "points": ["Three.", "Four."]},
    )
    Option.objects.filter(is_key=False).update(misconception=pair)
    for number, days in enumerate((20, 11, 3)):
        sit(candidate, days, 40 + 20 * number, seed=number)
        now = timezone.now() - timedelta(days=days) + timedelta(hours=3)
        services.analyse_candidate(candidate_id=candidate.pk, now=now)
    return candidate


@pytest.fixture
def membership(candidate: User, mentor: User) -> Membership:
    cohort = people.create_cohort(mentor=mentor, name="Autumn")
    return people.accept_invitation(
        candidate=candidate,
        token=cohort.invitation_token,
        shares_mocks=True,
        shares_plan=True,
        now=timezone.now() - timedelta(days=5),
    )


def look(page: Page, address: str, check_access: Callable[[Page], None]) -> None:
    page.goto(address)
    for summary in page.locator("main details.more > summary").all():
        summary.click()
    check_access(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{address} scrolls sideways"


@pytest.mark.parametrize("shape", SHAPES)
def test_own_pages_are_accessible(
    page_of: PageOf, sat: User, check_access: Callable[[Page], None], shape: dict[str, object]
) -> None:
    page = page_of(sat, **shape)
    for address in OWN_PAGES:
        look(page, address, check_access)


@pytest.mark.parametrize("shape", SHAPES[:2])
def test_pages_of_a_newcomer_are_accessible(
    page_of: PageOf,
    candidate: User,
    small_exam: TestBank,
    check_access: Callable[[Page], None],
    shape: dict[str, object],
) -> None:
    page = page_of(candidate, **shape)
    for address in OWN_PAGES[:5]:
        look(page, address, check_access)


@pytest.mark.parametrize("shape", SHAPES)
def test_mentors_pages_are_accessible(
    page_of: PageOf,
    sat: User,
    membership: Membership,
    mentor: User,
    check_access: Callable[[Page], None],
    shape: dict[str, object],
) -> None:
    cohort = f"/cohorts/{membership.cohort_id}/"
    page = page_of(mentor, **shape)
    look(page, cohort, check_access)
    look(page, f"{cohort}candidates/{sat.pk}/", check_access)
    look(page_of(sat, **shape), f"/sharing/{membership.pk}/report/", check_access)


def test_weakness_refreshes_itself_when_the_analysis_is_done(page_of: PageOf, sat: User) -> None:
    """Nothing is reloaded by hand: the freshness line asks each second, and the page follows it."""
    sit(sat, 90 / 1440 + 0.0001, 90, seed=9)
    page = page_of(sat)
    page.goto("/weakness/")
    expect(page.locator(".fresh[data-state=waiting]").first).to_be_visible()
    before = page.locator(".domain-value strong").all_inner_texts()
    services.analyse_candidate(candidate_id=sat.pk, now=timezone.now())
    expect(page.locator("#freshness .fresh")).to_contain_text("Updated", timeout=5000)
    expect(page.locator(".page-head .eyebrow")).to_contain_text("in 4 mocks", timeout=5000)
    assert page.locator(".domain-value strong").all_inner_texts() != before
    expect(page.locator("#freshness")).to_have_attribute("hx-trigger", "every 60s")


def test_the_result_page_tells_what_the_sitting_changed(page_of: PageOf, sat: User) -> None:
    attempt = sit(sat, 90 / 1440 + 0.0001, 90, seed=9)
    page = page_of(sat)
    page.goto(f"/exams/{attempt.pk}/result/")
    expect(page.locator("#insight")).to_contain_text("Working out what this changes")
    services.analyse_candidate(candidate_id=sat.pk, now=timezone.now())
    expect(page.locator("#insight")).to_contain_text("Chance of passing, if you sat today", timeout=5000)
    expect(page.locator("#insight")).to_contain_text("Before this sitting")


def test_a_late_analysis_is_said_and_the_page_still_stands(page_of: PageOf, sat: User) -> None:
    AnalysedAttempt.objects.update(score_version=F("score_version") + 1)
    page = page_of(sat)
    page.goto("/weakness/")
    expect(page.locator("main")).to_contain_text("Your answers are safe; the analysis is late")
    expect(page.locator(".domain-value strong").first).to_be_visible()


def test_a_drill_is_built_and_begun_by_keyboard(page_of: PageOf, sat: User) -> None:
    page = page_of(sat)
    page.goto("/practise/")
    page.get_by_label("Data", exact=True).focus()
    page.keyboard.press("Space")
    page.get_by_label("5", exact=True).focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Start the drill").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/exams/[0-9a-f-]{36}/"))
    drill = Attempt.objects.get(kind="drill")
    assert str(drill.pk) in page.url
    assert drill.focus["domains"] == ["data"]
    assert drill.question_target == 5


def test_a_report_follows_the_analysis_and_leaves_a_note_in_the_making_alone(
    page_of: PageOf, sat: User, membership: Membership, mentor: User
) -> None:
    page = page_of(mentor)
    page.clock.install()
    page.goto(f"/cohorts/{membership.cohort_id}/candidates/{sat.pk}/")
    page.get_by_label("They read it on Today").fill("Half a sentence")
    before = page.locator("table.report tbody strong").all_inner_texts()
    sit(sat, 90 / 1440 + 0.0001, 90, seed=9)
    services.analyse_candidate(candidate_id=sat.pk, now=timezone.now())
    page.clock.fast_forward(61_000)
    expect(page.locator("#report-sittings tbody tr")).to_have_count(4)
    expect(page.locator("#figures-fresh")).to_contain_text("s ago")
    assert page.locator("table.report tbody strong").all_inner_texts() != before
    expect(page.get_by_label("They read it on Today")).to_have_value("Half a sentence")


def test_who_signed_out_elsewhere_is_led_to_the_sign_in(page_of: PageOf, sat: User) -> None:
    page = page_of(sat)
    page.clock.install()
    page.goto("/weakness/")
    expect(page.locator("#freshness .fresh")).to_be_visible()
    page.context.clear_cookies()
    page.clock.fast_forward(61_000)
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=/weakness/"))


def test_a_mentors_note_reaches_the_candidate(page_of: PageOf, sat: User, membership: Membership, mentor: User) -> None:
    page = page_of(mentor)
    page.goto(f"/cohorts/{membership.cohort_id}/candidates/{sat.pk}/")
    page.get_by_label("They read it on Today").fill("Mind the left side.")
    page.get_by_label("Suggest something").select_option(label="Contrast drill: Left ↔ Right")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_contain_text("Sent.")
    own = page_of(sat)
    own.goto("/today/")
    expect(own.get_by_text("Mind the left side.")).to_be_visible()
    expect(own.get_by_role("button", name="Contrast drill: Left ↔ Right")).to_be_visible()
    own.get_by_role("button", name="I have read it").click()
    expect(own.get_by_text("Mind the left side.")).to_have_count(0)
    assert MentorNote.objects.get().read_at is not None
