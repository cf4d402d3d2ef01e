"""Unit tests speak with nobody: a socket is an error."""

from pytest_socket import disable_socket, enable_socket


def pytest_runtest_setup():
    """Runs for the tests of this folder alone."""
    disable_socket()


def pytest_runtest_teardown():
    enable_socket()
