"""A server that gives the answers that a test orders: for what no simulator of The Things Stack would do."""

import http.server
import json
import threading
import urllib.parse
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reply:
    status: int = 200
    content: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)


class Canned(http.server.ThreadingHTTPServer):
    """Gives its ``replies`` in order, then ``{}``; remembers ``requests`` and the ``connections`` they came by."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.replies, self.requests, self.connections = deque(), [], set()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def asked(self):
        """The method, path and JSON of every request; of a body that is no JSON, the form's fields."""
        return [(method, path, body) for method, path, body, _ in self.requests]

    def sent(self, header):
        return [headers[header] for *_, headers in self.requests]


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Canned
    protocol_version = "HTTP/1.1"

    def _answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.requests.append((self.command, self.path, _parsed(body, self.headers), self.headers))
        self.server.connections.add(self.client_address)
        reply = self.server.replies.popleft() if self.server.replies else Reply()
        self.send_response(reply.status)
        for name, value in ({"Content-Length": str(len(reply.content))} | reply.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - the names that http.server looks for

    def log_message(self, *arguments):
        """Stay quiet."""


def _parsed(body, headers):
    if headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        return dict(urllib.parse.parse_qsl(body.decode()))
    return json.loads(body) if body else None


@contextmanager
def served():
    """Serve on a free port of the loopback interface."""
    with Canned() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
