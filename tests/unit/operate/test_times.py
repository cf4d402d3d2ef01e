"""Times as people read them: in their own time zone, and how long ago."""

import os
import time
from datetime import UTC, datetime, timedelta

import pytest

from operate.views.times import iso, moment, since

NOW = datetime(2026, 11, 26, 13, 8, 12, tzinfo=UTC)


@pytest.fixture
def amsterdam(monkeypatch):
    before = os.environ["TZ"]
    monkeypatch.setenv("TZ", "Europe/Amsterdam")
    time.tzset()
    yield
    monkeypatch.setenv("TZ", before)
    time.tzset()


@pytest.mark.parametrize(
    ("at", "text"),
    [
        pytest.param(NOW - timedelta(minutes=5), "14:03:12, 5 min ago", id="a moment ago"),
        pytest.param(NOW, "14:08:12, 0 s ago", id="now"),
        pytest.param(NOW + timedelta(seconds=90), "14:09:42, in 1 min", id="soon"),
        pytest.param(NOW - timedelta(hours=14), "00:08:12, 14 h ago", id="today here, yesterday in UTC"),
        pytest.param(NOW - timedelta(days=1), "2026-11-25 14:08:12, 1 d ago", id="another day"),
        pytest.param(datetime(2026, 7, 1, 12, tzinfo=UTC), "2026-07-01 14:00:00, 148 d ago", id="in summer"),
    ],
)
def test_a_time_is_shown_as_the_clock_on_the_wall_and_how_long_ago(amsterdam, at, text):
    assert since(at, NOW) == text


def test_a_time_in_a_table_is_that_of_the_wall_too(amsterdam):
    assert moment(NOW) == "2026-11-26 14:08:12"


def test_programs_read_utc_wherever_they_run(amsterdam):
    assert iso(NOW) == "2026-11-26T13:08:12.000Z"
