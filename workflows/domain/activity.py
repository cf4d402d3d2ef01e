"""The activity of a device: The Things Stack reports that it joined or sent."""

from typing import Literal

from workflows.domain.device import DeviceIds
from workflows.values import value

NO_DEV_EUI = "the device has no DevEUI (multicast, or activated by hand), so it cannot be a thing"

Receipt = Literal["queued", "known", "ignored", "unauthorized", "malformed", "too large"]
ActivityStatus = Literal["known", "mirrored", "linked", "restored", "underway", "stale", "ignored", "refused"]


@value
class Activity:
    """EUIs as 16 upper-case hex digits; None if the device has none. ``received_at`` as The Things Stack writes it."""

    application_id: str
    device_id: str
    dev_eui: str | None = None
    join_eui: str | None = None
    received_at: str | None = None

    @property
    def ids(self) -> DeviceIds:
        return DeviceIds(self.device_id, self.dev_eui or "", self.join_eui or "")


@value
class Received:
    """The result of a call of the webhook; ``reason`` is for the log and the caller."""

    receipt: Receipt
    reason: str


@value
class ActivityResult:
    """The result of a device's activity; ``reason`` is for the log, ``thing_name`` is None without a thing."""

    status: ActivityStatus
    reason: str
    thing_name: str | None = None


def why_ignored(activity: Activity, application_id: str) -> str | None:
    """Return why ``activity`` cannot concern a thing of this stack; None if it can."""
    if activity.application_id != application_id:
        return "the message is from another application"
    if activity.dev_eui is None:
        return NO_DEV_EUI
    return None
