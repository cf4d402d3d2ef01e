"""What holds for all tests. The same commit always gives the same result, however slow the machine is."""

import gc
import os
import time

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "repeatable",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("repeatable")

# What people read has the time zone of their machine.
os.environ["TZ"] = "UTC"
time.tzset()

# The suites that every adapter and every fake of a port pass: their asserts show as much as those of test modules.
pytest.register_assert_rewrite("tests.ports")

# Looking for garbage took a third of the processor's time: each look walks moto's and botocore's models.
gc.set_threshold(100_000, 10, 10)


def pytest_collection_finish():
    gc.collect()
    gc.freeze()
