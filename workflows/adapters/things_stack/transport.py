"""The only HTTP of Thingsync: a call goes out over pooled connections, its answer comes back if it was accepted."""

import math
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import orjson
import urllib3

from workflows.adapters.things_stack.addresses import Address, Addresses
from workflows.adapters.things_stack.answers import Answer
from workflows.adapters.things_stack.calls import Call
from workflows.adapters.things_stack.connections import why_unanswered
from workflows.adapters.things_stack.error_table import exception_for, not_the_things_stack
from workflows.adapters.things_stack.trust import certificates_in, tls_context
from workflows.errors import AccessDeniedError, RegistryUnavailableError

# How long a call takes at most.
CONNECT_TIMEOUT_S = 2.0
READ_TIMEOUT_S = 8.0

# A function begins no call with less time left: so long it may take until the next call, with those of AWS in between.
LEAST_TIME_S = 170.0

_NO_RETRIES = urllib3.Retry(False)
_TIMEOUT = urllib3.Timeout(connect=CONNECT_TIMEOUT_S, read=READ_TIMEOUT_S)

# What an HTTP header can carry. The standard library's own refusal of anything else prints the whole key.
_BEARER = re.compile(r"[!-~]+")

# Takes the status and the length of the body in bytes.
Answered = Callable[[int, int], None]


class Trace(Protocol):
    def __call__(self, host: str, method: str, url: str) -> AbstractContextManager[Answered]:
        """Enclose one exchange; an exception that leaves it means that no answer came."""


@contextmanager
def untraced(host: str, method: str, url: str) -> Iterator[Answered]:
    """Leave no trace: for tests and for callers that do not measure."""
    yield lambda status, length: None


class Transport:
    """One pool of connections, for the life of the Lambda instance.

    ``authorities``: how many certificates it trusts beside the public authorities.
    """

    def __init__(
        self,
        *,
        trace: Trace = untraced,
        timeout: urllib3.Timeout = _TIMEOUT,
        at_once: int = 1,
        time_left_s: Callable[[], float] = lambda: math.inf,
        authorities: str | None = None,
        read_authorities: Callable[[], str | None] | None = None,
    ) -> None:
        """``at_once``: how many connections stay open, for callers with several threads.

        ``time_left_s``: how long the caller may still run. ``authorities``: a PEM bundle that TLS trusts beside the
        public authorities; ``read_authorities`` asks for it before the first call.

        Raises:
            StackConfigurationError: ``authorities`` is no such bundle.
        """
        # Waiting and repeating belong to the state machine; without retries a redirect is an answer like any other.
        self.authorities = len(certificates_in(authorities)) if authorities is not None else 0
        self._timeout, self._at_once = timeout, at_once
        self._read_authorities = read_authorities
        self._hosts = None if read_authorities else self._trusting(authorities)
        # Finding a host's connections in it takes as long as a tenth of a call.
        self._connections: dict[str, urllib3.HTTPConnectionPool] = {}
        self._trace = trace
        self._time_left_s = time_left_s

    def exchange(self, call: Call, addresses: Addresses, api_key: str) -> Answer:
        """Send ``call`` to its server; return the answer if it was accepted.

        Raises:
            AccessDeniedError: an HTTP header cannot hold the key.
            RegistryUnavailableError: no answer, or half of one; or the caller has no time left for the call.
            Exception: the call was refused; ``exception_for`` says which.
        """
        address = addresses.identity if call.server == "IS" else addresses.cluster
        if not _BEARER.fullmatch(api_key):
            raise AccessDeniedError(
                f"{call}: the stack's API key is empty or holds white space or other characters that no key has. "
                "Run `thingsync key rotate` and give it the bare key (NNSXS.…)"
            )
        if self._time_left_s() < LEAST_TIME_S:
            raise RegistryUnavailableError(f"{call}: earlier calls took so long that there was no time left for it")
        try:
            answer = self._send(call, address, api_key)
        except urllib3.exceptions.HTTPError as exc:
            raise RegistryUnavailableError(
                f"{call}: no usable answer from {address.base_url}{why_unanswered(exc)}"
            ) from exc
        if not answer.accepted:
            raise exception_for(call, answer)
        if call.shows_device and not answer.names(call.device_id):
            raise not_the_things_stack(call, answer.status)
        return answer

    def _send(self, call: Call, address: Address, api_key: str) -> Answer:
        path = f"/api/v3{call.path}"
        body = None if call.body is None else orjson.dumps(call.body)
        connections = self._connections_to(address)
        with self._trace(address.host, call.method, f"{address.base_url}{path}") as answered:
            response = connections.urlopen(
                call.method, path, body=body, headers=_headers(api_key), retries=_NO_RETRIES, redirect=False
            )
            answered(response.status, len(response.data))
        return Answer.read(response.status, response.data, response.headers.get("X-Rate-Limit-Reset"))

    def _connections_to(self, address: Address) -> urllib3.HTTPConnectionPool:
        if address.base_url not in self._connections:
            if self._hosts is None:
                self._hosts = self._trusting(self._read_authorities() if self._read_authorities else None)
            self._connections[address.base_url] = self._hosts.connection_from_url(address.base_url)
        return self._connections[address.base_url]

    def _trusting(self, authorities: str | None) -> urllib3.PoolManager:
        return urllib3.PoolManager(timeout=self._timeout, maxsize=self._at_once, ssl_context=tls_context(authorities))


def _headers(api_key: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {api_key}",
        "Accept": "application/json",
        "Content-Type": "application/json",
        "User-Agent": "thingsync",
    }
