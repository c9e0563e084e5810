"""One candidate's exam room page: what static/js/exams/room/ sends, when, and how it tries again.

A change waits in a queue and is sent in order; its save_id stays the same until the server has answered. Offline
nothing is sent; back online the attempt is read and the queue goes out. What people decide (`crowd`) comes as calls.
"""

import asyncio
import json
import random
import re
import time
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from uuid import uuid4

from benchmarks.full_house.ledger import Acknowledged, Ledger
from benchmarks.full_house.people import Person
from benchmarks.full_house.wire import Reply, Router, request_bytes

# The page's own limits: sender.js, heartbeat.js, queue.js; a page load is given up by the router after 30 s.
SAVE_TIMEOUT, PAGE_TIMEOUT = 10.0, 30.0
HEARTBEAT_EVERY = 30.0
FIRST_RETRY, LONGEST_RETRY = 1.0, 30.0
WORTH_SENDING = 3.0
SITTING = re.compile(r'<script id="sitting" type="application/json">(.*?)</script>', re.DOTALL)
INSIGHT = re.compile(r'id="insight" hx-get="([^"]+)"')
POLL = re.compile(r'hx-get="([^"]+)" hx-trigger="load delay:([\d.]+)s"')
STATIC = re.compile(r'(?:src|href)="(/static/[^"]+)"')


@dataclass
class Entry:
    """A change on its way."""

    position: int
    base_revision: int
    content: dict[str, Any]
    due_at: float
    save_id: str = field(default_factory=lambda: str(uuid4()))
    is_sent: bool = False
    was_held_up: bool = False


class Trouble(Exception):
    """No usable answer: the page would try again, or show that it cannot reach the server."""


class Browser:
    """A signed-in page. Everything that must not happen goes into the ledger."""

    # As many times as fast as people are; see `crowd`.
    pace = 1.0

    def __init__(self, person: Person, router: Router, ledger: Ledger, rng: random.Random) -> None:
        self.person, self.router, self.ledger, self.rng = person, router, ledger, rng
        self.csrf = uuid4().hex
        self.device_id = str(uuid4())
        self.attempt_id = self.room = ""
        self.questions: dict[int, dict[str, Any]] = {}
        self.is_offline = False
        self.is_over = False
        self._entries: list[Entry] = []
        self._wake = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self._running: list[asyncio.Task[None]] = []

    # --- entering -----------------------------------------------------------------------------------------------------

    async def start(self, due_at: float, *, cold: bool) -> None:
        """The button of the start page, until the room is there. A page load that fails is tried again by hand."""
        while True:
            try:
                await self._start(due_at, cold)
                break
            except Trouble as trouble:
                self.ledger.retried[str(trouble)] += 1
                await asyncio.sleep(self.rng.uniform(1, 3))
        self._running = [asyncio.create_task(self._drain()), asyncio.create_task(self._beat())]

    async def _start(self, due_at: float, cold: bool) -> None:
        form = f"csrfmiddlewaretoken={self.csrf}"
        kind = "Content-Type: application/x-www-form-urlencoded\r\nAccept: text/html\r\n"
        reply = await self._ask("start", "POST", "/exams/start/", form, kind, PAGE_TIMEOUT, expected=302)
        room = self.room = reply.header("Location")
        self.ledger.took("start", due_at)
        page_due = time.monotonic()
        page = await self._ask("room page", "GET", room, "", "Accept: text/html\r\n", PAGE_TIMEOUT)
        self.ledger.took("room page", page_due)
        self.ledger.took("start until the room is open", due_at)
        text = page.text
        found = SITTING.search(text)
        if found is None:
            self.ledger.wrong("room page", "holds no sitting", text)
            raise Trouble("room page: holds no sitting")
        sitting = json.loads(found[1])
        self.attempt_id = sitting["id"]
        self.questions = {question["position"]: question for question in sitting["questions"]}
        if cold:
            await asyncio.gather(*(self._file(unescape(path)) for path in dict.fromkeys(STATIC.findall(text))))

    async def reload(self) -> None:
        await self._page("room page", self.room)

    async def _file(self, path: str) -> None:
        due_at = time.monotonic()
        await self._ask("static file", "GET", path, "", "Accept: */*\r\n", PAGE_TIMEOUT)
        self.ledger.took("static file", due_at)

    # --- answering ----------------------------------------------------------------------------------------------------

    def change(self, position: int, **fields: Any) -> None:
        """queue.js `add`: joins an entry of the same question that was not sent yet."""
        question = self.questions[position]
        question.update(fields)
        entry = next((known for known in self._entries if known.position == position and not known.is_sent), None)
        if entry is None:
            entry = Entry(position, question["revision"], {}, time.monotonic(), was_held_up=self.is_offline)
            self._entries.append(entry)
            self._empty.clear()
        entry.content |= fields | {"selected": question["selected"], "seconds_spent": question["seconds_spent"]}
        self._wake.set()

    async def flush(self) -> None:
        await self._empty.wait()

    def go_offline(self) -> None:
        self.is_offline = True
        for entry in self._entries:
            entry.was_held_up = True

    async def come_back(self) -> None:
        """heartbeat.js `readAnew`, and queue.js at once."""
        self.is_offline = False
        self._wake.set()
        due_at = time.monotonic()
        try:
            await self._api("read anew", "GET", "")
        except Trouble as trouble:
            self.ledger.retried[str(trouble)] += 1
        else:
            self.ledger.took("read anew", due_at)

    async def _drain(self) -> None:
        failures = 0
        while not self.is_over:
            await self._wake.wait()
            self._wake.clear()
            while self._entries and not self.is_offline:
                entry = self._entries[0]
                try:
                    await self._send(entry)
                    failures = 0
                except Trouble as trouble:
                    failures += 1
                    self.ledger.retried[str(trouble)] += 1
                    for waiting in self._entries:
                        waiting.was_held_up = True
                    pause = min(LONGEST_RETRY, FIRST_RETRY * 2 ** (failures - 1))
                    await asyncio.sleep(pause * self.rng.uniform(0.75, 1.25))

    async def _send(self, entry: Entry) -> None:
        entry.is_sent = True
        body = entry.content | {"base_revision": entry.base_revision, "save_id": entry.save_id}
        reply = await self._api("save", "PUT", f"answers/{entry.position}/", body)
        revision = json.loads(reply.raw)["revision"]
        # One that had to wait for the network or for another try says nothing of the server's speed.
        self.ledger.took("save, held up" if entry.was_held_up else "save", entry.due_at)
        selected = tuple(sorted(entry.content["selected"]))
        self.ledger.acknowledged.append(
            Acknowledged(self.attempt_id, entry.position, revision, entry.save_id, selected)
        )
        self.questions[entry.position]["revision"] = revision
        self._entries.remove(entry)
        later = next((other for other in self._entries if other.position == entry.position), None)
        if later is not None:
            later.base_revision = max(later.base_revision, revision)
        if not self._entries:
            self._empty.set()

    async def _beat(self) -> None:
        while not self.is_over:
            if not self.is_offline:
                due_at = time.monotonic()
                try:
                    await self._api("heartbeat", "POST", "heartbeat/", {"device_id": self.device_id})
                    self.ledger.took("heartbeat", due_at)
                except Trouble as trouble:
                    self.ledger.retried[str(trouble)] += 1
            await asyncio.sleep(HEARTBEAT_EVERY / self.pace)

    # --- ending -------------------------------------------------------------------------------------------------------

    async def submit(self) -> None:
        """Flush, submit, and look at the result until it says what the sitting changed."""
        await self.flush()
        due_at = time.monotonic()
        while True:
            try:
                await self._api("submit", "POST", "submit/", {}, more="Prefer: return=minimal\r\n", expected=204)
                break
            except Trouble as trouble:
                self.ledger.retried[str(trouble)] += 1
                await asyncio.sleep(self.rng.uniform(1, 3))
        self.ledger.took("submit", due_at)
        self.ledger.submitted.append(self.attempt_id)
        self.close()

    async def look_at_result(self) -> None:
        address = f"/exams/{self.attempt_id}/result/"
        found = INSIGHT.search(await self._page("result page", address))
        pause = 0.0
        while found:
            await asyncio.sleep(pause)
            found = POLL.search(await self._page("insight poll", unescape(found[1])))
            pause = float(found[2]) if found else 0.0

    async def _page(self, kind: str, path: str) -> str:
        """A page that its reader loads again when it fails."""
        while True:
            due_at = time.monotonic()
            try:
                reply = await self._ask(kind, "GET", path, "", "Accept: text/html\r\n", PAGE_TIMEOUT)
            except Trouble as trouble:
                self.ledger.retried[str(trouble)] += 1
                await asyncio.sleep(self.rng.uniform(1, 3))
            else:
                self.ledger.took(kind, due_at)
                return reply.text

    def close(self) -> None:
        self.is_over = True
        for task in self._running:
            task.cancel()

    # --- asking -------------------------------------------------------------------------------------------------------

    async def _api(
        self, kind: str, method: str, path: str, body: dict[str, Any] | None = None, more: str = "", expected: int = 200
    ) -> Reply:
        headers = f"Accept: application/json\r\nContent-Type: application/json\r\nX-CSRFToken: {self.csrf}\r\n{more}"
        address = f"/api/v1/attempts/{self.attempt_id}/{path}"
        text = "" if body is None else json.dumps(body)
        return await self._ask(kind, method, address, text, headers, SAVE_TIMEOUT, expected)

    async def _ask(
        self, kind: str, method: str, path: str, body: str, headers: str, timeout: float, expected: int = 200
    ) -> Reply:
        """The expected reply. Raises Trouble for what a page tries again; anything else is wrong and also noted."""
        cookie = f"Cookie: __Host-sessionid={self.person.session}; __Host-csrftoken={self.csrf}\r\n"
        try:
            reply = await self.router.request(request_bytes(method, path, cookie + headers, body), timeout)
        except TimeoutError:
            raise Trouble(f"{kind}: no answer in {timeout:g} s") from None
        except OSError as error:
            raise Trouble(f"{kind}: {type(error).__name__}") from None
        if reply.status != expected:
            if reply.status < 500:
                self.ledger.wrong(kind, f"answered {reply.status}", f"{path} {reply.text[:200]}")
            raise Trouble(f"{kind}: answered {reply.status}")
        return reply
