"""What happened to a thing, in the past tense: never changed, never deleted, no secret in any of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from workflows.domain.attributes import NO_VALUES, DeviceValues
from workflows.domain.device import DeviceIds
from workflows.domain.event import Operation

Method = Literal["created", "claimed", "adopted", "mirrored"]
# another's: the device under this ID is no longer the thing's.
ReleaseReason = Literal["adopted", "retained", "other stack", "taken over", "another's"]


@dataclass(frozen=True, slots=True)
class Change:
    """The registry's change that a fact is about, and the run (execution name) that worked on it."""

    operation: Operation
    version_number: int
    run: str


# What is found before any event of the thing is settled: every event is later. No run of the state machine found it.
BEFORE_ALL_EVENTS = Change("CREATED", 0, "mirror")


@dataclass(frozen=True, slots=True)
class RegisteredDevice:
    """A thing's device with the ``values`` that its thing gave when it was last settled.

    ``named`` is the ID that the thing asked for, another than ``device_id`` if the device was adopted under its own.
    ``run`` is the one whose mark the device bears; empty for one that bears none.
    ``fingerprints`` show whether a key changed without holding it: attribute name -> fingerprint of the key.
    ``differences``: what its thing says and the device does not have, a text each that begins with the attribute's
    name; only a device that was there before its thing can have any.
    """

    method: Method
    device_id: str
    named: str
    dev_eui: str
    join_eui: str
    run: str = ""
    values: DeviceValues = NO_VALUES
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    differences: tuple[str, ...] = ()

    @property
    def ids(self) -> DeviceIds:
        return DeviceIds(self.device_id, self.dev_eui, self.join_eui)

    @property
    def is_things_own(self) -> bool:
        """Return whether Thingsync made the device for its thing. One that was there before is its owner's."""
        return self.method in ("created", "claimed")


@dataclass(frozen=True, slots=True)
class EventAccepted:
    """``fields`` is what an update sets out to write; empty for a registration or a removal."""

    change: Change
    thing_name: str
    device_id: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeviceCreated:
    change: Change
    device: RegisteredDevice


@dataclass(frozen=True, slots=True)
class DeviceClaimed:
    change: Change
    device: RegisteredDevice


@dataclass(frozen=True, slots=True)
class DeviceAdopted:
    """The device was there before; a removal of the thing leaves it.

    Written by the run that registers the thing, or when a device sends that has a thing without a journal entry.
    """

    change: Change
    device: RegisteredDevice


@dataclass(frozen=True, slots=True)
class DeviceMirrored:
    """The device was registered in The Things Stack, and Thingsync made the thing."""

    change: Change
    device: RegisteredDevice


@dataclass(frozen=True, slots=True)
class DeviceUpdated:
    change: Change
    device: RegisteredDevice


@dataclass(frozen=True, slots=True)
class DeviceRemoved:
    change: Change
    device_id: str


@dataclass(frozen=True, slots=True)
class DeviceReleased:
    """The device stays in The Things Stack, and is this thing's no more."""

    change: Change
    device_id: str
    reason: ReleaseReason


@dataclass(frozen=True, slots=True)
class EventSkipped:
    change: Change
    reason: str


@dataclass(frozen=True, slots=True)
class EventRejected:
    """``undone``: nothing of what the run made is left in The Things Stack."""

    change: Change
    error_name: str
    undone: bool = False


@dataclass(frozen=True, slots=True)
class EventFailed:
    """``found_by`` is the run that found this one to have ended without a report; empty if it reported itself."""

    change: Change
    error_name: str
    found_by: str = ""


Fact = (
    EventAccepted
    | DeviceCreated
    | DeviceClaimed
    | DeviceAdopted
    | DeviceMirrored
    | DeviceUpdated
    | DeviceRemoved
    | DeviceReleased
    | EventSkipped
    | EventRejected
    | EventFailed
)
Registered = DeviceCreated | DeviceClaimed | DeviceAdopted | DeviceMirrored | DeviceUpdated
