"""A device that was registered in The Things Stack and the things that may stand for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from workflows.domain.device import DeviceIds, is_same_join_eui
from workflows.domain.facts import RegisteredDevice
from workflows.domain.fold import ThingState
from workflows.domain.naming import Scheme, thing_name_for
from workflows.domain.qr_code import read_qr_code

# A thing tells its JoinEUI under either of two names, or in the text of its label.
_JOIN_EUI_NAMES = ("joinEUI", "appEUI", "qrCode")

# Whose a thing is that has the device's DevEUI, or the name that the device's thing would have.
Whose = Literal["the device's", "another device's", "another stack's"]


@dataclass(frozen=True, slots=True)
class RegistryThing:
    """A thing in AWS IoT's registry. ``thing_id`` is None where it was not asked for, or is yet to be given."""

    thing_name: str
    thing_type_name: str | None
    attributes: Mapping[str, str] = field(repr=False)
    thing_id: str | None = None


@dataclass(frozen=True, slots=True)
class WantedThing:
    """The thing that a device becomes; ``ids`` are the device's as The Things Stack keeps them."""

    ids: DeviceIds
    thing_name: str
    stack_name: str
    thing_type_name: str

    @property
    def thing(self) -> RegistryThing:
        """A device without a JoinEUI (activated by hand) gives its thing none."""
        ids = self.ids
        given = {
            "devEUI": ids.dev_eui,
            "stackName": self.stack_name,
            "deviceID": ids.device_id,
            "joinEUI": ids.join_eui,
        }
        attributes = {name: value for name, value in given.items() if value}
        return RegistryThing(self.thing_name, self.thing_type_name, attributes)


@dataclass(frozen=True, slots=True)
class MirrorRules:
    stack_name: str
    thing_type_name: str
    scheme: Scheme

    def wanted(self, ids: DeviceIds, thing_name: str | None = None) -> WantedThing:
        """Describe the device's thing, by default under the name that the scheme gives it.

        Raises:
            StackConfigurationError: AWS IoT takes no name of this length.
        """
        thing_name = thing_name or thing_name_for(ids, self.scheme, self.stack_name)
        return WantedThing(ids, thing_name, self.stack_name, self.thing_type_name)


@dataclass(frozen=True, slots=True)
class Link:
    """A thing was linked with ``device``; ``former`` is the one that it had before, ``state`` what is known now."""

    thing_id: str
    thing_name: str
    device: RegisteredDevice
    state: ThingState
    former: RegisteredDevice | None = None


def whose(thing: RegistryThing, wanted: WantedThing, *, evident: bool = False) -> Whose:
    """Tell by its attributes whose ``thing`` is. One that tells no JoinEUI may be any device's of its DevEUI.

    One that does not tell its DevEUI or stack is the device's if it bears the wanted name and there is evidence:
    the caller's (``evident``), or an attribute of ours with our value.
    """
    given = thing.attributes
    dev_eui, join_eui, stack_name = given.get("devEUI"), join_eui_of(thing), given.get("stackName")
    if dev_eui is not None and dev_eui.upper() != wanted.ids.dev_eui:
        return "another device's"
    if join_eui is not None and not is_same_join_eui(join_eui, wanted.ids.join_eui):
        return "another device's"
    if thing.thing_type_name not in (wanted.thing_type_name, None) or stack_name not in (wanted.stack_name, None):
        return "another stack's"
    is_whole = dev_eui is not None and stack_name is not None
    return "the device's" if is_whole or _is_evident(thing, wanted, evident=evident) else "another stack's"


def _is_evident(thing: RegistryThing, wanted: WantedThing, *, evident: bool) -> bool:
    """Of a thing without type the stack's name speaks alone: who registers a device chooses DevEUI and device ID."""
    if thing.thing_name != wanted.thing_name:
        return False
    telling = ("stackName",) if thing.thing_type_name is None else ("stackName", "deviceID", "devEUI")
    return evident or any(thing.attributes.get(name, "").upper() == _given(wanted, name) for name in telling)


def _given(wanted: WantedThing, name: str) -> str:
    return wanted.thing.attributes[name].upper()


def join_eui_of(thing: RegistryThing) -> str | None:
    """Return the JoinEUI that the thing tells, as its user wrote it; None if it tells none.

    One that cannot be read is no device's.
    """
    given = {name: thing.attributes[name] for name in _JOIN_EUI_NAMES if name in thing.attributes}
    if not given:
        return None
    qr_code = read_qr_code(given.pop("qrCode", ""))
    return given.get("joinEUI") or given.get("appEUI") or (qr_code.join_eui if qr_code else "(unreadable)")


def lost_by(thing: RegistryThing, wanted: WantedThing, *, made_by_us: bool, former_id: str) -> RegistryThing | None:
    """Return type and attributes to give back to a thing that lost them; None if it lost none.

    A thing that its user made keeps the attributes that its user gave it. ``former_id`` is the device ID that Thingsync
    gave to one that it made itself; the device may have been registered under another since.
    """
    lost = {name: value for name, value in wanted.thing.attributes.items() if _lacks(thing, name)}
    if thing.attributes.get("deviceID") == former_id != wanted.ids.device_id:
        lost["deviceID"] = wanted.ids.device_id
    if not made_by_us:
        lost = {}
    if thing.thing_type_name is not None and not lost:
        return None
    return RegistryThing(thing.thing_name, wanted.thing_type_name, lost)


def _lacks(thing: RegistryThing, name: str) -> bool:
    names = _JOIN_EUI_NAMES if name == "joinEUI" else (name,)
    return thing.attributes.keys().isdisjoint(names)
