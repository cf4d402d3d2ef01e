"""Which thing attributes stand behind a field that The Things Stack refuses."""

import re
from collections.abc import Iterator, Mapping

# What the Network Server keeps of a device beside what it is told.
_SERVER_STATE = re.compile(r"\b(mac_settings|mac_state|pending_mac_state|version_ids)\b")

_ATTRIBUTES: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(pattern), attributes)
    for pattern, attributes in (
        # What the Network Server keeps of a device's radio must fit a new plan and version.
        (r"\b(mac_settings|mac_state|pending_mac_state)\b", ("regionalParametersVersion", "frequencyPlanID")),
        (r"\bversion_ids\b", ("frequencyPlanID",)),
        (r"\bapp_key\b", ("appKey",)),
        (r"\bnwk_key\b", ("nwkKey",)),
        (r"\broot_keys\b", ("appKey", "nwkKey")),
        (r"\bauthentication_code\b", ("claimAuthenticationCode",)),
        (r"\bdevice_id$|\btarget_device_id$", ("deviceID",)),
        (r"\bdev_eui$", ("devEUI",)),
        (r"\bjoin_eui$", ("joinEUI",)),
        (r"\bids$", ("deviceID", "devEUI", "joinEUI")),
        (r"\bauthenticated_identifiers$", ("claimAuthenticationCode", "devEUI", "joinEUI")),
        (r"\blorawan_version$", ("lorawanVersion",)),
        (r"\blorawan_phy_version$", ("regionalParametersVersion",)),
        (r"\bfrequency_plan_id$", ("frequencyPlanID",)),
        (r"^(end_device\.)?name$", ("name",)),
        (r"^(end_device\.)?description$", ("description",)),
    )
)


def thing_attributes(path: str) -> tuple[str, ...]:
    """Return the attributes that could hold the refused value, the likeliest first; none if no thing names it."""
    return next((attributes for pattern, attributes in _ATTRIBUTES if pattern.search(path)), ())


def quoted_fields(message: object, words: str, path: str = "") -> tuple[str, ...]:
    """Return the fields of ``message`` whose value ``words`` quotes; none if it quotes more than one value."""
    quoted = {field: value for field, value in _texts(message, path) if value and f'"{value}"' in words}
    return tuple(quoted) if len(set(quoted.values())) == 1 else ()


def _texts(message: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(message, str):
        yield path, message
    for name, value in message.items() if isinstance(message, Mapping) else ():
        yield from _texts(value, f"{path}.{name}".lstrip("."))


def is_server_state(path: str) -> bool:
    """Tell whether what the server keeps of the device was refused, so that no other value of the thing helps."""
    return _SERVER_STATE.search(path) is not None
