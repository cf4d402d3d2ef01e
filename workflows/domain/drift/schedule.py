"""When a run of Reconcile is overdue, by the stack's schedule. Pure: the clock is an argument."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice

from workflows.values import value

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\(\S+ \S+ (\S+) (\S+) (\S+) (\S+)\)")
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_EVERY = ("*", "?")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_NUMBERS = {name: number for names in (_MONTHS, _WEEKDAYS) for number, name in enumerate(names, 1)}
_FIRST_YEAR = 1970
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
# The watch looks once an hour. What happened while nobody looked for so long says nothing about the schedule.
_UNWATCHED = timedelta(hours=3)


@value
class Watched:
    """``since`` the schedule has been watched without a gap; ``seen`` is the last look."""

    schedule: str
    since: datetime
    seen: datetime


def watch_on(before: Watched | None, schedule: str, now: datetime) -> Watched:
    """Begin the watch again if another schedule was watched before, or if nobody looked for hours."""
    goes_on = before is not None and before.schedule == schedule and now - before.seen <= _UNWATCHED
    return Watched(schedule, before.since if before and goes_on else now, now)


def is_overdue(watched: Watched, completed: datetime | None, now: datetime) -> bool:
    """Return whether no run has come to its end since two were due. Before the watch nothing was due.

    Of cron(…) only the days count: a schedule of several runs a day is overdue as late as one of one run a day.
    """
    last = max(completed or watched.since, watched.since)
    if rate := _RATE.fullmatch(watched.schedule):
        return now - last > 2 * int(rate[1]) * _UNITS[rate[2]]
    return len(list(islice(due_days(watched.schedule, last.date(), now.date()), 2))) == 2


def due_days(expression: str, after: date, before: date) -> Iterator[date]:
    """Yield the days between the two on which a cron expression of EventBridge Scheduler has a run; of others none.

    The weekday next to a day (``W``) counts as that day.
    Source: "Cron-based schedules" (schedule-types.html in the EventBridge Scheduler User Guide).
    """
    if cron := _CRON.fullmatch(expression):
        between = (after + number * _DAY for number in range(1, (before - after).days))
        yield from (day for day in between if _is_due(day, cron.groups()))


def _is_due(day: date, fields: Sequence[str]) -> bool:
    days, months, weekdays, years = fields
    return (
        any(_covers(part, day.year, _FIRST_YEAR) for part in years.split(","))
        and any(_covers(part, day.month) for part in months.split(","))
        and any(_is_day_of_month(part, day) for part in days.split(","))
        and any(_is_weekday(part, day) for part in weekdays.split(","))
    )


def _is_day_of_month(part: str, day: date) -> bool:
    if part.startswith("L"):
        return (day + _DAY).day == 1
    return _covers(part.removesuffix("W"), day.day)


def _is_weekday(part: str, day: date) -> bool:
    weekday, hash_sign, number = part.partition("#")
    if part != "L" and part.endswith("L"):
        return _is_weekday(part.removesuffix("L"), day) and (day + _WEEK).month != day.month
    if hash_sign and (day.day - 1) // 7 + 1 != int(number):
        return False
    return _covers("SAT" if part == "L" else weekday, day.isoweekday() % 7 + 1)


def _covers(part: str, value: int, lowest: int = 1) -> bool:
    """Read ``*``, ``5``, ``2-6``, ``FRI-MON``, ``1/3`` or ``*/2``."""
    span, _, step = part.partition("/")
    first, _, last = span.partition("-")
    start = lowest if first in _EVERY else _number(first)
    if (value - start) % (_number(step) or 1):
        return False
    if first in _EVERY or (step and not last):
        return value >= start
    end = _number(last or first)
    return start <= value <= end if start <= end else value >= start or value <= end


def _number(text: str) -> int:
    """Return 0 for what is none: EventBridge Scheduler has refused that."""
    return _NUMBERS.get(text.upper()) or (int(text) if text.isdecimal() else 0)
