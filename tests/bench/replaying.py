"""Servers that repeat what was recorded, so that a function's CPU time is its own."""

import hashlib
import urllib.parse
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from threading import Lock
from typing import Any

import urllib3

from tests.bench.serving import Answer, serving

_NOT_PASSED_ON = {"content-length", "transfer-encoding", "connection", "date", "server"}
Keys = tuple[str, ...]

# A processor that waits for an answer turns to others meanwhile, and finds its caches cold: so it is in Lambda, too.
LATENCY_S = 0.005


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a function was given, and what its requests were answered."""

    event: Any
    environment: Mapping[str, str]
    answers: Mapping[str, Sequence[Answer]]


def request_keys(method: str, url: str, target: str | bytes, body: bytes) -> Keys:
    """Return what tells this very request from others, and what all of its kind have in common.

    Tokens and times differ each time: such a request gets the answer of its kind.
    """
    path = urllib.parse.urlsplit(url).path
    kind = f"{method} {path} {target.decode() if isinstance(target, bytes) else target}"
    return f"{kind} {hashlib.sha256(body).hexdigest()}", kind


def answered(answers: Mapping[str, Sequence[Answer]], asked: Counter[str], keys: Keys) -> Answer:
    """Return the answers to a request in turn, over and over: each invocation asks the same."""
    key = next((each for each in keys if answers.get(each)), None)
    if key is None:
        return Answer(599, f"nobody asked this before: {keys[-1]}".encode())
    asked[key] += 1
    return answers[key][(asked[key] - 1) % len(answers[key])]


@contextmanager
def replayed(answers: Mapping[str, Sequence[Answer]]) -> Iterator[str]:
    """Yield the address of a server that is AWS and The Things Stack at once."""
    asked, turn = Counter[str](), Lock()

    def answer(request: BaseHTTPRequestHandler, body: bytes) -> Answer:
        target = request.headers.get("X-Amz-Target", "")
        with turn:
            return answered(answers, asked, request_keys(request.command, request.path, target, body))

    with serving(answer, LATENCY_S) as address:
        yield address


@contextmanager
def proxied(address: str, note: Callable[[Keys, Answer], None]) -> Iterator[str]:
    """Yield the address of a server that passes everything on, and notes what The Things Stack was asked."""
    pool = urllib3.PoolManager(retries=False)

    def answer(request: BaseHTTPRequestHandler, body: bytes) -> Answer:
        sent = {name: text for name, text in request.headers.items() if name.lower() not in {"host", "content-length"}}
        response = pool.request(request.command, f"{address}{request.path}", body=body or None, headers=sent)
        headers = {name: text for name, text in response.headers.items() if name.lower() not in _NOT_PASSED_ON}
        found = Answer(response.status, response.data, headers)
        if request.path.startswith("/api/v3/"):
            note(request_keys(request.command, request.path, "", body), found)
        return found

    with serving(answer) as own:
        yield own
