"""Unit tests speak with nobody: a socket is an error. The same commit always gives the same result."""

import pytest
from hypothesis import settings

pytest.register_assert_rewrite("tests.ports")

settings.register_profile("unit", deadline=None, derandomize=True, database=None, max_examples=60)
settings.load_profile("unit")


@pytest.fixture(autouse=True)
def _no_sockets(socket_disabled):
    """Ask for pytest-socket's fixture, which gives the sockets back to the tests of other rooms."""
