"""The Identity Server's record comes first: it says whose the device is, and every way back needs it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from workflows.domain.attributes import names_written
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
from workflows.steps.ownership import DeviceOwnership
from workflows.steps.removal import remove_everywhere

# What may stand in the way and be removed: a device under the same ID, and one of the same EUIs under another.
_IN_THE_WAY_AT_MOST = 2

# Each device that stands there may have to be taken from another thing. The functions' timeouts rest on it.
TAKES_AT_MOST = _IN_THE_WAY_AT_MOST + 1


@dataclass(frozen=True, slots=True)
class RecordMatch:
    """``record`` as it stands.

    new: made by this run; ours: of an earlier run for this thing; taken: of a thing that is gone, its record now
    this run's; kept: of a thing that is gone, its record not yet this run's; adopted: somebody else's, there before.
    """

    kind: Literal["created", "owned", "reclaimed", "retained", "adopted"]
    record: IdentityRecord


@dataclass(frozen=True, slots=True)
class Identity:
    """``wanted`` bears ``mark``; ``take`` is ``Ownership``'s: it frees the ID of a thing that is gone, or raises.

    ``registered`` is the device ID that the journal has as registered, empty for none: nothing there is removed.
    ``rewrites_retained``: a device that was retained when its thing went is written again, not just linked.
    """

    registry: DeviceRegistry
    wanted: IdentityRecord
    mark: Mark
    take: Callable[[DeviceIds, str | None], DeviceOwnership]
    registered: str = ""
    rewrites_retained: bool = False

    def ensure(self) -> RecordMatch:
        """Create the record, or find the one that stands for the same device.

        Raises:
            DeviceConflictError: the device ID or the EUIs are another device's.
        """
        for _ in range(TAKES_AT_MOST):
            try:
                self.registry.create_identity(self.wanted)
            except DeviceIdTakenAnswer:
                match = self._find_match(self.wanted.ids.device_id)
            except EuisTakenAnswer as taken:
                match = self._find_match(self._id_in_this_application(taken))
            else:
                return RecordMatch("created", self.wanted)
            if match is not None:
                return match
        raise changed_meanwhile(self.wanted.ids.device_id)

    def write_over(self, record: IdentityRecord) -> None:
        """Give ``record`` the wanted values and mark, so that an undo of this run may remove it.

        Raises:
            DeviceConflictError: the record has no room for the mark.
            RegistryUnavailableError: the record went away in this moment; running again makes it anew.
        """
        self._check_room(record)
        values, attributes = self.wanted.values, {**record.attributes, **self.mark.attributes()}
        try:
            self.registry.update_identity(record.ids.device_id, values, names_written(values), attributes)
        except DeviceNotFoundAnswer as gone:
            raise changed_meanwhile(record.ids.device_id) from gone

    def _find_match(self, device_id: str) -> RecordMatch | None:
        """Return how the device that is in the way stands; None if it is gone or was removed, so that we try again."""
        record = self.registry.identity(device_id)
        if record is None:
            return None
        found = mark_in(record.attributes)
        if found and found.is_of_another_stacks_thing(self.mark):
            raise _held_by_another_stack(record, found)
        marked = found.thing_id if found and found.is_of_same_stack(self.mark) else None
        match self.take(record.ids, marked):
            case "another's":
                return self._adopted(record)
            case "retained":
                return self._retained(record)
            case remains if self._fits(record):
                return RecordMatch("owned", record) if remains == "ours" else self._reclaimed(record)
        return self._remove(record)

    def _fits(self, record: IdentityRecord) -> bool:
        return (record.ids, record.claimed) == (self.wanted.ids, self.wanted.claimed)

    def _remove(self, record: IdentityRecord) -> RecordMatch | None:
        """Clear a device of this stack away: half-made for this thing under other terms, or of a thing that is gone.

        Under the ID of the thing's registered device that would be the device itself, or one that somebody put there.
        """
        if record.ids.device_id == self.registered:
            raise _registered_otherwise(record, self.wanted)
        remove_everywhere(self.registry, record.ids.device_id, record)
        return None

    def _reclaimed(self, record: IdentityRecord) -> RecordMatch:
        self.write_over(record)
        return RecordMatch("reclaimed", record)

    def _retained(self, record: IdentityRecord) -> RecordMatch:
        """Find a device that was kept when its thing went, under its own ID; it is not ours to remove.

        So its record does not bear this run's mark until nothing can be refused any more: an undo would remove it.
        """
        if (_euis(record.ids), record.claimed) != (_euis(self.wanted.ids), self.wanted.claimed):
            raise DeviceConflictError(
                f"Device {record.ids.device_id} with DevEUI {record.ids.dev_eui} and JoinEUI {record.ids.join_eui}, "
                f"which was {'claimed' if record.claimed else 'created'}, was kept in The Things Stack when its thing "
                "went. Delete it there, or give the thing another deviceID."
            )
        if not self.rewrites_retained:
            return RecordMatch("adopted", record)
        self._check_room(record)
        return RecordMatch("retained", record)

    def _check_room(self, record: IdentityRecord) -> None:
        if reason := self.mark.why_no_room(record.attributes):
            raise DeviceConflictError(f"Device {record.ids.device_id} {reason}")

    def _adopted(self, record: IdentityRecord) -> RecordMatch:
        if _euis(record.ids) != _euis(self.wanted.ids):
            raise DeviceConflictError(
                f"Device ID {record.ids.device_id} is taken by the device with DevEUI {record.ids.dev_eui} and JoinEUI "
                f"{record.ids.join_eui}. Give the thing another deviceID, or remove that device."
            )
        return RecordMatch("adopted", record)

    def _id_in_this_application(self, taken: EuisTakenAnswer) -> str:
        if taken.device_id is None or taken.application_id != self.registry.application_id:
            holder = taken.application_id or "which The Things Stack does not name"
            raise DeviceConflictError(
                f"DevEUI {self.wanted.ids.dev_eui} with JoinEUI {self.wanted.ids.join_eui} is registered in another "
                f"application ({holder}). Remove the device there, or delete this thing."
            ) from taken
        return taken.device_id


def _held_by_another_stack(record: IdentityRecord, mark: Mark) -> DeviceConflictError:
    marks = ", ".join(mark.attributes())
    return DeviceConflictError(
        f"Device {record.ids.device_id} belongs to a thing of the stack {mark.stack_name}. Delete that thing, or give "
        f"it this stack's stackName. If that stack is gone for good, take the attributes {marks} off the device in The "
        "Things Stack, then update this thing in any way."
    )


def _registered_otherwise(record: IdentityRecord, wanted: IdentityRecord) -> DeviceConflictError:
    def described(each: IdentityRecord) -> str:
        joins = "an external Join Server" if each.claimed else "the cluster's Join Server"
        return f"DevEUI {each.ids.dev_eui}, JoinEUI {each.ids.join_eui} and {joins}"

    return DeviceConflictError(
        f"Device {record.ids.device_id} was registered with {described(wanted)}, and has {described(record)} in The "
        "Things Stack now. Nothing of it was changed. Correct it there, or delete it there and update this thing."
    )


def _euis(ids: DeviceIds) -> tuple[str, str]:
    return ids.dev_eui, ids.join_eui


def changed_meanwhile(device_id: str) -> RegistryUnavailableError:
    return RegistryUnavailableError(f"Device {device_id} changed while it was being registered; trying again.")
