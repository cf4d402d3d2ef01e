"""The field mask paths that each server's calls take.

A trailing ``.*`` means the field with everything below it.
"""

_IDS = {"ids", "ids.application_ids.*", "ids.dev_eui", "ids.device_id", "ids.join_eui"}
_TIMES = {"created_at", "updated_at"}
_PROFILE = {"version_ids.*", "lora_alliance_profile_ids.*", "serial_number"}

IS_WRITE = {
    *_PROFILE,
    "activated_at",
    "application_server_address",
    "attributes",
    "claim_authentication_code.*",
    "description",
    "join_server_address",
    "last_seen_at",
    "locations",
    "name",
    "network_server_address",
    "picture",
    "service_profile_id",
}
IS_READ = IS_WRITE | _IDS | _TIMES

_KEY_PATHS = {f"root_keys.{key}{leaf}" for key in ("app_key", "nwk_key") for leaf in ("", ".key")}
JS_WRITE = {
    *_IDS,
    *_KEY_PATHS,
    "application_server_address",
    "application_server_id",
    "application_server_kek_label",
    "claim_authentication_code.*",
    "last_dev_nonce",
    "last_join_nonce",
    "last_rj_count_0",
    "last_rj_count_1",
    "net_id",
    "network_server_address",
    "network_server_kek_label",
    "provisioner_id",
    "provisioning_data",
    "resets_join_nonces",
    "root_keys",
    "root_keys.root_key_id",
    "used_dev_nonces",
}
JS_READ = JS_WRITE | {"ids.dev_addr"}

_NWK_KEYS = {
    f"keys.{key}{leaf}" for key in ("f_nwk_s_int_key", "nwk_s_enc_key", "s_nwk_s_int_key") for leaf in ("", ".key")
}
_SESSION = {"dev_addr", "keys", "keys.session_key_id", *_NWK_KEYS}
_COUNTERS = {"last_conf_f_cnt_down", "last_f_cnt_up", "last_n_f_cnt_down", "started_at"}
NS_WRITE = {
    *_IDS,
    *_PROFILE,
    "battery_percentage",
    "downlink_margin",
    "frequency_plan_id",
    "last_dev_status_received_at",
    "lorawan_phy_version",
    "lorawan_version",
    "mac_settings.*",
    "mac_state.*",
    "max_frequency",
    "min_frequency",
    "multicast",
    "pending_mac_state.*",
    *("session", "pending_session"),
    *(f"session.{path}" for path in _SESSION | _COUNTERS),
    *(f"pending_session.{path}" for path in _SESSION),
    "supports_class_b",
    "supports_class_c",
    "supports_join",
}
NS_READ = NS_WRITE - {"serial_number", "lora_alliance_profile_ids.*"} | {"ids.dev_addr", "power_state"} | _TIMES

AS_WRITE = {
    *_IDS,
    *_PROFILE,
    "formatters.*",
    "session.dev_addr",
    "session.keys.app_s_key",
    "session.keys.app_s_key.key",
    "session.keys.session_key_id",
    "session.last_a_f_cnt_down",
    "skip_payload_crypto",
    "skip_payload_crypto_override",
}
_PENDING_SESSION = {
    "pending_session",
    "pending_session.dev_addr",
    "pending_session.keys",
    "pending_session.keys.app_s_key",
    "pending_session.keys.app_s_key.key",
    "pending_session.keys.session_key_id",
    "pending_session.last_a_f_cnt_down",
}
AS_READ = AS_WRITE | {"ids.dev_addr", "session", "session.keys"} | _PENDING_SESSION
