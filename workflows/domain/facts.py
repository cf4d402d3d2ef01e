"""Facts: what happened to a thing, in the past tense. None is ever changed or deleted, and none holds a secret."""

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from workflows.domain.attributes import NO_VALUES, DeviceValues
from workflows.domain.device import DeviceIds
from workflows.domain.event import Operation
from workflows.values import value

Method = Literal["created", "claimed", "adopted", "mirrored"]
# another's: the device under this ID is no longer the thing's.
ReleaseReason = Literal["adopted", "retained", "other stack", "taken over", "another's"]


@value
class Change:
    """The registry's change that a fact is about, and the run (execution name) that worked on it."""

    operation: Operation
    version_number: int
    run: str


# For links that are found before any event of the thing is settled: every event is later. No run found them.
BEFORE_ALL_EVENTS = Change("CREATED", 0, "mirror")


@value
class RegisteredDevice:
    """A thing's device with the ``values`` that its thing gave when it was last settled.

    ``named`` is the ID that the thing asked for; it differs from ``device_id`` if the device was adopted.
    ``run`` is the run in the device's mark; empty for a device without one.
    ``fingerprints`` show whether a key changed without holding it: attribute name -> fingerprint of the key.
    ``from_model`` names the values that the template of the thing's model gave.
    ``made_at`` is when the Identity Server made the record, as it says; empty where nobody noted it.
    ``differences``: where the thing differs from the device; each text begins with the attribute's name. Only a device
    that was there before its thing can have any.
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
    from_model: tuple[str, ...] = ()
    made_at: str = field(default="", compare=False)

    @property
    def ids(self) -> DeviceIds:
        return DeviceIds(self.device_id, self.dev_eui, self.join_eui)

    @property
    def is_abp(self) -> bool:
        """Return whether the device is activated by personalization, as far as the thing says so: it never joins."""
        return self.values.dev_addr is not None

    @property
    def is_things_own(self) -> bool:
        """Return whether Thingsync made the device for its thing; else it was there before, and is its owner's."""
        return self.method in ("created", "claimed")


@value
class EventAccepted:
    """``fields`` is what an update sets out to write; of a registration, only its labels and its place.

    ``dev_eui`` here and below is the one that the thing gives, in upper case; empty if it gives none.
    """

    change: Change
    thing_name: str
    device_id: str
    fields: tuple[str, ...] = ()
    dev_eui: str = ""


@value
class DeviceFound:
    """The run found the thing's device under another ID than it had planned. It has written nothing there yet."""

    change: Change
    device_id: str


@value
class DeviceCreated:
    change: Change
    device: RegisteredDevice


@value
class DeviceClaimed:
    change: Change
    device: RegisteredDevice


@value
class DeviceAdopted:
    """The device was there before its thing, and stays when the thing is deleted.

    The thing's run writes it, or MirrorDevice: when a device sends whose thing the journal does not know.
    """

    change: Change
    device: RegisteredDevice


@value
class DeviceMirrored:
    """The device was registered in The Things Stack, and Thingsync made the thing."""

    change: Change
    device: RegisteredDevice


@value
class DeviceUpdated:
    change: Change
    device: RegisteredDevice


@value
class DeviceRemoved:
    """``absent_from``: the application that had no such device when its turn came; empty if the device was there."""

    change: Change
    device_id: str
    absent_from: str = ""


@value
class DeviceReleased:
    """The device stays in The Things Stack, but no longer belongs to this thing."""

    change: Change
    device_id: str
    reason: ReleaseReason


@value
class EventSkipped:
    change: Change
    reason: str


# The fact and the snapshot hold the text, and DynamoDB charges by the kilobyte.
LONGEST_MESSAGE = 2000


def bounded(message: str) -> str:
    """Cut an error's text to what the journal holds of it."""
    return message if len(message) <= LONGEST_MESSAGE else f"{message[: LONGEST_MESSAGE - 1]}…"


@value
class EventRejected:
    """``undone``: nothing of what the run made is left in The Things Stack.

    ``message`` here and below is the error's text, ``bounded``; empty for an error that is not one of Thingsync's: its
    text could contain anything, even a key.
    """

    change: Change
    error_name: str
    undone: bool = False
    message: str = ""
    dev_eui: str = ""


@value
class EventFailed:
    """``found_by``: another run, which found that this one ended without a report. Empty if it reported its failure."""

    change: Change
    error_name: str
    found_by: str = ""
    message: str = ""
    dev_eui: str = ""


Fact = (
    EventAccepted
    | DeviceFound
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
# Facts that are no outcome of their change.
Underway = EventAccepted | DeviceFound
Registered = DeviceCreated | DeviceClaimed | DeviceAdopted | DeviceMirrored | DeviceUpdated
