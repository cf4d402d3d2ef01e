"""The emulator of AWS and the simulator of The Things Stack as processes of their own, on free ports."""

from contextlib import contextmanager

from local.emulator import emulator
from local.things_stacks import simulator
from tests.free_ports import free_port


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
