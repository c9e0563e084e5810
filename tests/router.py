"""Heroku's router in small: TLS in front, plain HTTP behind, a 503 when no web process answers.

It can hold replies back, as a slow line does: the server has done its part and nobody hears of it yet.
"""

import contextlib
import http.client
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.processes import own_certificate

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Router(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, web_port: int, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.web_port = web_port
        self.held: list[tuple[str, float]] = []
        self.replies: list[tuple[str, int]] = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
        # The handshake belongs to the connection's own thread.
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def address(self) -> str:
        return f"https://127.0.0.1:{self.server_port}"

    def hold_next_reply(self, path: str, seconds: float) -> None:
        """The next reply to an address with this in it reaches the browser that much later."""
        self.held.append((path, seconds))

    def held_for(self, path: str) -> float:
        for each in self.held:
            if each[0] in path:
                self.held.remove(each)
                return each[1]
        return 0

    def handle_error(self, request: object, client_address: object) -> None:
        """Browsers leave in the middle of things; that is no news."""


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Router

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        headers |= {"X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1", "Connection": "close"}
        link = http.client.HTTPConnection("127.0.0.1", self.server.web_port, timeout=30)
        try:
            link.request(self.command, self.path, body=body or None, headers=headers)
            reply = link.getresponse()
            status, fields, content = reply.status, reply.getheaders(), reply.read()
        except (OSError, http.client.HTTPException):
            status, fields, content = 503, [("Content-Type", "text/html")], b"<h1>Application error</h1>"
        finally:
            link.close()
        self.server.replies.append((self.path, status))
        time.sleep(self.server.held_for(self.path))
        self.send_response_only(status)
        for name, value in fields:
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        self._pass_on()

    def do_POST(self) -> None:
        self._pass_on()

    def do_PUT(self) -> None:
        self._pass_on()

    def log_message(self, format: str, *arguments: object) -> None:
        """Not here."""


@contextlib.contextmanager
def own_router(web_port: int, folder: Path) -> Iterator[Router]:
    router = Router(web_port, own_certificate(folder))
    thread = threading.Thread(target=router.serve_forever, daemon=True)
    thread.start()
    try:
        yield router
    finally:
        router.shutdown()
        router.server_close()
        thread.join()
