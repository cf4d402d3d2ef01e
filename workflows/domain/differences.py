"""What a thing says of a device that was there before it, and the device does not have."""

from collections.abc import Mapping

from workflows.domain.device import IdentityRecord, RadioSettings
from workflows.domain.lorawan import spelling_of
from workflows.domain.planning import PlannedDevice

# Keys are never read from The Things Stack: the right to read them is not asked of any API key.
_UNREAD = "whether the device has this key is not known, since Thingsync reads no keys"
_CLAIMED = "is not used; the device was claimed, so its keys are at its maker's Join Server"
_HAS_KEYS = "is not used; the device was registered with keys of its own"
_ACTIVATED_BY_HAND = "is not used; the device is activated by personalization (ABP), so that it never joins"


def of_adopted(
    device: PlannedDevice, record: IdentityRecord, radio: RadioSettings | None, *, join_is_theirs: bool
) -> dict[str, str]:
    """Return attribute name -> text for a device that was there; None for ``radio`` that was not.

    ``join_is_theirs``: how the device joins was settled before its thing came.
    """
    found = _of_identity(device, record)
    if radio is not None:
        given = {name: value for name, value in _radio_said(device).items() if name not in device.from_stack}
        found |= of_radio(given, radio)
    return found | (_of_join(device, record, radio) if join_is_theirs else {})


def of_radio(said: Mapping[str, str | None], radio: RadioSettings) -> dict[str, str]:
    """Return attribute name -> text for what is said otherwise than the Network Server has it; None says nothing."""
    there = {
        "frequencyPlanID": radio.frequency_plan_id,
        "lorawanVersion": radio.lorawan_version,
        "regionalParametersVersion": radio.lorawan_phy_version,
    }
    return {
        name: f"the device has {spelling_of(there[name]) or 'none'}"
        for name, value in said.items()
        if value is not None and value != there[name]
    }


def texts(differences: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{attribute}: {text}" for attribute, text in differences.items())


def without(differences: tuple[str, ...], attributes: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out the texts about ``attributes``."""
    return tuple(text for text in differences if text.partition(":")[0] not in attributes)


def _of_identity(device: PlannedDevice, record: IdentityRecord) -> dict[str, str]:
    found = {}
    if device.name not in ("", record.name):
        found["name"] = f"the device has {record.name!r}" if record.name else "the device has none"
    if device.description not in ("", record.description):
        found["description"] = "the device has another" if record.description else "the device has none"
    return found


def _radio_said(device: PlannedDevice) -> dict[str, str]:
    return {
        "frequencyPlanID": device.frequency_plan_id,
        "lorawanVersion": device.lorawan_version,
        "regionalParametersVersion": device.lorawan_phy_version,
    }


def _of_join(device: PlannedDevice, record: IdentityRecord, radio: RadioSettings | None) -> dict[str, str]:
    if device.authentication_code is not None:
        return {} if record.claimed else {"claimAuthenticationCode": _HAS_KEYS}
    text = _CLAIMED if record.claimed else _UNREAD
    if radio is not None and not radio.joins:
        text = _ACTIVATED_BY_HAND
    return {name: text for name, key in (("appKey", device.app_key), ("nwkKey", device.nwk_key)) if key is not None}
