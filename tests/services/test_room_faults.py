"""An open exam room in Chromium while what stands behind it goes away, is slow, and becomes the next release.

FAULTS A4, A11, A20: gunicorn as in production behind a small router with TLS, PostgreSQL on a server of our own.
"""

import os
import re
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Watched, browser_type_launch_args  # noqa: F401 (a fixture)
from tests.browser.room import choose, go_to, kept_on_device, notice, place, settled
from tests.own_postgres import OwnPostgres, own_postgres
from tests.processes import ROOT, House
from tests.router import Router, own_router
from tests.services.conftest import PASSWORD, copied
from tests.services.saving import ask

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(
        "not (shutil.which('chromium') or os.environ.get('PREP_CHROMIUM') or os.environ.get('CI'))",
        reason="no chromium on the PATH (PREP_CHROMIUM names another)",
    ),
]

AWAY_SECONDS = 8
# The room gives up on a reply after 10 s and asks again.
LATE_SECONDS = 13
NEXT_MIGRATION = """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("exams", "{last}")]
    operations = [
        migrations.RunSQL("ALTER TABLE exams_answerevent ADD COLUMN typed_ms integer NULL"),
        migrations.RunSQL("ALTER TABLE exams_attemptquestion ADD COLUMN hint_seen_at timestamptz NULL"),
        migrations.RunSQL("CREATE TABLE exams_hint (id bigserial PRIMARY KEY, words text NOT NULL)"),
    ]
"""


@pytest.fixture(scope="module")
def server() -> Iterator[OwnPostgres]:
    with own_postgres() as started:
        yield started


@pytest.fixture(scope="module")
def database(released: str, server: OwnPostgres) -> str:
    return copied(released, server)


@pytest.fixture
def web(house: House) -> House:
    if "web" not in house.processes:
        house.start("web")
    return house


@pytest.fixture
def router(web: House) -> Iterator[Router]:
    with own_router(web.port, web.logs) as started:
        yield started


@pytest.fixture
def page(browser: Browser, router: Router, web: House, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Somebody of their own for each test, signed in, in a mock that began just now."""
    names = {"database": "bao.tran", "late": "clara.weiss", "deploy": "dimitri.sokolov"}
    name = next(email for word, email in names.items() if word in request.node.name)
    watched = Watched(browser, router.address)
    watched.expect("503 from")
    page = watched.page(ignore_https_errors=True)
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(f"{name}@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile(r"^(?!.*login)"))
    page.goto("/exams/start/")
    page.get_by_role("button", name="Start the clock").click()
    expect(page.get_by_role("heading", name="Question 1 of")).to_be_visible()
    yield page
    for context in watched.contexts:
        context.close()
    assert watched.unexpected == []


@pytest.fixture(autouse=True)
def _nothing_was_lost(web: House, page: Page) -> Iterator[None]:
    yield
    web.manage("check_invariants")


def events_of(house: House, page: Page) -> dict[int, int]:
    """How often each question was saved, as the database has it."""
    (attempt,) = re.findall(r"[0-9a-f-]{36}", page.url)
    rows = ask(
        house,
        "SELECT a.position, count(e.id) FROM exams_attemptquestion a JOIN exams_answerevent e "
        "ON e.attempt_question_id = a.id WHERE a.attempt_id = %s AND a.selected <> '[]' GROUP BY a.position",
        attempt,
    )
    return dict(rows)  # type: ignore[arg-type]


def answer(page: Page, position: int) -> None:
    """One option, or as many as the question asks for."""
    go_to(page, position)
    wanted = re.search(r"Choose (\d)", page.locator("#choose").inner_text())
    for index in range(int(wanted[1]) if wanted else 1):
        choose(page, index)


def soon_settled(page: Page) -> None:
    """The room waits longer from try to try, up to half a minute."""
    expect(page.locator("#saved")).to_have_attribute("data-state", "saved", timeout=45_000)
    settled(page)


def test_database_stopped_while_somebody_answers(page: Page, web: House, server: OwnPostgres) -> None:
    """A4 as people see it: they are told, carry on, and everything is there afterwards."""
    answer(page, 1)
    settled(page)
    server.stop()
    back_at = time.monotonic() + AWAY_SECONDS
    for position in (2, 3, 4, 5):
        answer(page, position)
    expect(notice(page, "trouble")).to_contain_text("Our server is slow to answer. Carry on.")
    expect(page.locator("#saved")).to_have_text("4 not saved yet")
    expect(place(page, 5)).to_have_attribute("data-state", "unsaved")
    assert len(kept_on_device(page)) >= 4
    page.wait_for_timeout(max(0, 1000 * (back_at - time.monotonic())))
    server.start()
    soon_settled(page)
    assert kept_on_device(page) == []
    assert set(events_of(web, page)) == {1, 2, 3, 4, 5}


def test_late_reply_is_repeated_and_stored_once(page: Page, web: House, router: Router) -> None:
    """A11: committed at once, heard of after the room gave up waiting. Past its 10 s it is as good as past 40 s."""
    router.hold_next_reply("/answers/2/", LATE_SECONDS)
    go_to(page, 2)
    choose(page, 0)
    page.wait_for_timeout(2000)
    assert events_of(web, page)[2] == 1, "stored long before the reply"
    expect(page.locator("#saved")).to_have_text("1 not saved yet", timeout=12_000)
    soon_settled(page)
    sent = [status for path, status in router.replies if "/answers/2/" in path]
    assert len(sent) >= 2
    assert set(sent) == {200}
    assert events_of(web, page)[2] == 1
    page.wait_for_timeout(1000 * (LATE_SECONDS - 10) + 1000)
    settled(page)


def test_deploy_under_an_open_exam(page: Page, web: House, router: Router, tmp_path: Path) -> None:
    """A20: the release phase runs under the old web, then the web is replaced; the open tab notices nothing."""
    answer(page, 1)
    settled(page)
    old_files = static_files(page)
    assert len(old_files) > 20
    upcoming = House({**web.env, "PREP_VAR": str(tmp_path / "var")}, tmp_path, next_release(tmp_path), web.port)
    upcoming.manage("collectstatic", "--no-input", "--verbosity", "0")
    upcoming.run_line("release")
    answer(page, 2)
    settled(page)
    assert set(events_of(web, page)) == {1, 2}, "the old release writes to the new tables"

    os.kill(web.processes["web"].pid, signal.SIGTERM)
    web.processes.pop("web").wait(timeout=30)
    answer(page, 3)
    expect(page.locator("#saved")).to_have_text("1 not saved yet")
    upcoming.start("web")
    try:
        soon_settled(page)
        router.replies.clear()
        gone = [page.request.get(path).status for path in old_files]
        assert set(gone) == {404}, "no file of the old page is there any more"
        router.replies.clear()
        for position in (4, 40, 65):
            answer(page, position)
        page.get_by_role("button", name="Flag").click()
        page.get_by_label("Scratch note").fill("after the deploy")
        for dialog in ("Keyboard shortcuts", "Text size and colours"):
            page.get_by_role("button", name=dialog).click()
            page.get_by_role("dialog", name=dialog).get_by_role("button", name="Done").click()
        settled(page)
        assert set(events_of(web, page)) == {1, 2, 3, 4, 40, 65}
        page.get_by_text("Review and submit").first.click()
        expect(page.get_by_role("heading", name=re.compile("blank|unanswered|answered"))).to_be_visible()
        assert [reply for reply in router.replies if reply[1] >= 400 or reply[0].endswith((".js", ".css"))] == []
        page.reload()
        expect(page.locator("#overview-view")).to_be_visible()
        assert static_files(page).isdisjoint(old_files)
        page.get_by_role("button", name=re.compile("^Submit")).last.click()
        expect(page).to_have_url(re.compile("/result/"), timeout=15_000)
        expect(page.locator("h1")).to_have_text(re.compile("passed", re.IGNORECASE))
    finally:
        upcoming.stop()


def static_files(page: Page) -> set[str]:
    """Scripts and styles that the page has loaded."""
    names = "performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname)"
    loaded: list[str] = page.evaluate(names)
    return {path for path in loaded if path.startswith("/static/") and path.endswith((".js", ".css"))}


def next_release(folder: Path) -> Path:
    """This tree as the next release may be: every script and style changed, two columns and a table more."""
    tree = folder / "next"
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".git", "var", "staticfiles", "__pycache__", ".*_cache"))
    for path in [*(tree / "static").rglob("*.js"), *(tree / "static").rglob("*.css")]:
        with path.open("a") as file:
            file.write("\n/* the next release */\n")
    migrations = tree / "exams" / "migrations"
    last = max(path.stem for path in migrations.glob("[0-9]*.py"))
    (migrations / f"{int(last[:4]) + 1:04d}_next_release.py").write_text(NEXT_MIGRATION.format(last=last))
    return tree
