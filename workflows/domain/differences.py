"""Differences: what a thing says and its adopted device does not have."""

from collections.abc import Mapping

from workflows.domain.attribute import AnyServer
from workflows.domain.attributes import DeviceValues, differing
from workflows.domain.device import IdentityRecord, NetworkRecord
from workflows.domain.planning import PlannedDevice

# Keys are never read from The Things Stack: the right to read them is not asked of any API key.
_UNREAD = "whether the device has this key is not known, since Thingsync reads no keys"
_CLAIMED = "is not used; the device was claimed, so its keys are at its maker's Join Server"
_HAS_KEYS = "is not used; the device was registered with keys of its own"
_ACTIVATED_BY_HAND = "is not used; the device is activated by personalization (ABP), so that it never joins"


def of_adopted(
    device: PlannedDevice, record: IdentityRecord, network: NetworkRecord | None, *, join_is_theirs: bool
) -> dict[str, str]:
    """Return attribute name -> text for a device that was there; None for ``network`` that was not.

    ``join_is_theirs``: how the device joins was settled before its thing came.
    """
    found = of_values(device.said, record.values, "is")
    if network is not None:
        found |= of_values(device.said, network.values, "ns")
    return found | (_of_join(device, record, network) if join_is_theirs else {})


def of_values(said: DeviceValues, there: DeviceValues, server: AnyServer) -> dict[str, str]:
    """Return attribute name -> text for each value that ``server`` has otherwise than the thing says."""
    return {name: f"the device has {has}" for name, (has, _) in differing(said, there, server).items()}


def texts(differences: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{attribute}: {text}" for attribute, text in differences.items())


def without(differences: tuple[str, ...], attributes: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out the texts about ``attributes``."""
    return tuple(text for text in differences if text.partition(":")[0] not in attributes)


def _of_join(device: PlannedDevice, record: IdentityRecord, network: NetworkRecord | None) -> dict[str, str]:
    if device.authentication_code is not None:
        return {} if record.without_join_server else {"claimAuthenticationCode": _HAS_KEYS}
    text = _CLAIMED if record.without_join_server else _UNREAD
    if network is not None and not network.joins:
        text = _ACTIVATED_BY_HAND
    return dict.fromkeys(device.keys.given(), text)
