"""What the exam room weighs, whether it jumps, and what it asks the server: as deployed, with gunicorn and HTTPS.

Sizes are what came over the wire, headers included, with an empty cache.
"""

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.browser.conftest import Watched
from tests.browser.room import choose, settled
from tests.processes import House, on_sqlite, own_certificate

PASSWORD = "correct horse battery staple"
REGISTER = """
from accounts.services import register_person
for number in range(4):
    register_person(email=f"{number}@example.com", password=%r, display_name="Wei Gher")
"""
LARGEST_BYTES = 150_000
MOST_SHIFT = 0.01
WATCH_SHIFTS = """
    globalThis.shifts = [];
    new PerformanceObserver((list) => {
        for (const { hadRecentInput, value, sources } of list.getEntries()) {
            const moved = sources.map(({ node }) => node?.id || node?.className || node?.nodeName);
            if (!hadRecentInput) shifts.push({ value, moved });
        }
    }).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture(autouse=True)
def _quick_hashes_and_kept_mail() -> None:
    """These tests talk to another process: no settings of this one matter."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Production on SQLite, with the whole bank and a person for each test."""
    folder = tmp_path_factory.mktemp("house")
    deployed = House(on_sqlite(folder / "var"), folder, tls=own_certificate(folder))
    deployed.manage("collectstatic", "--no-input", "--verbosity", "0")
    deployed.run_line("release")
    deployed.manage("shell", "-c", REGISTER % PASSWORD)
    deployed.start("web")
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


@pytest.fixture(scope="module")
def emails() -> Iterator[str]:
    return (f"{number}@example.com" for number in count())


@pytest.fixture
def room(people: Watched, emails: Iterator[str]) -> Page:
    """A person in a browser that was never here before, in a mock that has just begun."""
    page = people.page(ignore_https_errors=True)
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(next(emails))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/today/")
    page.goto("/exams/start/")
    page.get_by_role("button", name="Start the clock").click()
    expect(page.locator("#question-heading")).to_contain_text("of 65")
    return page


def loaded_anew(page: Page) -> dict[str, int]:
    """Bytes over the wire by address, for the page as it stands with an empty cache."""
    protocol = page.context.new_cdp_session(page)
    protocol.send("Network.enable")
    protocol.send("Network.clearBrowserCache")
    addresses: dict[str, str] = {}
    received: dict[str, int] = {}

    def sent(event: dict[str, Any]) -> None:
        addresses[event["requestId"]] = event["request"]["url"]

    def finished(event: dict[str, Any]) -> None:
        received[addresses.get(event["requestId"], event["requestId"])] = int(event["encodedDataLength"])

    protocol.on("Network.requestWillBeSent", sent)
    protocol.on("Network.loadingFinished", finished)
    page.reload(wait_until="networkidle")
    expect(page.locator("#question-heading")).to_contain_text("of 65")
    return received


def test_room_is_under_150_kb_in_all(room: Page) -> None:
    received = loaded_anew(room)
    assert any(address.endswith(".woff2") for address in received), "the font was fetched too"
    assert len([address for address in received if "/js/exams/room/" in address]) > 15
    assert sum(received.values()) < LARGEST_BYTES, sorted(received.items(), key=lambda pair: -pair[1])[:8]


def test_nothing_jumps_in_a_whole_sitting(room: Page) -> None:
    room.add_init_script(WATCH_SHIFTS)
    room.reload(wait_until="networkidle")
    bar = room.locator(".exam-bar").bounding_box()
    for number in range(1, 66):
        expect(room.locator("#question-heading")).to_contain_text(f"Question {number} ")
        choose(room, number % 4)
        if number % 9 == 0:
            room.keyboard.press("f")
        room.wait_for_timeout(30)
        assert room.locator(".exam-bar").bounding_box() == bar
        room.locator("#next").click()
    expect(room.locator("#overview-heading")).to_be_visible()
    # What comes later than half a second after a key or click counts as a jump: saved states, the clock, notices.
    settled(room)
    room.wait_for_timeout(700)
    shifts = room.evaluate("shifts")
    assert sum(shift["value"] for shift in shifts) < MOST_SHIFT, shifts


def test_banner_that_comes_by_itself_leaves_the_question_where_it_is(room: Page) -> None:
    room.keyboard.press("Escape")
    before = room.locator("#option-list").bounding_box()
    room.context.set_offline(True)
    choose(room, 1)
    expect(room.locator('[data-notice="trouble"]')).to_be_in_viewport()
    assert room.locator("#option-list").bounding_box() == before
    room.context.set_offline(False)
    expect(room.locator('[data-notice="recovered"]')).to_be_in_viewport(timeout=20_000)
    assert room.locator("#option-list").bounding_box() == before


def test_turning_the_page_asks_the_server_nothing(room: Page) -> None:
    room.goto(room.url.split("#")[0] + "#question-1")
    room.reload(wait_until="networkidle")
    asked: list[str] = []

    def note(request: Request) -> None:
        # Time spent is sent like an answer, and every half minute the room looks after its clock. The tab's icon is
        # asked for with every change of the address, since Chromium caches nothing under such a certificate.
        # The extended font comes with the first letter that needs it.
        if request.method == "GET" and not re.search(r"/static/(icon|vendor/figtree-latin-ext)", request.url):
            asked.append(f"{request.method} {request.url}")

    room.on("request", note)
    for number in range(2, 66):
        room.keyboard.press("n")
        expect(room.locator("#question-heading")).to_contain_text(f"Question {number} ")
        expect(room.locator("#option-list .option-text").first).to_be_visible()
    assert asked == []
