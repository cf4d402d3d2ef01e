"""A server in a thread, which takes no more of the processor than its answers."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing: an instance that is done leaves its connections open."""


@contextmanager
def serving(answer: Callable[[BaseHTTPRequestHandler, bytes], Answer], latency_s: float = 0) -> Iterator[str]:
    """Yield the address of a server that gives what ``answer`` makes of a request and its body."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _answer(self) -> None:
            found = answer(self, self.rfile.read(int(self.headers.get("Content-Length") or 0)))
            Event().wait(latency_s)
            self.send_response(found.status)
            for name, text in (dict(found.headers) | {"Content-Length": str(len(found.content))}).items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(found.content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815  # as http.server has it

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = _Server(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
