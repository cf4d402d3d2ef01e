"""Dotted paths into messages, and which of them each call takes.

A trailing ``.*`` in a list of paths means the field with everything below it.
"""

import copy
from collections.abc import Iterable, Iterator, Mapping

from local.things_stack import definitions
from local.things_stack.decoding import Json, Message, Shape
from local.things_stack.device import END_DEVICE

_IDS = {"ids", "ids.application_ids.*", "ids.dev_eui", "ids.device_id", "ids.join_eui"}
_READ_IDS = {*_IDS, "ids.dev_addr", "created_at", "updated_at"}
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
IS_READ = IS_WRITE | _READ_IDS - {"ids.dev_addr"}

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
JS_READ = JS_WRITE | _READ_IDS

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
    "pending_session.*",
    "session.*",
    "supports_class_b",
    "supports_class_c",
    "supports_join",
}
NS_READ = NS_WRITE | _READ_IDS

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
AS_READ = AS_WRITE | _READ_IDS | {"session", "session.keys", "pending_session.*"}


def requests(mask: Iterable[str], *paths: str) -> bool:
    """Whether the mask asks for any of the paths, by itself or through a field above it."""
    return any(f"{path}.".startswith(f"{masked}.") for masked in mask for path in paths)


def _allowed(path: str, allowed: Iterable[str]) -> bool:
    return path in allowed or any(entry.endswith(".*") and f"{path}.".startswith(entry[:-1]) for entry in allowed)


def check_mask(mask: Iterable[str], allowed: set[str]) -> None:
    """Raise field_mask_paths for paths that the call does not take."""
    forbidden = [path for path in mask if not _allowed(path, allowed)]
    if forbidden:
        raise definitions.FIELD_MASK_PATHS(forbidden_paths=forbidden)


def check_unmasked_parts(mask: Iterable[str], message: Message, allowed: set[str]) -> None:
    """Raise non_zero_path for a value below a masked path that the call does not take."""
    for leaf in _leaves(message, END_DEVICE):
        if requests(mask, leaf) and not _allowed(leaf, allowed) and leaf not in mask:
            raise definitions.NON_ZERO_PATH(path=leaf)


def _leaves(message: Message, shape: Shape, prefix: str = "") -> Iterator[str]:
    for name, value in message.items():
        if isinstance(shape[name], Mapping):
            yield from _leaves(value, shape[name], f"{prefix}{name}.")
        else:
            yield prefix + name


def value_at(message: Message, path: str) -> Json:
    """The value at a path, None if it or anything above it is absent."""
    value: Json = message
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def copy_fields(target: Message, source: Message, mask: Iterable[str]) -> None:
    """Write the masked fields of the source into the target; a masked but absent field is cleared."""
    for path in mask:
        *parents, name = path.split(".")
        value = value_at(source, path)
        branch = _branch(target, parents, create=value is not None)
        if branch is not None and value is None:
            branch.pop(name, None)
        elif branch is not None:
            branch[name] = copy.deepcopy(value)


def _branch(message: Message, parents: list[str], *, create: bool) -> Message | None:
    for parent in parents:
        if not isinstance(message.get(parent), dict):
            if not create:
                return None
            message[parent] = {}
        message = message[parent]
    return message


def selection(message: Message, mask: Iterable[str]) -> Message:
    """What an answer shows of a record: ids and times always, otherwise what the mask asks for."""
    chosen: Message = {}
    copy_fields(chosen, message, ["ids", "created_at", "updated_at", *mask])
    return chosen
