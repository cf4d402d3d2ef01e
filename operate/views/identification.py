"""Which thing a DevEUI means, and what makes a thing another's. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from operate.errors import WrongInputError
from workflows.domain import labels
from workflows.domain.attributes import ATTRIBUTES
from workflows.domain.correction import argument, thing_name_option
from workflows.domain.identifiers import is_dev_eui
from workflows.domain.mirroring import RegistryThing
from workflows.domain.scope import StackScope
from workflows.ports.journal import Snapshot
from workflows.values import value

_SEPARATORS = re.compile(r"[-:._\s]")
_DEFAULT_ID = re.compile(r"eui-(?=[0-9a-f]{16}$)", re.IGNORECASE)
_DEV_EUI_PATTERN = re.compile(r"[0-9A-F?]*\*[0-9A-F?*]*")
_PART_OF_DEV_EUI = re.compile(r"[0-9A-F]{4,15}")
_THING_NAME = re.compile(r"[a-zA-Z0-9:_-]{1,128}")
_LABEL = re.compile(r"labels?[-:._](?P<key>.+)", re.IGNORECASE)
_NAMES = {each.name.lower(): each.name for each in ATTRIBUTES}

# Earlier ones win. past: the thing is gone, or has no device here any more.
_Rank = Literal["current", "not ours", "past"]
_RANKS: tuple[_Rank, ...] = ("current", "not ours", "past")


def read_dev_eui(text: str) -> str | None:
    """Read a DevEUI as people write it, or the device ID ``eui-<devEUI>``; return it in upper case."""
    plain = _SEPARATORS.sub("", _DEFAULT_ID.sub("", text.strip())).upper()
    return plain if is_dev_eui(plain) else None


def read_dev_eui_pattern(text: str) -> str | None:
    """Read a part of a DevEUI, with ``*`` and ``?`` for the rest; return it in upper case."""
    plain = _SEPARATORS.sub("", text).upper()
    return plain if _DEV_EUI_PATTERN.fullmatch(plain) else None


def is_thing_name(text: str) -> bool:
    """Return whether AWS IoT could have a thing of this name; it refuses to look for others."""
    return _THING_NAME.fullmatch(text) is not None


@value
class DevEuiMatch:
    """A thing that has or had the DevEUI; ``text`` describes it to somebody who has to choose."""

    thing_name: str
    rank: _Rank
    text: str

    @classmethod
    def of_snapshot(cls, snapshot: Snapshot) -> "DevEuiMatch":
        device = snapshot.state.device
        details = f"device {device.device_id}, JoinEUI {device.join_eui or 'none'}" if device else "no device"
        rank: _Rank = "past" if snapshot.status in ("removed", "skipped") else "current"
        return cls(snapshot.thing_name, rank, f"{snapshot.thing_name} ({snapshot.status}, {details})")

    @classmethod
    def of_thing(cls, thing: RegistryThing, scope: StackScope) -> "DevEuiMatch":
        others = "; ".join(what_is_not_ours(thing.thing_type_name, thing.attributes, scope))
        text = f"{thing.thing_name} ({others or 'no event of it has arrived'})"
        return cls(thing.thing_name, "not ours" if others else "current", text)


def choose(dev_eui: str, matches: Iterable[DevEuiMatch]) -> str | None:
    """Return the name of the thing that is meant; the matches begin with the latest. None if there are none.

    Raises:
        WrongInputError: several things have the DevEUI now.
    """
    found = list(matches)
    for rank in _RANKS:
        named = {each.thing_name: each for each in reversed(found) if each.rank == rank}
        if len(named) > 1 and rank != "past":
            things = ", ".join(each.text for each in reversed(named.values()))
            raise WrongInputError(f"{len(named)} things have the DevEUI {dev_eui}: {things}. Give the name of one.")
        if named:
            return list(named)[-1]
    return None


def what_is_not_ours(type_name: str | None, attributes: Mapping[str, str], scope: StackScope) -> tuple[str, ...]:
    """Return what a thing has instead of this stack's thing type and name; empty if it is this stack's."""
    return tuple(_what_is_not_ours(type_name, attributes, scope))


def _what_is_not_ours(type_name: str | None, attributes: Mapping[str, str], scope: StackScope) -> Iterator[str]:
    if type_name != scope.thing_type_name:
        it_is = f"its thing type is {type_name}" if type_name else "it has no thing type"
        yield f"{it_is}, this stack's is {scope.thing_type_name}"
    named = attributes.get("stackName")
    if named != scope.stack_name:
        it_is = f"its stackName is {named}" if named else "it has no stackName"
        yield f"{it_is}, this stack is {scope.stack_name}"


def how_to_make_ours(thing_name: str, others: Iterable[str], scope: StackScope) -> str:
    """Return what to do about ``others``, what a thing has instead of this stack's; empty if it has nothing."""
    commands = {
        "thing type": f"aws iot update-thing {thing_name_option(thing_name)} --thing-type-name {scope.thing_type_name}",
        "stackName": f"thingsync set {argument(thing_name)} stackName={scope.stack_name}",
    }
    needed = [command for what, command in commands.items() if any(what in each for each in others)]
    return f"If it should be this stack's: {'; '.join(needed)}" if needed else ""


def misspelled(attributes: Iterable[str]) -> tuple[str, ...]:
    """Return which attributes are spelled like one of Thingsync's, but not as it is, and what was meant."""
    given = tuple(attributes)
    meant = {each: _NAMES.get(_SEPARATORS.sub("", each).lower()) or _label_in(each) for each in given}
    return tuple(f"it has {each}: you meant {name}" for each, name in meant.items() if name and name not in given)


def _label_in(name: str) -> str:
    """Return the label that is probably meant by ``Label:site``, ``labels:site`` or ``label_site``; empty if none."""
    found = _LABEL.fullmatch(name)
    label = f"{labels.PREFIX}{found['key'].lower().replace('_', '-')}" if found else ""
    is_other = not labels.is_label(name) and labels.is_well_formed(label, "a value")
    return label if is_other else ""


def not_found(text: str, stack_name: str) -> str:
    """Say where a thing was looked for."""
    dev_eui = read_dev_eui(text)
    searched = [f"AWS IoT and the journal of {stack_name} know no thing {text}", f"no device ID {text}"]
    if dev_eui:
        searched.append(f"no DevEUI {dev_eui}")
    return f"{_listed(searched)}. Names are case-sensitive. To search for it: thingsync list {_search(text)}"


def _search(text: str) -> str:
    part = _SEPARATORS.sub("", text).upper()
    return f"--eui '{part}*'" if _PART_OF_DEV_EUI.fullmatch(part) else f"--name '{text[:4].rstrip('-_')}*'"


def _listed(parts: list[str]) -> str:
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
