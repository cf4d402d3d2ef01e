"""What holds for all tests. The same commit always gives the same result."""

import pytest
from hypothesis import settings

settings.register_profile("repeatable", deadline=None, derandomize=True, database=None, max_examples=40)
settings.load_profile("repeatable")

# The suites that every adapter and every fake of a port pass: their asserts tell as much as those of test modules.
pytest.register_assert_rewrite("tests.ports")
