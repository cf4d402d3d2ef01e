"""Errors that say why a device that joins or sends gets no thing, and what its user can do."""

from workflows.domain.device import DeviceIds
from workflows.domain.identifiers import is_eui
from workflows.domain.mark import Mark
from workflows.domain.mirroring import RegistryThing, WantedThing, join_eui_of
from workflows.errors import MismatchingDeviceError, MismatchingStackError


def thing_of_another_stack(thing: RegistryThing, wanted: WantedThing) -> MismatchingStackError:
    named = thing.attributes.get("stackName") or "(it names none)"
    return MismatchingStackError(
        f"DevEUI {wanted.ids.dev_eui} is registered for mismatching stack: thing {thing.thing_name} has stackName "
        f"{named}, devEUI {_shown(thing.attributes.get('devEUI'))} and thing type {thing.thing_type_name or 'none'}, "
        f"but device {wanted.ids.device_id} sends in the application of stack {wanted.stack_name}, whose thing type is "
        f"{wanted.thing_type_name}.",
        thing_name=thing.thing_name,
    )


def device_of_another_stack(mark: Mark, wanted: WantedThing) -> MismatchingStackError:
    """``thing_name`` is None: no thing of this stack is in the way, so no thing's log can show the error."""
    return MismatchingStackError(
        f"Device {wanted.ids.device_id} has the mark of stack {mark.stack_name}, which registered it for the thing "
        f"with the ID {mark.thing_id}. If it is to be the device of stack {wanted.stack_name}, set that thing's "
        f"stackName to {wanted.stack_name}. If stack {mark.stack_name} is gone, remove the attributes aws-stack, "
        "aws-thing-id and aws-run from the device in The Things Stack.",
        thing_name=None,
    )


def device_of_an_unknown_thing(mark: Mark, wanted: WantedThing) -> MismatchingStackError:
    """A stack of the same name, in another account or region, may have marked it. Its thing may still want it."""
    return MismatchingStackError(
        f"Device {wanted.ids.device_id} has the mark of a stack {mark.stack_name} for the thing with the ID "
        f"{mark.thing_id}, but this stack's journal does not know that thing, and no thing here has the device's EUIs. "
        f"If a stack {mark.stack_name} in another account or region uses this application, too, give one of the two "
        "another name or another application. If not, remove the attributes aws-stack, aws-thing-id and aws-run from "
        "the device in The Things Stack; then it becomes a thing.",
        thing_name=None,
    )


def name_of_another_device(
    thing: RegistryThing, wanted: WantedThing, known: DeviceIds | None
) -> MismatchingDeviceError:
    """``known`` is the thing's device in the journal; None if it has none."""
    dev_eui = known.dev_eui if known else thing.attributes.get("devEUI")
    join_eui = known.join_eui if known else join_eui_of(thing)
    return MismatchingDeviceError(
        f"Device {_named(wanted.ids)} sends. Its thing would be named {thing.thing_name}, but this name is taken by "
        f"the thing of another device (devEUI {_shown(dev_eui)}, joinEUI {_shown(join_eui)}). No thing was created.",
        thing_name=thing.thing_name,
    )


def thing_of_a_living_device(thing_name: str, living_id: str, ids: DeviceIds) -> MismatchingDeviceError:
    return MismatchingDeviceError(
        f"Device {_named(ids)} sends. Thing {thing_name} has these EUIs, but it has device {living_id} already, which "
        "is registered with the same EUIs. Delete one of the two devices in The Things Stack.",
        thing_name=thing_name,
    )


def id_of_another_device(thing_name: str, known: DeviceIds, found: DeviceIds) -> MismatchingDeviceError:
    return MismatchingDeviceError(
        f"Device ID {known.device_id} belongs to thing {thing_name}, whose device had {known.euis}. In The Things "
        f"Stack the device with this ID now has {found.euis}, so the thing belongs to another device. Delete the "
        "thing: the device stays, and gets its own thing when it next sends.",
        thing_name=thing_name,
    )


def _named(ids: DeviceIds) -> str:
    return f"{ids.device_id} with {ids.euis}"


def _shown(eui: str | None) -> str:
    """Show only an EUI. Any other text may be a key in the wrong place."""
    if not eui:
        return "(none)"
    return eui if is_eui(eui) else "(malformed)"
