"""What became of an event that did its job."""

from dataclasses import dataclass
from typing import Literal

from workflows.domain.decision import PlannedDevice
from workflows.domain.lorawan import spelling_of

Method = Literal["created", "claimed", "adopted"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """``reason`` tells the user what they may not expect; ``device_id`` is None for a skipped event."""

    kind: Method | Literal["skipped"]
    reason: str
    device_id: str | None = None


def registered(kind: Method, device_id: str, device: PlannedDevice) -> Outcome:
    if kind == "adopted":
        return Outcome(kind, "the device was there before; it is linked, and nothing of it was overwritten", device_id)
    return Outcome(kind, _filled_by_stack(device), device_id)


def _filled_by_stack(device: PlannedDevice) -> str:
    filled = {
        "frequencyPlanID": f"frequency plan {device.frequency_plan_id}",
        "lorawanVersion": f"LoRaWAN {spelling_of(device.lorawan_version)}",
        "regionalParametersVersion": f"regional parameters {spelling_of(device.lorawan_phy_version)}",
    }
    defaults = [text for attribute, text in filled.items() if attribute in device.from_stack]
    return f"by the stack's defaults: {', '.join(defaults)}" if defaults else "all values are the thing's own"
