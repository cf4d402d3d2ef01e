"""The outcome of a run that succeeded, and the fact that the journal stores for it."""

from collections.abc import Callable, Container, Mapping
from dataclasses import field
from typing import Literal

from workflows.domain.attributes import VALUES, DeviceValues
from workflows.domain.decision import Decision
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
from workflows.values import value

UNMODELLED = "the deployment has no Device Repository, so the model gave nothing"

OutcomeKind = Literal["created", "claimed", "adopted", "mirrored", "updated", "removed", "released", "skipped"]


@value
class Outcome:
    """``reason`` explains the outcome to the user. ``device`` is as registered; None if there is none now.

    ``absent_from`` is explained at ``DeviceRemoved``.
    """

    kind: OutcomeKind
    reason: str
    device_id: str | None = None
    device: RegisteredDevice | None = None
    release_reason: ReleaseReason | None = None
    absent_from: str = ""


# The decisions after which nothing is left to do -> the outcomes that they are.
ENDS: Mapping[str, OutcomeKind] = {"release": "released", "mirror": "mirrored", "skip": "skipped"}


def ended_by(decision: Decision) -> Outcome:
    """Return the outcome of a decision that left nothing to do."""
    return Outcome(ENDS[decision.kind], decision.reason, decision.device_id, decision.known, decision.release_reason)


@value
class RegistrationResult:
    """How a device was registered. ``device_id`` may differ from the planned one if the device was there before.

    ``run``, ``differences`` and ``made_at`` are explained at ``RegisteredDevice``.
    """

    method: Method
    device_id: str
    run: str = ""
    differences: tuple[str, ...] = ()
    made_at: str = field(default="", compare=False)


def outcome_of(result: RegistrationResult, planned: PlannedDevice, fingerprints: Mapping[str, str]) -> Outcome:
    """Return the outcome of a registration, with the device as the journal will store it."""
    reason = (
        "the device was there before; it is linked, and nothing of it was overwritten"
        if result.method == "adopted"
        else _filled(planned)
    )
    if result.differences:
        reason += f". What the thing says and the device does not have: {'; '.join(result.differences)}"
    return Outcome(result.method, reason, result.device_id, _registered(result, planned, fingerprints))


def _registered(
    result: RegistrationResult, planned: PlannedDevice, fingerprints: Mapping[str, str]
) -> RegisteredDevice:
    """An adopted device has only the values that its thing gives: the stack's defaults were not written to it."""
    return RegisteredDevice(
        method=result.method,
        device_id=result.device_id,
        named=planned.device_id,
        dev_eui=planned.dev_eui,
        join_eui=planned.join_eui,
        run=result.run,
        values=planned.said if result.method == "adopted" else planned.values,
        fingerprints=fingerprints,
        differences=result.differences,
        from_model=() if result.method == "adopted" else planned.from_model,
        made_at=result.made_at,
    )


def _filled(device: PlannedDevice) -> str:
    """Say where the values are from that the thing does not give."""
    sources = (("by the model", device.from_model), ("by the stack's defaults", device.from_stack))
    filled = [f"{source}: {listed}" for source, names in sources if (listed := shown(device.values, names))]
    return "; ".join([*([UNMODELLED] if device.is_unmodelled else []), *(filled or ["all values are the thing's own"])])


def is_absent(device_id: str, application_id: str) -> str:
    return (
        f"application {application_id} had no device {device_id} any more. If you moved it, or the stack's "
        "ApplicationId or cluster has changed, it may be elsewhere: delete it there"
    )


def shown(values: DeviceValues, names: Container[str]) -> str:
    """Return the values ``names`` as a list for people."""
    given = values.given()
    return ", ".join(f"{row.name} {row.shown(given[row.name])}" for row in VALUES if row.name in names)


def fact_of(outcome: Outcome, change: Change) -> Fact:
    """Return the fact that the journal stores for ``outcome``."""
    if outcome.kind == "skipped":
        return EventSkipped(change, outcome.reason)
    if outcome.kind == "removed" and outcome.device_id is not None:
        return DeviceRemoved(change, outcome.device_id, outcome.absent_from)
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
