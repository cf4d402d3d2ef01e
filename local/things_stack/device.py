"""The EndDevice message: the fields the servers share, by name and kind."""

from local.things_stack.decoding import Shape
from local.things_stack.kinds import (
    base64_bytes,
    base64_text,
    decimal,
    enumeration,
    flag,
    held,
    hex_bytes,
    list_of,
    mapping_of,
    mapping_of_text,
    offset_timestamp,
    strict_unsigned,
    structure,
    text,
    timestamp,
    unsigned,
    unsigned_64,
    whole_32,
    wrapped,
)
from local.things_stack.lorawan import MAC_VERSIONS, PHY_VERSIONS
from local.things_stack.mac_settings import MAC_SETTINGS

EUI = hex_bytes(8)
_KEY: Shape = {"key": hex_bytes(16), "kek_label": text, "encrypted_key": base64_text}
_FORMATTER = enumeration(
    {
        number: (f"FORMATTER_{name}", name)
        for number, name in enumerate(("NONE", "REPOSITORY", "GRPC_SERVICE", "JAVASCRIPT", "CAYENNELPP"))
    }
)
_SOURCES = {
    0: "UNKNOWN",
    1: "GPS",
    3: "REGISTRY",
    4: "IP_GEOLOCATION",
    5: "WIFI_RSSI_GEOLOCATION",
    6: "BT_RSSI_GEOLOCATION",
    7: "LORA_RSSI_GEOLOCATION",
    8: "LORA_TDOA_GEOLOCATION",
    9: "COMBINED_GEOLOCATION",
}
_LOCATION: Shape = {
    "latitude": decimal,
    "longitude": decimal,
    "altitude": whole_32,
    "accuracy": whole_32,
    "source": enumeration({number: (f"SOURCE_{name}", name) for number, name in _SOURCES.items()}),
}
_SESSION: Shape = {
    "dev_addr": hex_bytes(4),
    "keys": {
        "session_key_id": base64_text,
        "f_nwk_s_int_key": _KEY,
        "s_nwk_s_int_key": _KEY,
        "nwk_s_enc_key": _KEY,
        "app_s_key": _KEY,
    },
    "last_f_cnt_up": unsigned,
    "last_n_f_cnt_down": unsigned,
    "last_a_f_cnt_down": unsigned,
    "last_conf_f_cnt_down": unsigned,
    "started_at": timestamp,
    "queued_application_downlinks": list_of(structure),
}

APPLICATION_IDS: Shape = {"application_id": text}
END_DEVICE_IDS: Shape = {
    "device_id": text,
    "application_ids": APPLICATION_IDS,
    "dev_eui": EUI,
    "join_eui": EUI,
    "dev_addr": hex_bytes(4),
}
END_DEVICE: Shape = {
    "ids": END_DEVICE_IDS,
    "created_at": timestamp,
    "updated_at": timestamp,
    "name": text,
    "description": text,
    "attributes": mapping_of_text,
    "version_ids": {
        "brand_id": text,
        "model_id": text,
        "hardware_version": text,
        "firmware_version": text,
        "band_id": text,
    },
    "lora_alliance_profile_ids": dict.fromkeys(("vendor_id", "vendor_profile_id"), strict_unsigned),
    "service_profile_id": text,
    "serial_number": text,
    "locations": mapping_of(_LOCATION),
    "picture": structure,
    "network_server_address": text,
    "network_server_kek_label": text,
    "application_server_address": text,
    "application_server_kek_label": text,
    "application_server_id": text,
    "join_server_address": text,
    "claim_authentication_code": {"value": text, "valid_from": offset_timestamp, "valid_to": offset_timestamp},
    "activated_at": timestamp,
    "last_seen_at": timestamp,
    "supports_join": flag,
    "supports_class_b": flag,
    "supports_class_c": flag,
    "multicast": flag,
    "lorawan_version": enumeration(MAC_VERSIONS),
    "lorawan_phy_version": enumeration(PHY_VERSIONS),
    "frequency_plan_id": text,
    "min_frequency": unsigned_64,
    "max_frequency": unsigned_64,
    "mac_settings": MAC_SETTINGS,
    "mac_state": structure,
    "pending_mac_state": structure,
    "session": _SESSION,
    "pending_session": _SESSION,
    "queued_application_downlinks": list_of(structure),
    "power_state": enumeration(
        {number: (f"POWER_{name}", name) for number, name in enumerate(("UNKNOWN", "BATTERY", "EXTERNAL"))}
    ),
    "battery_percentage": wrapped(decimal, 0),
    "downlink_margin": whole_32,
    "last_dev_status_received_at": timestamp,
    "root_keys": {"root_key_id": text, "app_key": _KEY, "nwk_key": _KEY},
    "net_id": hex_bytes(3),
    "resets_join_nonces": flag,
    "provisioner_id": text,
    "provisioning_data": structure,
    "last_dev_nonce": unsigned,
    "last_join_nonce": unsigned,
    "last_rj_count_0": unsigned,
    "last_rj_count_1": unsigned,
    "used_dev_nonces": list_of(held(unsigned, 0)),
    "formatters": {
        "up_formatter": _FORMATTER,
        "up_formatter_parameter": text,
        "down_formatter": _FORMATTER,
        "down_formatter_parameter": text,
    },
    "skip_payload_crypto": flag,
    "skip_payload_crypto_override": wrapped(flag, False),
}

CLAIM_REQUEST: Shape = {
    "authenticated_identifiers": {"join_eui": EUI, "dev_eui": EUI, "authentication_code": text},
    "qr_code": base64_bytes,
    "target_application_ids": APPLICATION_IDS,
    "target_device_id": text,
}
JOIN_EUI_REQUEST: Shape = {"join_eui": EUI}
JOIN_EUIS_REQUEST: Shape = {"requests": list_of(JOIN_EUI_REQUEST)}
