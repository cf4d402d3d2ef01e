"""When a run of Reconcile is overdue: after two periods of the schedule, and of the time that it was watched."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from workflows.domain.drift.schedule import Watched, due_days, is_overdue, watch_on

BEGIN = datetime(2026, 11, 1, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAILY = "rate(1 day)"


def days(count):
    return timedelta(days=count)


@pytest.mark.parametrize(
    ("expression", "due"),
    [
        pytest.param("cron(0 3 * * ? *)", "02 03 04 05 06 07", id="each day"),
        pytest.param("cron(0/15 3 ? * * *)", "02 03 04 05 06 07", id="several times a day"),
        pytest.param("cron(0 3 1/2 * ? *)", "03 05 07", id="each second day of the month"),
        pytest.param("cron(0 3 */3 NOV ? *)", "04 07", id="each third one"),
        pytest.param("cron(0 3 5,7 10-12 ? *)", "05 07", id="days of the month, and months"),
        pytest.param("cron(0 3 2-9/5 * ? 2026-2027)", "02 07", id="a range with steps"),
        pytest.param("cron(0 3 ? * MON-FRI *)", "02 03 04 05 06", id="days of the week"),
        pytest.param("cron(0 3 ? * fri-mon *)", "02 06 07", id="from a Friday to a Monday"),
        pytest.param("cron(0 3 ? * 3/2 *)", "03 05 07", id="each second day of the week"),
        pytest.param("cron(0 3 ? * L *)", "07", id="the last day of the week"),
        pytest.param("cron(0 3 ? * 6#1 *)", "06", id="the first Friday"),
        pytest.param("cron(0 3 ? * 6#2 *)", "", id="the second Friday"),
        pytest.param("cron(0 3 4W * ? *)", "04", id="the weekday next to a day"),
        pytest.param("cron(0 3 * 1,7 ? *)", "", id="other months"),
        pytest.param("cron(0 3 * * ? 2027)", "", id="another year"),
        pytest.param("cron(0 3 * * ? */2)", "02 03 04 05 06 07", id="each second year, from 1970 on"),
        pytest.param("cron(0 3 X Y ? */0)", "", id="what the scheduler refuses"),
        pytest.param("rate(1 day)", "", id="no cron"),
    ],
)
def test_a_cron_is_due_on_the_days_that_it_names(expression, due):
    days_between = due_days(expression, date(2026, 11, 1), date(2026, 11, 8))

    assert [f"{day:%d}" for day in days_between] == due.split()


@pytest.mark.parametrize(
    ("expression", "due"),
    [
        pytest.param("cron(0 3 L * ? *)", "01-31 02-28 03-31 04-30", id="the last day of the month"),
        pytest.param("cron(0 3 LW * ? *)", "01-31 02-28 03-31 04-30", id="the last weekday, or near it"),
        pytest.param("cron(0 3 ? * 6L *)", "01-30 02-27 03-27 04-24", id="the last Friday"),
        pytest.param("cron(0 3 31 * ? *)", "01-31 03-31", id="a day that not every month has"),
        pytest.param("cron(0 3 ? * 6#5 *)", "01-30", id="the fifth Friday"),
    ],
)
def test_a_cron_is_due_in_the_months_that_have_its_day(expression, due):
    days_between = due_days(expression, date(2025, 12, 31), date(2026, 5, 1))

    assert [f"{day:%m-%d}" for day in days_between] == due.split()


@pytest.mark.parametrize(
    ("expression", "overdue_from"),
    [
        pytest.param("rate(5 minutes)", BEGIN + timedelta(minutes=10, seconds=1), id="minutes"),
        pytest.param("rate(1 hour)", BEGIN + timedelta(hours=2, seconds=1), id="an hour"),
        pytest.param("rate(7 days)", BEGIN + timedelta(days=14, seconds=1), id="days"),
        pytest.param("cron(0 3 * * ? *)", datetime(2026, 11, 4, tzinfo=UTC), id="each day"),
        pytest.param("cron(0 3 ? * 6#5 *)", datetime(2027, 5, 1, tzinfo=UTC), id="the fifth Friday"),
        pytest.param("cron(0 3 29 2 ? *)", datetime(2032, 3, 1, tzinfo=UTC), id="29 February"),
    ],
)
def test_a_run_is_overdue_once_two_were_due(expression, overdue_from):
    watched = Watched(expression, since=BEGIN, seen=BEGIN)

    assert not is_overdue(watched, None, overdue_from - timedelta(seconds=1))
    assert is_overdue(watched, None, overdue_from)


def test_a_schedule_that_has_come_to_its_last_year_is_not_overdue_afterwards():
    watched = Watched("cron(0 3 * * ? 2026)", since=BEGIN, seen=BEGIN)

    assert not is_overdue(watched, datetime(2026, 12, 31, 4, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))


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
