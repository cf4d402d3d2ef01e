"""When a run of Reconcile is overdue, by the stack's schedule. Pure: the clock is an argument."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\(\S+ \S+ (\S+) (\S+) (\S+) \S+\)")
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_EVERY = ("*", "?")
# The watch looks once an hour. What happened while nobody looked for so long says nothing about the schedule.
_UNWATCHED = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Watched:
    """``since`` the schedule has been watched without a gap; ``seen`` is the last look."""

    schedule: str
    since: datetime
    seen: datetime


def longest_period(expression: str) -> timedelta | None:
    """Return the longest time between two runs of the expression, or more; None if there is no schedule.

    Of cron(…) only the days count: a schedule of several runs a day is overdue as late as one of one run a day.
    """
    if rate := _RATE.fullmatch(expression):
        return int(rate[1]) * _UNITS[rate[2]]
    return _period_of_days(*cron.groups()) if (cron := _CRON.fullmatch(expression)) else None


def _period_of_days(day_of_month: str, month: str, day_of_week: str) -> timedelta:
    if month not in _EVERY:
        return timedelta(days=366)
    if day_of_month not in _EVERY or {"#", "L"} & {*day_of_week}:
        return timedelta(days=31)
    return timedelta(days=1 if day_of_week in _EVERY else 7)


def watch_on(before: Watched | None, schedule: str, now: datetime) -> Watched:
    """Begin the watch again if another schedule was watched before, or if nobody looked for hours."""
    goes_on = before is not None and before.schedule == schedule and now - before.seen <= _UNWATCHED
    return Watched(schedule, before.since if before and goes_on else now, now)


def is_overdue(watched: Watched, completed: datetime | None, now: datetime) -> bool:
    """Return whether no run has come to its end for two periods. Before the watch nothing was due."""
    period = longest_period(watched.schedule)
    return period is not None and now - max(completed or watched.since, watched.since) > 2 * period
