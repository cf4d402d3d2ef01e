"""The part of an owner item that says which device its thing has registered. It needs no schema, so it loads fast."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workflows.domain.device import DeviceIds

if TYPE_CHECKING:
    from workflows.schemas.codec import Plain

REGISTERED = "registered"


def owner_key(device_id: str) -> dict[str, str]:
    return {"pk": f"DEVICE#{device_id}", "sk": "OWNER"}


def registered_part(ids: DeviceIds | None) -> "dict[str, Plain]":
    """Return what to add to an owner item: nothing as long as its thing has not registered the device."""
    return {REGISTERED: {"dev_eui": ids.dev_eui, "join_eui": ids.join_eui}} if ids else {}


def registered_in(item: Mapping[str, Any], device_id: str) -> DeviceIds | None:
    """Return the registered device of an owner item; None if its thing has not registered it."""
    part = item.get(REGISTERED)
    return DeviceIds(device_id, part["dev_eui"], part["join_eui"]) if part else None
