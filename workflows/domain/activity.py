"""A sign of life of a device: it joined or sent, and The Things Stack told."""

from dataclasses import dataclass
from typing import Literal

Receipt = Literal["queued", "ignored", "unauthorized", "malformed", "too large"]
ActivityStatus = Literal["known", "mirrored", "linked", "restored", "underway", "stale", "ignored", "refused"]


@dataclass(frozen=True, slots=True)
class Activity:
    """EUIs as 16 upper-case hex digits; None where the device has none. ``received_at`` as The Things Stack writes."""

    application_id: str
    device_id: str
    dev_eui: str | None = None
    join_eui: str | None = None
    received_at: str | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a call of the webhook; ``reason`` is for the log and for who called."""

    receipt: Receipt
    reason: str


@dataclass(frozen=True, slots=True)
class ActivityResult:
    """What became of a device's activity; ``reason`` is for the log, ``thing_name`` is there if a thing is meant."""

    status: ActivityStatus
    reason: str
    thing_name: str | None = None


def why_ignored(activity: Activity, application_id: str) -> str | None:
    """Say why ``activity`` concerns no thing of ours; None if it may."""
    if activity.application_id != application_id:
        return "the message is of another application"
    if activity.dev_eui is None:
        return "the device has no DevEUI (multicast, or activated by hand), so it cannot be a thing"
    return None
