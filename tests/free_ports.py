"""Ports of the loopback interface: one that nobody takes before its process begins, and one that refuses to talk."""

import contextlib
import secrets
import socket

# Below those that Linux and macOS give to any program that asks: tests that run beside these take hundreds a second.
_FIRST, _HOW_MANY = 20_000, 10_000


def free_port():
    while True:
        port = _FIRST + secrets.randbelow(_HOW_MANY)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@contextlib.contextmanager
def refusing_port():
    """Keep a port on which nobody listens, so that nobody else can."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]
