"""What became of an event that did its job."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from workflows.domain.attributes import VALUES
from workflows.domain.facts import (
    Change,
    DeviceAdopted,
    DeviceClaimed,
    DeviceCreated,
    DeviceMirrored,
    DeviceReleased,
    DeviceRemoved,
    DeviceUpdated,
    EventSkipped,
    Fact,
    Method,
    RegisteredDevice,
    ReleaseReason,
)
from workflows.domain.planning import PlannedDevice
from workflows.errors import UnknownFactError

OutcomeKind = Literal["created", "claimed", "adopted", "mirrored", "updated", "removed", "released", "skipped"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """``reason`` says to the user what they may not expect. ``device`` is as registered; None if there is none now."""

    kind: OutcomeKind
    reason: str
    device_id: str | None = None
    device: RegisteredDevice | None = None
    release_reason: ReleaseReason | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The device after its registration: ``device_id`` is its own where it was adopted under another.

    ``differences`` as ``RegisteredDevice`` has them.
    """

    method: Method
    device_id: str
    run: str = ""
    differences: tuple[str, ...] = ()


def registered(found: Found, device: PlannedDevice, fingerprints: Mapping[str, str]) -> Outcome:
    reason = (
        "the device was there before; it is linked, and nothing of it was overwritten"
        if found.method == "adopted"
        else _filled_by_stack(device)
    )
    if found.differences:
        reason += f". What the thing says and the device does not have: {'; '.join(found.differences)}"
    return Outcome(found.method, reason, found.device_id, _snapshot(found, device, fingerprints))


def _snapshot(found: Found, device: PlannedDevice, fingerprints: Mapping[str, str]) -> RegisteredDevice:
    """Of an adopted device only what its thing gives counts: the stack's defaults were not written to it."""
    return RegisteredDevice(
        method=found.method,
        device_id=found.device_id,
        named=device.device_id,
        dev_eui=device.dev_eui,
        join_eui=device.join_eui,
        run=found.run,
        values=device.said if found.method == "adopted" else device.values,
        fingerprints=fingerprints,
        differences=found.differences,
    )


def _filled_by_stack(device: PlannedDevice) -> str:
    values = device.values.given()
    filled = [f"{row.name} {row.shown(values[row.name])}" for row in VALUES if row.name in device.from_stack]
    return f"by the stack's defaults: {', '.join(filled)}" if filled else "all values are the thing's own"


def fact_of(outcome: Outcome, change: Change) -> Fact:
    """Return what the journal keeps of ``outcome``."""
    if outcome.kind == "skipped":
        return EventSkipped(change, outcome.reason)
    if outcome.kind == "removed" and outcome.device_id is not None:
        return DeviceRemoved(change, outcome.device_id)
    if outcome.kind == "released" and outcome.device_id is not None and outcome.release_reason is not None:
        return DeviceReleased(change, outcome.device_id, outcome.release_reason)
    if outcome.kind in _REGISTERED and outcome.device is not None:
        return _REGISTERED[outcome.kind](change, outcome.device)
    raise UnknownFactError(f"An outcome of kind {outcome.kind} lacks what its fact needs.")


_REGISTERED: dict[str, Callable[[Change, RegisteredDevice], Fact]] = {
    "created": DeviceCreated,
    "claimed": DeviceClaimed,
    "adopted": DeviceAdopted,
    "mirrored": DeviceMirrored,
    "updated": DeviceUpdated,
}
