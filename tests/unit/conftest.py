"""Unit tests speak with nobody: a socket is an error. The same commit always gives the same result."""

from hypothesis import settings
from pytest_socket import disable_socket, enable_socket

settings.register_profile("unit", deadline=None, derandomize=True, database=None, max_examples=40)
settings.load_profile("unit")


def pytest_runtest_setup():
    """Runs for the tests of this room alone."""
    disable_socket()


def pytest_runtest_teardown():
    enable_socket()
