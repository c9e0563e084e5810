"""What people do in the exam room, as the tests say it."""

import re
from collections.abc import Callable
from datetime import timedelta

from django.db.models import F
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from exams.models import AnswerEvent, Attempt

PageOf = Callable[..., Page]


def start_mock(page: Page) -> Attempt:
    page.goto("/exams/start/")
    page.get_by_role("button", name="Start the clock").click()
    expect(page.get_by_role("heading", name="Question 1 of")).to_be_visible()
    return Attempt.objects.get(pk=re.findall(r"[0-9a-f-]{36}", page.url)[0])


def open_room(page: Page, attempt: Attempt) -> None:
    page.goto(f"/exams/{attempt.pk}/")
    expect(page.get_by_role("heading", name=re.compile(r"^Question \d+ of"))).to_be_visible()


def choose(page: Page, index: int = 0) -> None:
    page.locator("#option-list label").nth(index).click()


def go_to(page: Page, position: int) -> None:
    page.locator("#navigator a").nth(position - 1).click()
    expect(page.get_by_role("heading", name=f"Question {position} of")).to_be_visible()


def place(page: Page, position: int) -> Locator:
    """A question's place in the navigator."""
    return page.locator("#navigator a").nth(position - 1)


def notice(page: Page, name: str) -> Locator:
    return page.locator(f'[data-notice="{name}"]')


def settled(page: Page) -> None:
    """Waits until the room says that everything is saved."""
    expect(page.locator("#saved")).to_have_attribute("data-state", "saved", timeout=15_000)
    expect(page.locator("#saved")).to_contain_text(re.compile(r"Saved \d\d:\d\d:\d\d"))


def stored(attempt: Attempt, position: int) -> list[int]:
    """What the server has as the answer."""
    return attempt.questions.get(position=position).selected


def shown(attempt: Attempt, position: int, *indices: int) -> list[int]:
    """The ids of the options at these places of the question, as the server would store them."""
    order = attempt.questions.get(position=position).option_order
    return sorted(order[index] for index in indices)


def kept_on_device(page: Page) -> list[dict[str, object]]:
    """The entries that wait in the browser's storage."""
    return page.evaluate(
        """() => new Promise((resolve, reject) => {
            const opening = indexedDB.open("prep-room", 1);
            opening.onerror = () => reject(opening.error);
            opening.onsuccess = () => {
                const reading = opening.result.transaction("entries").objectStore("entries").getAll();
                reading.onsuccess = () => { opening.result.close(); resolve(reading.result); };
            };
        })"""
    )


def move_deadline(attempt: Attempt, seconds: float) -> None:
    """Lets the attempt end that many seconds from now, as if all of it had happened earlier or later."""
    attempt.refresh_from_db()
    assert attempt.deadline_at is not None
    moved = timezone.now() + timedelta(seconds=seconds) - attempt.deadline_at
    Attempt.objects.filter(pk=attempt.pk).update(
        started_at=attempt.started_at + moved, deadline_at=attempt.deadline_at + moved
    )
    AnswerEvent.objects.filter(attempt_question__attempt=attempt).update(arrived_at=F("arrived_at") + moved)


def seconds_shown(page: Page) -> int:
    """What the countdown says."""
    minutes, seconds = page.get_by_role("timer").inner_text().split(":")
    return 60 * int(minutes) + int(seconds)


def seconds_left(attempt: Attempt) -> float:
    """What the server says."""
    attempt.refresh_from_db()
    return (attempt.remaining_ms_at(timezone.now()) or 0) / 1000
