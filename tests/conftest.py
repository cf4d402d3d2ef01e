"""What holds for all tests."""

import pytest

# The suites that every adapter and every fake of a port pass: their asserts tell as much as those of test modules.
pytest.register_assert_rewrite("tests.ports")
