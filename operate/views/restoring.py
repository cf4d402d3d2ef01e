"""Making deleted things again: what the journal has of each, and where its device is. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from typing import Literal

from operate.views.values import attribute_texts
from workflows.domain.attributes import SESSION_KEYS, VALUES
from workflows.domain.correction import Correction, argument
from workflows.domain.facts import RegisteredDevice
from workflows.domain.fold import ThingState
from workflows.errors import DeletionHeldError
from workflows.ports.journal import Owner, Recorded, Snapshot
from workflows.values import value

# there: The Things Stack still has the device. gone: it was removed, so the thing needs its keys again.
Whereabouts = Literal["there", "gone"]
_NO_JOIN_EUI = "0" * 16


@value
class DeletedThing:
    """A thing to make again. ``thing_id`` was the deleted thing's; ``device`` is the last that it had."""

    thing_name: str
    thing_id: str
    device: RegisteredDevice
    whereabouts: Whereabouts
    attributes: Mapping[str, str] = field(repr=False)

    @property
    def missing_keys(self) -> tuple[str, ...]:
        """Name what its user has to give if the device is gone."""
        if self.device.method == "claimed":
            return ("claimAuthenticationCode",)
        known = self.device.fingerprints
        if self.device.is_abp:
            return tuple(name for name in SESSION_KEYS if name in known) or ("appSKey", "nwkSKey")
        versions = () if self.device.values.lorawan_version else ("lorawanVersion", "regionalParametersVersion")
        return ("appKey", *(("nwkKey",) if "nwkKey" in known else ()), *versions)

    @property
    def command(self) -> str:
        """Return the command that gives the thing its keys."""
        return Correction(self.thing_name, dict.fromkeys(self.missing_keys, "…")).command


@value
class NotRestored:
    """A thing that is not made again, and why."""

    thing_name: str
    reason: str


def is_held(state: ThingState) -> bool:
    """Return whether the thing's deletion waits because of DeletionsPerHour."""
    settled = state.settled
    return settled is not None and (settled.operation, settled.error_name) == ("DELETED", DeletionHeldError.__name__)


def plan_restore(
    thing_name: str,
    snapshots: Sequence[Snapshot],
    *,
    stack_name: str,
    latest_first: Callable[[str], Iterable[Recorded]],
    owner: Callable[[str], Owner | None],
) -> DeletedThing | NotRestored:
    """Plan to make the latest thing of the name again that had a device. No thing has the name now.

    ``latest_first`` reads a thing's facts, for snapshots that an older Thingsync wrote; ``owner`` that of a device ID.
    """
    for snapshot in sorted(snapshots, key=lambda each: each.at, reverse=True):
        device = snapshot.state.device or snapshot.state.former or _last_device(latest_first(snapshot.thing_id))
        if device is not None:
            return _planned(snapshot, device, owner(device.device_id), stack_name)
    return NotRestored(
        thing_name, "no thing of this name ever had a device, so the journal does not know its attributes"
    )


def _last_device(latest_first: Iterable[Recorded]) -> RegisteredDevice | None:
    return next((device for each in latest_first if (device := getattr(each.fact, "device", None))), None)


def _planned(
    snapshot: Snapshot, device: RegisteredDevice, owner: Owner | None, stack_name: str
) -> DeletedThing | NotRestored:
    if owner is not None and owner.thing_id != snapshot.thing_id:
        return NotRestored(snapshot.thing_name, f"device {device.device_id} belongs to thing {owner.thing_name} now")
    stays = snapshot.state.device is not None or device.device_id in snapshot.state.retained
    attributes = attributes_of(device, stack_name)
    return DeletedThing(snapshot.thing_name, snapshot.thing_id, device, "there" if stays else "gone", attributes)


def attributes_of(device: RegisteredDevice, stack_name: str) -> dict[str, str]:
    """Return the attributes of a thing for the device, as people write them; the journal has no keys."""
    usual = f"eui-{device.dev_eui.lower()}"
    said = device.values.only([row.name for row in VALUES if row.name not in device.from_model])
    return {
        "stackName": stack_name,
        "devEUI": device.dev_eui,
        **({} if device.is_abp and not device.join_eui else {"joinEUI": device.join_eui or _NO_JOIN_EUI}),
        **({"deviceID": device.device_id} if device.device_id != usual else {}),
        **attribute_texts(said),
    }


@value
class RestoreResult:
    """The outcome of the new thing; ``thing_id`` is empty if there is none."""

    planned: DeletedThing
    outcome: str
    reason: str = ""
    device_id: str = ""
    thing_id: str = ""

    @property
    def is_good(self) -> bool:
        return self.outcome in ("registered", "adopted")

    @property
    def needs_keys(self) -> bool:
        return self.outcome == "rejected" and self.reason.startswith("InvalidThingError")

    @property
    def what_to_do(self) -> str | None:
        if self.is_good:
            return None
        return self.planned.command if self.needs_keys else f"thingsync status {argument(self.planned.thing_name)}"


def restore_json(results: Iterable[RestoreResult], others: Iterable[NotRestored], *, settled: int) -> dict[str, object]:
    return {
        "things": [_result_json(each) for each in results],
        "notRestored": [{"thingName": each.thing_name, "reason": each.reason} for each in others],
        "deletionsSettled": settled,
    }


def _result_json(result: RestoreResult) -> dict[str, object]:
    return {
        "thingName": result.planned.thing_name,
        "thingId": result.thing_id or None,
        "formerThingId": result.planned.thing_id,
        "deviceId": result.device_id,
        "deviceWas": result.planned.whereabouts,
        "outcome": result.outcome,
        "reason": result.reason or None,
        "whatToDo": result.what_to_do,
    }
