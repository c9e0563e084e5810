"""Every page that the URL resolver knows, in Chromium: nothing for axe, a silent console, nothing runs sideways."""

from collections.abc import Callable, Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import Page

from accounts.models import User
from tests.bank import TestBank, make_bank
from tests.browser.conftest import Watched, axe_violations
from tests.household import Household, make_household

# Not pages: files, redirects, partials that a page includes, and what allauth asks only in the middle of something.
NOT_PAGES = (
    "api_",
    "health_",
    "own_data_export",
    "account_",
    "mfa_",
    "socialaccount_",
    "salesforce_",
    "admin:",
)
OF_MENTORS = {"accounts:cohort_manage", "analytics:cohort_show", "analytics:report_show"}
ALLAUTH = ["account_login", "account_signup", "account_reset_password"]
ALLAUTH_SIGNED_IN = ["account_email", "account_change_password", "mfa_index", "account_logout"]
DESK = [
    "admin:index",
    "admin:questions_question_changelist",
    "admin:questions_question_add",
    "admin:exams_attempt_changelist",
    "admin:accounts_user_changelist",
]


def pages(resolver: URLResolver | None = None, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from pages(entry, (*spaces, entry.namespace) if entry.namespace else spaces)
        elif isinstance(entry, URLPattern) and entry.name:
            name = ":".join((*spaces, entry.name))
            if not name.startswith(NOT_PAGES):
                yield name, tuple(entry.pattern.converters)


@pytest.fixture
def bank(transactional_db: None) -> TestBank:
    return make_bank()


@pytest.fixture
def household(bank: TestBank, candidate: User, mentor: User) -> Household:
    return make_household(candidate, mentor)


LOOKS = [
    {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}},
]


def desk_pages(household: Household) -> list[str]:
    """The desk, with every page of an attempt that staff may steer."""
    pk = household.attempt.pk
    steering = [reverse("admin:exams_attempt_steer", args=[pk, what]) for what in ("minutes", "void", "reopen")]
    own = [reverse(f"admin:exams_attempt_{name}", args=[pk]) for name in ("change", "history", "copy")]
    return [*map(reverse, DESK), *own, *steering]


def problems_of(page: Page, address: str) -> list[str]:
    """What is wrong with the page at an address; nothing where it is no HTML page that a GET opens."""
    answer = page.request.get(address)
    if answer.status != 200 or "text/html" not in answer.headers.get("content-type", ""):
        return []
    page.goto(address)
    if page.locator("main, #content").count() == 0:
        return []
    found = [f"{address}: {violation}" for violation in axe_violations(page)]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append(f"{address}: runs sideways")
    return found


@pytest.mark.parametrize("look", LOOKS, ids=["light wide", "dark phone"])
def test_every_page_of_candidate_and_mentor(
    watched: Watched, household: Household, candidate: User, mentor: User, look: dict
) -> None:
    people = {False: watched.page(candidate, **look), True: watched.page(mentor, **look)}
    known = {**household.parameters, "code": "platform-1"}
    found, opened = [], 0
    for name, parameters in sorted(pages()):
        if set(parameters) <= set(known):
            address = reverse(name, kwargs={parameter: known[parameter] for parameter in parameters})
            found += problems_of(people[name in OF_MENTORS], address)
            opened += 1
    for name in ALLAUTH_SIGNED_IN:
        found += problems_of(people[False], reverse(name))
    assert found == []
    assert opened > 50


@pytest.mark.parametrize("look", LOOKS, ids=["light wide", "dark phone"])
def test_every_page_of_a_stranger(page_of: Callable[..., Page], bank: TestBank, look: dict) -> None:
    page = page_of(None, **look)
    names = ["home_show", "api_docs_show", *ALLAUTH]
    assert [problem for name in names for problem in problems_of(page, reverse(name))] == []
    page.goto("/nothing-here/")
    assert axe_violations(page) == []


def test_the_desk_breaks_no_policy(page_of: Callable[..., Page], household: Household, author: User) -> None:
    page = page_of(author)
    for address in desk_pages(household):
        assert page.goto(address).ok  # type: ignore[union-attr]


def test_the_desk_is_accessible(page_of: Callable[..., Page], household: Household, author: User) -> None:
    # On Django's admin axe measures with inline styles of its own, which our policy would refuse it.
    page = page_of(author, bypass_csp=True)
    # Its tables of rows within a row have headers without words, which are Django's to name.
    looked_at = [address for address in desk_pages(household) if not address.endswith("/change/")]
    assert [problem for address in looked_at for problem in problems_of(page, address)] == []
