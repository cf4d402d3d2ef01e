"""What became of an event that did its job."""

from dataclasses import dataclass
from typing import Literal

from workflows.domain.facts import Method, RegisteredDevice, ReleaseReason
from workflows.domain.lorawan import spelling_of
from workflows.domain.planning import PlannedDevice

OutcomeKind = Literal["created", "claimed", "adopted", "updated", "removed", "released", "skipped"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """``reason`` tells the user what they may not expect. ``device`` is as registered; None if there is none now."""

    kind: OutcomeKind
    reason: str
    device_id: str | None = None
    device: RegisteredDevice | None = None
    release_reason: ReleaseReason | None = None


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """Of the root keys that the thing gave; None where it gave none."""

    app_key: str | None = None
    nwk_key: str | None = None


def registered(kind: Method, device_id: str, device: PlannedDevice, fingerprints: Fingerprints) -> Outcome:
    """``device_id`` is another than the planned one if the device was adopted under its own."""
    reason = (
        "the device was there before; it is linked, and nothing of it was overwritten"
        if kind == "adopted"
        else _filled_by_stack(device)
    )
    snapshot = _snapshot(kind, device_id, device, fingerprints)
    return Outcome("adopted" if kind == "mirrored" else kind, reason, device_id, snapshot)


def _snapshot(kind: Method, device_id: str, device: PlannedDevice, fingerprints: Fingerprints) -> RegisteredDevice:
    """Of an adopted device only what its thing gives counts: the stack's defaults were not written to it."""

    def told(attribute: str, value: str) -> str | None:
        return None if kind == "adopted" and attribute in device.from_stack else value

    return RegisteredDevice(
        method=kind,
        device_id=device_id,
        named=device.device_id,
        dev_eui=device.dev_eui,
        join_eui=device.join_eui,
        name=device.name,
        description=device.description,
        frequency_plan_id=told("frequencyPlanID", device.frequency_plan_id),
        lorawan_version=told("lorawanVersion", device.lorawan_version),
        lorawan_phy_version=told("regionalParametersVersion", device.lorawan_phy_version),
        app_key_fingerprint=fingerprints.app_key,
        nwk_key_fingerprint=fingerprints.nwk_key,
    )


def _filled_by_stack(device: PlannedDevice) -> str:
    filled = {
        "frequencyPlanID": f"frequency plan {device.frequency_plan_id}",
        "lorawanVersion": f"LoRaWAN {spelling_of(device.lorawan_version)}",
        "regionalParametersVersion": f"regional parameters {spelling_of(device.lorawan_phy_version)}",
    }
    defaults = [text for attribute, text in filled.items() if attribute in device.from_stack]
    return f"by the stack's defaults: {', '.join(defaults)}" if defaults else "all values are the thing's own"
