"""When a run of Reconcile is overdue: after two periods of the schedule, and of the time that it was watched."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from workflows.domain.drift.schedule import Watched, is_overdue, longest_period, watch_on

BEGIN = datetime(2026, 11, 1, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAILY = "rate(1 day)"


def days(count):
    return timedelta(days=count)


@pytest.mark.parametrize(
    ("expression", "period"),
    [
        pytest.param("rate(5 minutes)", timedelta(minutes=5), id="minutes"),
        pytest.param("rate(1 hour)", HOUR, id="an hour"),
        pytest.param("rate(7 days)", days(7), id="days"),
        pytest.param("cron(0 3 * * ? *)", days(1), id="each day"),
        pytest.param("cron(0/15 3 * * ? *)", days(1), id="several times a day"),
        pytest.param("cron(0 3 ? * MON-FRI *)", days(7), id="days of the week"),
        pytest.param("cron(0 3 1,15 * ? *)", days(31), id="days of the month"),
        pytest.param("cron(0 3 ? * 6#3 *)", days(31), id="the third Friday"),
        pytest.param("cron(0 3 ? * 6L *)", days(31), id="the last Friday"),
        pytest.param("cron(0 3 1 1,7 ? *)", days(366), id="months"),
        pytest.param("", None, id="no schedule"),
        pytest.param("daily", None, id="no expression"),
    ],
)
def test_a_period_is_as_long_as_the_longest_pause_of_the_schedule(expression, period):
    assert longest_period(expression) == period


def test_a_new_stack_is_not_overdue_before_its_second_run_is_due():
    """It is watched from its first look on."""
    watched = watch_on(None, DAILY, BEGIN)

    assert not is_overdue(watched, None, BEGIN + days(2))
    assert is_overdue(watched, None, BEGIN + days(2) + HOUR)


def test_a_schedule_that_fires_is_not_overdue():
    watched = Watched(DAILY, since=BEGIN, seen=BEGIN + days(30))

    assert not is_overdue(watched, BEGIN + days(29), BEGIN + days(30))


def test_a_schedule_that_has_ceased_to_fire_is_overdue():
    watched = Watched(DAILY, since=BEGIN, seen=BEGIN + days(30))

    assert is_overdue(watched, BEGIN + days(27), BEGIN + days(30))


def test_without_a_schedule_nothing_is_overdue():
    assert not is_overdue(watch_on(None, "", BEGIN), None, BEGIN + days(1000))


def test_the_watch_goes_on_from_look_to_look():
    watched = watch_on(None, DAILY, BEGIN)

    for number in range(1, 60):
        watched = watch_on(watched, DAILY, BEGIN + number * HOUR)

    assert watched == Watched(DAILY, since=BEGIN, seen=BEGIN + 59 * HOUR)


def test_another_schedule_is_watched_anew():
    """The former one may have had a longer period."""
    before = Watched("rate(7 days)", since=BEGIN, seen=BEGIN + days(3))

    after = watch_on(before, "rate(1 hour)", BEGIN + days(3) + HOUR)

    assert after == Watched("rate(1 hour)", BEGIN + days(3) + HOUR, BEGIN + days(3) + HOUR)


def test_after_hours_without_a_look_the_watch_begins_anew():
    """The schedule was off meanwhile, or the whole stack did not work."""
    before = Watched(DAILY, since=BEGIN, seen=BEGIN + HOUR)

    assert watch_on(before, DAILY, BEGIN + 4 * HOUR) == replace(before, seen=BEGIN + 4 * HOUR)
    assert watch_on(before, DAILY, BEGIN + 5 * HOUR).since == BEGIN + 5 * HOUR
