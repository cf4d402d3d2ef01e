"""The emulator of AWS and the simulator of The Things Stack as processes of their own, on free ports."""

import socket
from contextlib import contextmanager

from local.emulator import emulator
from local.things_stacks import simulator


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def started_emulator(state):
    return started_daemon(emulator(state, free_port()))


def started_simulator(state, port=None):
    return started_daemon(simulator(state, port or free_port()))


@contextmanager
def started_daemon(daemon):
    daemon.start()
    try:
        yield daemon
    finally:
        daemon.stop()
