"""Times as people write and read them. Pure: the clock is an argument."""

import re
from datetime import UTC, datetime, timedelta

from operate.errors import WrongInputError

_SPAN = re.compile(r"(\d{1,5})(s|m|min|h|d|w)")
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}
# Largest first; an age shows at most two adjacent units.
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def duration(text: str) -> timedelta:
    """Read ``30s``, ``15m``, ``2h``, ``3d``, ``1w``; raise ``WrongInputError``."""
    found = _SPAN.fullmatch(text.strip().lower())
    if found is None:
        raise WrongInputError(f"{text!r} is not a duration: give a number and a unit, such as 30m, 2h or 3d.")
    return timedelta(seconds=int(found[1]) * _SECONDS[found[2]])


def age(seconds: float) -> str:
    """Write ``3 h 12 min``, ``2 d``, ``0 s``."""
    left = max(0, int(seconds))
    parts: list[tuple[int, str]] = []
    for length, unit in _UNITS:
        count, left = divmod(left, length)
        if count or parts:
            parts.append((count, unit))
    return " ".join(f"{count} {unit}" for count, unit in (parts or [(0, "s")])[:2] if count or not parts)


def moment(at: datetime) -> str:
    """Write a time to the second, in the time zone of this machine."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def since(at: datetime, now: datetime) -> str:
    """Write ``14:03:12, 5 min ago``, with the date if that is not today, in the time zone of this machine."""
    passed_s = (now - at).total_seconds()
    rounded = " ".join(age(abs(passed_s)).split()[:2])
    relative = f"{rounded} ago" if passed_s >= 0 else f"in {rounded}"
    is_today = at.astimezone().date() == now.astimezone().date()
    return f"{moment(at)[11:] if is_today else moment(at)}, {relative}"


def iso(at: datetime) -> str:
    """Write a time for programs, in UTC."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
