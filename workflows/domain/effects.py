"""When what an update wrote takes effect, in words."""

from collections.abc import Iterable, Sequence

from workflows.domain.attribute import Change
from workflows.domain.attributes import ATTRIBUTES, ROOT_KEYS

# A device that joins begins a session with every join.
_LATER: tuple[Change, ...] = ("at the next join", "with the next session")
_AT_NEXT_JOIN = "at the device's next join"
_WITH_NEXT_SESSION = "with the device's next session, once somebody resets this one in The Things Stack"
_ONCE = tuple(row.name for row in ATTRIBUTES if row.is_once)
_CHANGES = {row.name: row.changes for row in ATTRIBUTES}


def counters(names: Sequence[str]) -> str:
    """Say that frame counters among ``names`` are not written, or nothing."""
    once = [name for name in names if name in _ONCE]
    return f"{', '.join(once)}: used only when a device is created; this one counts on" if once else ""


def written(names: Sequence[str], keys: Sequence[str] = (), *, joins: bool) -> str:
    """Say what was written of a device, and what of it does not count at once.

    ``names`` are attributes, ``keys`` those of keys; a device that never joins (not ``joins``) keeps its session.
    """
    everything = [*names, *_together(keys)]
    later = [*_later(names), *_together(_later(keys))]
    said = f"written: {', '.join(everything)}"
    if not later:
        return said
    in_effect = f"{said}; in effect {_time_of(joins=joins)}"
    return in_effect if later == everything else f"{in_effect}: {', '.join(later)}; the rest at once"


def when(name: str, *, joins: bool) -> str:
    """Say when a change of an attribute of a registered device counts; empty if at once."""
    if name in _ONCE:
        return "used when a device is created, not later"
    return f"in effect {_time_of(joins=joins)}" if _later([name]) else ""


def _time_of(*, joins: bool) -> str:
    return _AT_NEXT_JOIN if joins else _WITH_NEXT_SESSION


def _later(names: Iterable[str]) -> list[str]:
    return [name for name in names if _CHANGES.get(name) in _LATER]


def _together(keys: Iterable[str]) -> list[str]:
    """The Join Server takes the root keys as a whole."""
    kinds = ("root keys" if name in ROOT_KEYS else "session keys" for name in keys)
    return list(dict.fromkeys(kinds))
