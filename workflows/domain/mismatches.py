"""Why a device that joins or sends gets no thing, and what its user can do."""

from workflows.domain.device import DeviceIds
from workflows.domain.identifiers import is_eui
from workflows.domain.mark import Mark
from workflows.domain.mirroring import RegistryThing, WantedThing, join_eui_of
from workflows.errors import MismatchingDeviceError, MismatchingStackError


def thing_of_another_stack(thing: RegistryThing, wanted: WantedThing) -> MismatchingStackError:
    whose = thing.attributes.get("stackName") or "(it names none)"
    return MismatchingStackError(
        f"DevEUI {wanted.ids.dev_eui} is registered for mismatching stack: thing {thing.thing_name} has stackName "
        f"{whose}, devEUI {_told(thing.attributes.get('devEUI'))} and thing type {thing.thing_type_name or 'none'}, "
        f"but device {wanted.ids.device_id} sends in the application of stack {wanted.stack_name}, whose thing type is "
        f"{wanted.thing_type_name}.",
        thing_name=thing.thing_name,
    )


def device_of_another_stack(mark: Mark, wanted: WantedThing) -> MismatchingStackError:
    """No thing of this stack is in the way, so that there is none whose log could tell."""
    return MismatchingStackError(
        f"Device {wanted.ids.device_id} bears the mark of stack {mark.stack_name}, which registered it for the thing "
        f"with the ID {mark.thing_id}. If it is to be the device of stack {wanted.stack_name}, set that thing's "
        f"stackName to {wanted.stack_name}. If stack {mark.stack_name} is gone, remove the attributes aws-stack, "
        "aws-thing-id and aws-run from the device in The Things Stack.",
        thing_name=None,
    )


def name_of_another_device(
    thing: RegistryThing, wanted: WantedThing, known: DeviceIds | None
) -> MismatchingDeviceError:
    """``known`` is the device that the journal knows as the thing's."""
    dev_eui = known.dev_eui if known else thing.attributes.get("devEUI")
    join_eui = known.join_eui if known else join_eui_of(thing)
    return MismatchingDeviceError(
        f"Device {_named(wanted.ids)} sends, and the name {thing.thing_name} that its thing would get is taken by the "
        f"thing of another device (devEUI {_told(dev_eui)}, joinEUI {_told(join_eui)}). No thing was made.",
        thing_name=thing.thing_name,
    )


def thing_of_a_living_device(thing_name: str, living_id: str, ids: DeviceIds) -> MismatchingDeviceError:
    return MismatchingDeviceError(
        f"Device {_named(ids)} sends, and thing {thing_name}, which has its EUIs, has device {living_id}, which is "
        "registered with the same EUIs. Delete one of the two devices in The Things Stack.",
        thing_name=thing_name,
    )


def id_of_another_device(thing_name: str, known: DeviceIds, found: DeviceIds) -> MismatchingDeviceError:
    return MismatchingDeviceError(
        f"Device ID {known.device_id} belongs to thing {thing_name}, whose device had {_euis(known)}. In The Things "
        f"Stack the device of this ID has {_euis(found)} now, so that the thing is not this device's. Delete the "
        "thing: the device stays, and gets a thing of its own when it next sends.",
        thing_name=thing_name,
    )


def _named(ids: DeviceIds) -> str:
    return f"{ids.device_id} with {_euis(ids)}"


def _euis(ids: DeviceIds) -> str:
    return f"DevEUI {ids.dev_eui} and JoinEUI {ids.join_eui or '(none)'}"


def _told(eui: str | None) -> str:
    """A text that is no EUI is not repeated: it may be anything, a key in the wrong place as well."""
    if not eui:
        return "(none)"
    return eui if is_eui(eui) else "(malformed)"
