"""A device that somebody registered in The Things Stack, and the things that may be its thing."""

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from workflows.domain.device import DeviceIds, is_same_join_eui
from workflows.domain.facts import RegisteredDevice
from workflows.domain.fold import ThingState
from workflows.domain.naming import Scheme, thing_name_for
from workflows.domain.qr_code import read_qr_code
from workflows.values import value

# A thing has its JoinEUI under one of two names, or in the text of its QR code.
_JOIN_EUI_NAMES = ("joinEUI", "appEUI", "qrCode")

# Whose thing it is that has the device's DevEUI, or the name that the device's thing would have.
ThingMatch = Literal["the device's", "another device's", "another stack's"]


@value
class RegistryThing:
    """A thing in AWS IoT's registry. ``thing_id`` is None if it was not read, or if the thing is not created yet."""

    thing_name: str
    thing_type_name: str | None
    attributes: Mapping[str, str] = field(repr=False)
    thing_id: str | None = None


@value
class WantedThing:
    """The thing that a device should have; ``ids`` are the device's IDs in The Things Stack."""

    ids: DeviceIds
    thing_name: str
    stack_name: str
    thing_type_name: str

    @property
    def thing(self) -> RegistryThing:
        """The thing to create. A device without a JoinEUI (activated by hand) gives its thing none."""
        ids = self.ids
        given = {
            "devEUI": ids.dev_eui,
            "stackName": self.stack_name,
            "deviceID": ids.device_id,
            "joinEUI": ids.join_eui,
        }
        attributes = {name: value for name, value in given.items() if value}
        return RegistryThing(self.thing_name, self.thing_type_name, attributes)


@value
class MirrorRules:
    stack_name: str
    thing_type_name: str
    scheme: Scheme

    def wanted(self, ids: DeviceIds, thing_name: str | None = None) -> WantedThing:
        """Return the thing that the device should have, by default with the name that the scheme gives.

        Raises:
            StackConfigurationError: the name is too long for AWS IoT.
        """
        thing_name = thing_name or thing_name_for(ids, self.scheme, self.stack_name)
        return WantedThing(ids, thing_name, self.stack_name, self.thing_type_name)


@value
class Link:
    """A thing was linked with ``device``. ``former`` is its earlier device, ``state`` the thing's state now."""

    thing_id: str
    thing_name: str
    device: RegisteredDevice
    state: ThingState
    former: RegisteredDevice | None = None


def match_thing(thing: RegistryThing, wanted: WantedThing, *, evident: bool = False) -> ThingMatch:
    """Return which device ``thing`` belongs to, by its attributes. Without a JoinEUI, the DevEUI decides.

    A thing without DevEUI or stackName is the device's if it has the wanted name and there is evidence: the caller's
    (``evident``), or an attribute that Thingsync gives, with the wanted value.
    """
    given = thing.attributes
    dev_eui, join_eui, stack_name = given.get("devEUI"), join_eui_of(thing), given.get("stackName")
    if dev_eui is not None and dev_eui.upper() != wanted.ids.dev_eui:
        return "another device's"
    if join_eui is not None and not is_same_join_eui(join_eui, wanted.ids.join_eui):
        return "another device's"
    if thing.thing_type_name not in (wanted.thing_type_name, None) or stack_name not in (wanted.stack_name, None):
        return "another stack's"
    is_complete = dev_eui is not None and stack_name is not None
    return "the device's" if is_complete or _is_evident(thing, wanted, evident=evident) else "another stack's"


def _is_evident(thing: RegistryThing, wanted: WantedThing, *, evident: bool) -> bool:
    """For a thing without type, only stackName is evidence: who registers a device chooses DevEUI and device ID."""
    if thing.thing_name != wanted.thing_name:
        return False
    proving = ("stackName",) if thing.thing_type_name is None else ("stackName", "deviceID", "devEUI")
    return evident or any(thing.attributes.get(name, "").upper() == _wanted_value(wanted, name) for name in proving)


def _wanted_value(wanted: WantedThing, name: str) -> str:
    return wanted.thing.attributes[name].upper()


def join_eui_of(thing: RegistryThing) -> str | None:
    """Return the thing's JoinEUI as its user wrote it; None if it has none.

    An unreadable one gives a text that matches no device.
    """
    given = {name: thing.attributes[name] for name in _JOIN_EUI_NAMES if name in thing.attributes}
    if not given:
        return None
    qr_code = read_qr_code(given.pop("qrCode", ""))
    return given.get("joinEUI") or given.get("appEUI") or (qr_code.join_eui if qr_code else "(unreadable)")


def parts_to_restore(
    thing: RegistryThing, wanted: WantedThing, *, made_by_us: bool, former_id: str
) -> RegistryThing | None:
    """Return the type and attributes that ``thing`` lost and must get again; None if it lost nothing.

    The attributes of a thing that its user created are never changed. ``former_id`` is the device ID that Thingsync
    wrote to the thing last; the device may have another ID since.
    """
    lost = {name: value for name, value in wanted.thing.attributes.items() if _lacks(thing, name)}
    if thing.attributes.get("deviceID") == former_id != wanted.ids.device_id:
        lost["deviceID"] = wanted.ids.device_id
    if not made_by_us:
        lost = {}
    if thing.thing_type_name is not None and not lost:
        return None
    return RegistryThing(thing.thing_name, wanted.thing_type_name, lost)


def id_on_thing(thing: RegistryThing, device: RegisteredDevice) -> str:
    """Return which ID of its device the thing names: the present one, once Thingsync has written that to it."""
    given = thing.attributes.get("deviceID")
    return device.device_id if given == device.device_id else device.named


def _lacks(thing: RegistryThing, name: str) -> bool:
    names = _JOIN_EUI_NAMES if name == "joinEUI" else (name,)
    return thing.attributes.keys().isdisjoint(names)
