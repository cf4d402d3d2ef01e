"""A device that was born in The Things Stack and the things that may stand for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workflows.domain.device import DeviceIds
from workflows.errors import MismatchingStackError

# The attributes that people write; another thing than ours may bear keys beside them.
_OURS = ("devEUI", "stackName", "deviceID", "joinEUI")


@dataclass(frozen=True, slots=True)
class RegistryThing:
    """A thing in AWS IoT's registry. ``thing_id`` is None where it was not asked for, or is yet to be given."""

    thing_name: str
    thing_type_name: str | None
    attributes: Mapping[str, str] = field(repr=False)
    thing_id: str | None = None


def thing_of_device(ids: DeviceIds, thing_name: str, *, stack_name: str, thing_type_name: str) -> RegistryThing:
    """Return the thing that a device becomes; a device without a JoinEUI (activated by hand) gives it none."""
    attributes = {"devEUI": ids.dev_eui, "stackName": stack_name, "deviceID": ids.device_id, "joinEUI": ids.join_eui}
    return RegistryThing(thing_name, thing_type_name, {name: value for name, value in attributes.items() if value})


def standing_for(wanted: RegistryThing, found: Sequence[RegistryThing]) -> RegistryThing | None:
    """Return which of the things with the device's DevEUI is ours; None if there is none at all.

    Raises:
        MismatchingStackError: there are things, and none of them is ours.
    """
    for thing in sorted(found, key=lambda each: each.thing_name):
        if _is_ours(thing, wanted):
            return thing
    if found:
        raise _mismatch(found[0], wanted)
    return None


def repaired(thing: RegistryThing, wanted: RegistryThing) -> RegistryThing | None:
    """Return type and attributes to give back to a thing of ours that lost them; None if it lost none.

    A thing under a name of its user's own keeps the attributes that its user gave it.

    Raises:
        MismatchingStackError: the thing that bears the wanted name is another's.
    """
    if not _is_ours(thing, wanted):
        raise _mismatch(thing, wanted)
    made_by_us = thing.thing_name == wanted.thing_name
    lost = {name: wanted.attributes[name] for name in _OURS if made_by_us and name in wanted.attributes}
    lost = {name: value for name, value in lost.items() if name not in thing.attributes}
    if thing.thing_type_name is not None and not lost:
        return None
    return RegistryThing(thing.thing_name, wanted.thing_type_name, lost)


def _is_ours(thing: RegistryThing, wanted: RegistryThing) -> bool:
    """Tell a thing of ours: one that bears the wanted name may have lost what says so, but not say otherwise."""
    given = {name: thing.attributes.get(name) for name in ("devEUI", "stackName")}
    if thing.thing_name == wanted.thing_name:
        given = {name: value or wanted.attributes[name] for name, value in given.items()}
    dev_eui, stack_name = given["devEUI"] or "", given["stackName"]
    right_type = thing.thing_type_name in (wanted.thing_type_name, None)
    return right_type and (dev_eui.upper(), stack_name) == (wanted.attributes["devEUI"], wanted.attributes["stackName"])


def _mismatch(thing: RegistryThing, wanted: RegistryThing) -> MismatchingStackError:
    ours = wanted.attributes
    whose = thing.attributes.get("stackName") or "(it names none)"
    kind = thing.thing_type_name or "none"
    return MismatchingStackError(
        f"DevEUI {ours['devEUI']} is registered for mismatching stack: thing {thing.thing_name} has stackName {whose}, "
        f"devEUI {thing.attributes.get('devEUI', '(none)')} and thing type {kind}, but device {ours['deviceID']} sends "
        f"in the application of stack {ours['stackName']}, whose thing type is {wanted.thing_type_name}.",
        thing_name=thing.thing_name,
    )
