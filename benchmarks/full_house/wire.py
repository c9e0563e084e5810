"""HTTP/1.1 over kept connections, as cheap as Python can: the generator shares the processors with what it measures."""

import asyncio
import gzip
from collections import deque
from dataclasses import dataclass
from typing import cast

# What a browser and Heroku's router put on every request.
USUAL = (
    "Host: 127.0.0.1\r\nConnection: keep-alive\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36\r\n"
    "Accept-Encoding: gzip\r\nAccept-Language: en-GB,en;q=0.9\r\nOrigin: https://127.0.0.1\r\n"
    "Sec-Fetch-Site: same-origin\r\nX-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\n"
    "X-Forwarded-Port: 443\r\nVia: 1.1 heroku-router\r\n"
)


class LinkGone(ConnectionError):
    """The server closed the connection; `heard`: after some of the answer had come."""

    def __init__(self, heard: bool) -> None:
        super().__init__("closed by the server")
        self.heard = heard


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    head: bytes
    raw: bytes

    @property
    def text(self) -> str:
        packed = b"content-encoding: gzip" in self.head.lower()
        return (gzip.decompress(self.raw) if packed else self.raw).decode()

    def header(self, name: str) -> str:
        for line in self.head.split(b"\r\n")[1:]:
            key, _, value = line.partition(b": ")
            if key.lower() == name.lower().encode():
                return value.decode()
        return ""


class Link(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._waiting: asyncio.Future[Reply] | None = None
        self._transport: asyncio.Transport | None = None
        self.is_open = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(LinkGone(heard=bool(self._received)))

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0 or self._waiting is None or self._waiting.done():
            return
        head = bytes(self._received[:end])
        lower = head.lower()
        at = lower.find(b"content-length:")
        length = int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._received) < end + 4 + length:
            return
        reply = Reply(int(head[9:12]), head, bytes(self._received[end + 4 : end + 4 + length]))
        self._received.clear()
        if b"connection: close" in lower:
            self.close()
        self._waiting.set_result(reply)

    async def exchange(self, request: bytes) -> Reply:
        assert self._transport is not None
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        try:
            return await self._waiting
        except asyncio.CancelledError:
            # Given up: the answer that may still come belongs to nobody.
            self.close()
            raise

    def close(self) -> None:
        self.is_open = False
        if self._transport:
            self._transport.close()


class Router:
    """At most `size` connections to one port; requests wait in turn for a free one, as in front of a dyno.

    A kept connection that turns out closed before a byte of the answer came is replaced once or twice, as browsers
    and routers do; that is counted, and is no error.
    """

    def __init__(self, port: int, size: int) -> None:
        self._port = port
        self._free = asyncio.Semaphore(size)
        self._idle: deque[Link] = deque()
        self.replaced = 0
        self.opened = 0
        self.waiting = 0
        self.most_waiting = 0

    async def request(self, request: bytes, timeout: float) -> Reply:
        """Raises OSError or TimeoutError where no answer came; waiting for a connection counts."""
        async with asyncio.timeout(timeout):
            self.waiting += 1
            self.most_waiting = max(self.most_waiting, self.waiting)
            try:
                await self._free.acquire()
            finally:
                self.waiting -= 1
            try:
                return await self._exchange(request)
            finally:
                self._free.release()

    async def _exchange(self, request: bytes) -> Reply:
        for last in (False, False, True):
            link, is_new = await self._take()
            try:
                reply = await link.exchange(request)
            except LinkGone as gone:
                if is_new or gone.heard or last:
                    raise
                self.replaced += 1
            else:
                if link.is_open:
                    self._idle.append(link)
                return reply
        raise AssertionError("the last try returns or raises")

    async def _take(self) -> tuple[Link, bool]:
        while self._idle:
            link = self._idle.popleft()
            if link.is_open:
                return link, False
        self.opened += 1
        loop = asyncio.get_running_loop()
        _, protocol = await loop.create_connection(Link, "127.0.0.1", self._port)
        return protocol, True

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()


def request_bytes(method: str, path: str, headers: str, body: str = "") -> bytes:
    length = f"Content-Length: {len(body.encode())}\r\n" if method != "GET" else ""
    return f"{method} {path} HTTP/1.1\r\n{USUAL}{headers}{length}\r\n{body}".encode()
