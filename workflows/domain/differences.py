"""Differences: what a thing says and its adopted device does not have."""

from collections.abc import Mapping

from workflows.domain.attribute import AnyServer
from workflows.domain.attributes import VALUES, DeviceValues, differing, is_among
from workflows.domain.device import IdentityRecord, NetworkRecord
from workflows.domain.planning import PlannedDevice

# Keys are never read from The Things Stack: the right to read them is not asked of any API key.
_UNREAD = "whether the device has this key is not known, since Thingsync reads no keys"
_CLAIMED = "is not used; the device was claimed, so its keys are at its maker's Join Server"
_HAS_KEYS = "is not used; the device was registered with keys of its own"
_ACTIVATED_BY_HAND = "is not used; the device is activated by personalization (ABP), so that it never joins"
_JOINS = "is not used; the device joins (OTAA), which makes its session"
_COUNTED = "is not used; the device was there before and counts on"


def of_adopted(
    device: PlannedDevice, record: IdentityRecord, network: NetworkRecord | None, *, is_theirs: bool
) -> dict[str, str]:
    """Return attribute name -> text for a device that was there; None for ``network`` that was not.

    ``is_theirs``: it was settled how the device is activated before its thing came.
    """
    found = of_values(device.said, record.values, "is")
    if network is not None:
        found |= of_values(device.said, network.values, "ns")
    return found | (_of_activation(device, record, network) if is_theirs else {})


def of_values(said: DeviceValues, there: DeviceValues, server: AnyServer) -> dict[str, str]:
    """Return attribute name -> text for each value that ``server`` has otherwise than the thing says."""
    return {name: f"the device has {has}" for name, (has, _) in differing(said, there, server).items()}


def texts(differences: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{attribute}: {text}" for attribute, text in differences.items())


def without(differences: tuple[str, ...], attributes: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out the texts about ``attributes``."""
    return tuple(text for text in differences if not is_among(attribute_in(text), attributes))


def attribute_in(text: str) -> str:
    """Return the attribute that a difference is about."""
    return text.partition(": ")[0]


def _of_activation(device: PlannedDevice, record: IdentityRecord, network: NetworkRecord | None) -> dict[str, str]:
    joins = network is None or network.joins
    keys = device.keys.given()
    if device.is_abp:
        counted = dict.fromkeys(
            [row.name for row in VALUES if row.is_once and row.name in device.said.given()], _COUNTED
        )
        address = {"devAddr": _JOINS} if joins else {}
        return {**address, **dict.fromkeys(keys, _JOINS if joins else _UNREAD), **counted}
    if device.authentication_code is not None:
        text = _ACTIVATED_BY_HAND if not joins else None if record.without_join_server else _HAS_KEYS
        return {"claimAuthenticationCode": text} if text else {}
    text = _CLAIMED if record.without_join_server else _UNREAD
    return dict.fromkeys(keys, text if joins else _ACTIVATED_BY_HAND)
