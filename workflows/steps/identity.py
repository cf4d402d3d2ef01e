"""The Identity Server's record comes first: it says whose the device is, and every way back needs it."""

from dataclasses import dataclass
from typing import Literal

from workflows.domain.device import DeviceIds, IdentityRecord
from workflows.domain.mark import Mark, mark_in
from workflows.errors import (
    DeviceConflictError,
    DeviceIdTakenAnswer,
    DeviceNotFoundAnswer,
    EuisTakenAnswer,
    RegistryUnavailableError,
)
from workflows.ports import DeviceRegistry


@dataclass(frozen=True, slots=True)
class Standing:
    """``record`` as it stands: new by this run, ours of an earlier run, or one that was there before (adopted)."""

    kind: Literal["new", "ours", "adopted"]
    record: IdentityRecord

    @property
    def device_id(self) -> str:
        return self.record.ids.device_id


def ensure_identity(registry: DeviceRegistry, wanted: IdentityRecord, mark: Mark) -> Standing:
    """Create ``wanted``, or find the record that stands for the same device.

    Raises:
        DeviceConflictError: the device ID or the EUIs are another device's.
    """
    try:
        registry.create_identity(wanted)
    except DeviceIdTakenAnswer:
        return _standing(registry, wanted.ids.device_id, wanted.ids, mark)
    except EuisTakenAnswer as taken:
        return _standing(registry, _id_in_this_application(registry, wanted.ids, taken), wanted.ids, mark)
    return Standing("new", wanted)


def rewrite_mark(registry: DeviceRegistry, record: IdentityRecord, mark: Mark) -> None:
    """Put this run's name on a device that is not complete yet, so that an undo of this run may remove it.

    Raises:
        RegistryUnavailableError: the record went away in this moment; running again makes it anew.
    """
    try:
        registry.update_identity(record.ids.device_id, {"attributes": {**record.attributes, **mark.attributes()}})
    except DeviceNotFoundAnswer as gone:
        raise _changed_meanwhile(record.ids.device_id) from gone


def _id_in_this_application(registry: DeviceRegistry, ids: DeviceIds, taken: EuisTakenAnswer) -> str:
    if taken.device_id is None or taken.application_id != registry.application_id:
        holder = taken.application_id or "which The Things Stack does not name"
        raise DeviceConflictError(
            f"DevEUI {ids.dev_eui} with JoinEUI {ids.join_eui} is registered in another application ({holder}). "
            "Remove the device there, or delete this thing."
        ) from taken
    return taken.device_id


def _standing(registry: DeviceRegistry, device_id: str, wanted: DeviceIds, mark: Mark) -> Standing:
    record = registry.identity(device_id)
    if record is None:
        raise _changed_meanwhile(device_id)
    if (record.ids.dev_eui, record.ids.join_eui) != (wanted.dev_eui, wanted.join_eui):
        raise DeviceConflictError(
            f"Device ID {device_id} is taken by the device with DevEUI {record.ids.dev_eui} and JoinEUI "
            f"{record.ids.join_eui}. Give the thing another deviceID, or remove that device."
        )
    found = mark_in(record.attributes)
    if found is None or not found.is_of_same_stack(mark):
        return Standing("adopted", record)
    if not found.is_of_same_thing(mark):
        raise DeviceConflictError(
            f"Device {device_id} belongs to another thing of this stack (thing ID {found.thing_id}). "
            "Delete one of the two things, or correct its devEUI."
        )
    return Standing("ours", record)


def _changed_meanwhile(device_id: str) -> RegistryUnavailableError:
    return RegistryUnavailableError(f"Device {device_id} was deleted while it was being registered; trying again.")
