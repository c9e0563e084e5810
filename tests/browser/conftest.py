"""A real Chromium in front of a real server of this app.

Every page that a test opens is watched: a script error, a console error or a violated content policy fails the test.
`PREP_CHROMIUM` names another browser than the one on the PATH.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Response

from accounts.models import User
from prep.management.commands.check_invariants import Command as CheckInvariants
from tests.bank import TestBank, make_bank

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WATCH_POLICY = """
    globalThis.brokenPolicies = [];
    addEventListener("securitypolicyviolation", (event) => {
        console.error("policy violated: " + event.violatedDirective + " " + event.blockedURI + " " + event.sample);
    });
"""
# What the browser itself writes about requests that tests make fail on purpose.
NETWORK_NOISE = ("Failed to load resource", "net::ERR_")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A file instead of memory: the server's threads each need a connection of their own."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    chromium = os.environ.get("PREP_CHROMIUM") or shutil.which("chromium")
    return {**browser_type_launch_args, "executable_path": chromium, "args": QUIET}


@pytest.fixture
def bank(transactional_db: None) -> TestBank:
    return make_bank(per_domain=8, pilots=2)


@pytest.fixture
def small_exam(bank: TestBank) -> TestBank:
    """The same exam, cut to twelve scored questions and one pilot, so that a whole sitting is short."""
    bank.blueprint.scored_count = 12
    bank.blueprint.pilot_count = 1
    bank.blueprint.save()
    return bank


@pytest.fixture
def nothing_was_lost(transactional_db: None) -> Iterator[None]:
    """Whatever the test did: every invariant holds afterwards."""
    yield
    assert list(CheckInvariants().found()) == []


class Watched:
    """Opens browsers for people and keeps an eye on all of their pages."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.contexts: list[BrowserContext] = []
        self.problems: list[str] = []
        self.expected: list[str] = []

    def expect(self, *parts: str) -> None:
        """Problems that hold one of these parts are what the test provokes."""
        self.expected.extend(parts)

    def context(self, user: User | None = None, **options: Any) -> BrowserContext:
        """A browser of its own; signed in when a person is given."""
        options = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", **options}
        context = self.browser.new_context(base_url=self.address, **options)
        context.set_default_timeout(10_000)
        context.add_init_script(WATCH_POLICY)
        context.on("page", self._watch)
        if user is not None:
            self.sign_in(context, user)
        self.contexts.append(context)
        return context

    def page(self, user: User | None = None, **options: Any) -> Page:
        return self.context(user, **options).new_page()

    def sign_in(self, context: BrowserContext, user: User) -> None:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": self.address}])

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self._note(f"script error: {error}"))
        page.on("console", lambda message: self._note(message.text) if message.type == "error" else None)
        page.on("response", self._note_response)

    def _note_response(self, response: Response) -> None:
        if response.status >= 500:
            self._note(f"{response.status} from {response.url}")

    def _note(self, text: str) -> None:
        if not text.startswith(NETWORK_NOISE):
            self.problems.append(text)

    @property
    def unexpected(self) -> list[str]:
        return [text for text in self.problems if not any(part in text for part in self.expected)]


@pytest.fixture
def watched(browser: Browser, live_server: Any) -> Iterator[Watched]:
    people = Watched(browser, live_server.url)
    yield people
    for context in people.contexts:
        context.close()
    assert people.unexpected == []


@pytest.fixture
def page_of(watched: Watched) -> Callable[..., Page]:
    """A page in a browser of its own, for the given person."""
    return watched.page


def axe_violations(page: Page) -> list[str]:
    """What axe-core finds on the page as it stands: rule, and where."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("(tags) => axe.run(document, { runOnly: { type: 'tag', values: tags } })", AXE_TAGS)
    return [
        f"{violation['id']}: {', '.join(str(node['target'][0]) for node in violation['nodes'][:4])}"
        for violation in found["violations"]
    ]


@pytest.fixture
def check_access() -> Callable[[Page], None]:
    """Fails with what axe-core finds."""

    def check(page: Page) -> None:
        assert axe_violations(page) == []

    return check
