"""The rules that the fields of a device keep on every server, whether it stores them or not."""

from local.things_stack.mac_settings import MAC_SETTINGS_RULES
from local.things_stack.validation import (
    ID_PATTERN,
    Rules,
    address,
    at_most,
    at_most_bytes,
    both,
    defined,
    entries,
    identifier,
    location,
    matches,
    optional_identifier,
    required,
    within,
)

_SERVERS = ("network_server", "application_server", "join_server")
_STATES = ("mac_state", "pending_mac_state")
_SESSIONS = ("session", "pending_session")
_KEYS = (
    *(f"root_keys.{name}" for name in ("app_key", "nwk_key")),
    *(
        f"{session}.keys.{name}"
        for session in _SESSIONS
        for name in ("f_nwk_s_int_key", "nwk_s_enc_key", "s_nwk_s_int_key", "app_s_key")
    ),
)

END_DEVICE_RULES: Rules = {
    "ids.application_ids.application_id": identifier,
    "ids.device_id": identifier,
    "name": at_most(50),
    "description": at_most(2000),
    "attributes": entries(10, key=identifier, value=at_most(200)),
    **dict.fromkeys(("version_ids.brand_id", "version_ids.model_id"), optional_identifier),
    **{f"version_ids.{name}": at_most(32) for name in ("hardware_version", "firmware_version", "band_id")},
    "service_profile_id": at_most(64),
    **{f"{server}_address": address for server in _SERVERS},
    **dict.fromkeys(("network_server_kek_label", "application_server_kek_label"), at_most(2048)),
    "application_server_id": at_most(100),
    "locations": entries(key=identifier, value=location),
    **dict.fromkeys(("lorawan_version", "lorawan_phy_version", "power_state"), defined),
    "frequency_plan_id": at_most(64),
    **{f"{key}.kek_label": at_most(2048) for key in _KEYS},
    **{f"{key}.encrypted_key": at_most_bytes(1024) for key in _KEYS},
    **{f"{session}.keys.session_key_id": at_most_bytes(2048) for session in _SESSIONS},
    "root_keys.root_key_id": at_most(2048),
    **dict.fromkeys((f"{session}.keys" for session in _SESSIONS), required),
    **{f"{state}.{name}_parameters": required for state in _STATES for name in ("current", "desired")},
    "battery_percentage": within(0, 1),
    **dict.fromkeys(("formatters.up_formatter", "formatters.down_formatter"), defined),
    **{f"formatters.{way}_formatter_parameter": at_most(40960) for way in ("up", "down")},
    "provisioner_id": both(at_most(36), matches(f"{ID_PATTERN}$|^")),
    "claim_authentication_code.value": matches("[a-zA-Z0-9]{1,32}"),
    "serial_number": optional_identifier,
    **MAC_SETTINGS_RULES,
}
