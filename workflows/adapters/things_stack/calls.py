"""Every request that Thingsync makes of The Things Stack: method, path, body and field mask. Pure.

Source: The Things Stack API, ``lorawan-stack/api/ttn/lorawan/v3``: end_device_services, joinserver,
networkserver, applicationserver and deviceclaimingserver (``.proto``).
"""

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import field
from typing import Literal
from urllib.parse import quote

from workflows.adapters.things_stack.fields import fields_at, mask_of, message_of
from workflows.domain.attribute import Server
from workflows.domain.attributes import NO_KEYS, DeviceKeys, DeviceValues
from workflows.domain.device import DeviceIds, IdentityRecord
from workflows.values import value

# The ids are in a mask so that a record left over with other EUIs is refused (read_only_field). The Join Server
# would otherwise give the new keys to the old EUIs and report success.
_IDS_MASK = ("ids.device_id", "ids.dev_eui", "ids.join_eui")
_IDENTITY_MASK = (*fields_at("is"), "join_server_address")
_JOIN_MASK = (*_IDS_MASK, "network_server_address", "application_server_address", "root_keys")
_NETWORK_MASK = ("supports_join", *fields_at("ns"))


_SERVER_NAMES = {
    "IS": "Identity Server",
    "JS": "Join Server",
    "NS": "Network Server",
    "AS": "Application Server",
    "EDCS": "Device Claiming Server",
    "DR": "Device Repository",
}
# Operation -> what errors say of it. A device's ID comes behind.
_VERBS = {
    "read": "show device",
    "list of devices": "list the devices",
    "search by DevEUI": "search the devices by DevEUI",
    "create": "create device",
    "update": "change device",
    "set": "store device",
    "delete": "delete device",
    "claim": "claim device",
    "unclaim": "end the claim of device",
    "claim look-up": "show the claim of device",
    "key look-up": "show the API key",
    "rights look-up": "show the API key's rights",
    "application look-up": "show the application",
    "webhook set": "store the webhook",
    "webhook look-up": "list the webhooks",
    "webhook removal": "delete the webhook",
    "brands": "list its brands",
    "models": "list the models of brand",
    "model": "show model",
    "template": "give the template of model",
    "template by numbers": "give the template of vendor and profile",
    "plans": "list the frequency plans",
}

# Each of these is answered with the device, or its IDs.
_SHOWING_A_DEVICE = {"read", "create", "update", "set", "claim", "claim look-up"}


@value
class Call:
    """One request. ``path`` follows ``/api/v3``; ``secret``: the body holds root keys or a claim code.

    ``device_id`` is empty where the call is about the application; in calls about models, it names the model.
    """

    server: Literal["IS", "JS", "NS", "AS", "EDCS", "DR"]
    operation: str
    device_id: str
    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    body: Mapping[str, object] | None = field(default=None, repr=False)
    secret: bool = False

    @property
    def server_name(self) -> str:
        return _SERVER_NAMES[self.server]

    @property
    def shows_device(self) -> bool:
        return self.operation in _SHOWING_A_DEVICE

    def __str__(self) -> str:
        """Begin an error's sentence: ``Join Server did not store device eui-70b3d57ed0051234``."""
        return f"{self.server_name} did not {_VERBS[self.operation]}{f' {self.device_id}' if self.device_id else ''}"


@value
class Calls:
    """The calls about devices of one application; ``cluster_host`` is the host that their records name."""

    application_id: str
    cluster_host: str

    def read_identity(self, device_id: str) -> Call:
        path = f"{self._device_path(device_id)}?field_mask={','.join(_IDENTITY_MASK)}"
        return Call("IS", "read", device_id, "GET", path)

    def list_identities(self, *, limit: int, page: int) -> Call:
        """``page`` counts from 1."""
        mask = ",".join(_IDENTITY_MASK)
        path = f"{self._application_path}/devices?limit={limit}&page={page}&order=device_id&field_mask={mask}"
        return Call("IS", "list of devices", "", "GET", path)

    def search_identities(self, dev_eui: str) -> Call:
        mask = ",".join(_IDENTITY_MASK)
        path = f"/search{self._application_path}/devices?dev_eui_contains={dev_eui}&field_mask={mask}"
        return Call("IS", "search by DevEUI", "", "GET", path)

    def create_identity(self, record: IdentityRecord) -> Call:
        device: dict[str, object] = {
            "ids": _ids(record.ids),
            **message_of("is", record.values),
            **({"locations": dict(record.locations)} if record.locations else {}),
            "attributes": dict(record.attributes),
            "network_server_address": self.cluster_host,
            "application_server_address": self.cluster_host,
            # Empty is what marks a device whose keys are not on the Join Server of this cluster.
            "join_server_address": "" if record.without_join_server else self.cluster_host,
        }
        path = f"{self._application_path}/devices"
        return Call("IS", "create", record.ids.device_id, "POST", path, {"end_device": device})

    def update_identity(self, record: IdentityRecord, names: Sequence[str], *, with_mark: bool = False) -> Call:
        """What is in the mask and not in the device is cleared."""
        mask = dict.fromkeys((*mask_of("is", record.values, names), *(("attributes",) if with_mark else ())))
        maps = {"attributes": dict(record.attributes), "locations": dict(record.locations)}
        held = {name: value for name, value in maps.items() if name in mask}
        device = {**message_of("is", record.values.only(names)), **held}
        device_id = record.ids.device_id
        body = {"end_device": device, "field_mask": {"paths": list(mask)}}
        return Call("IS", "update", device_id, "PUT", self._device_path(device_id), body)

    def delete_identity(self, device_id: str) -> Call:
        return Call("IS", "delete", device_id, "DELETE", self._device_path(device_id))

    def set_join(self, ids: DeviceIds, keys: DeviceKeys) -> Call:
        """An absent NwkKey clears a stored one, as ``root_keys`` is masked as a whole."""
        settings = {
            "network_server_address": self.cluster_host,
            "application_server_address": self.cluster_host,
            **message_of("js", keys),
        }
        body = _set_body(ids, settings, _JOIN_MASK)
        path = f"/js{self._device_path(ids.device_id)}"
        return Call("JS", "set", ids.device_id, "PUT", path, body, secret=True)

    def set_network(
        self, ids: DeviceIds, values: DeviceValues, keys: DeviceKeys = NO_KEYS, *, cleared: Collection[str] = ()
    ) -> Call:
        """Without ``supports_join`` the Network Server would take a new device for one that never joins."""
        joins = {"supports_join": values.dev_addr is None}
        mask = (*joins, *mask_of("ns", values, {*values.given(), *cleared}), *mask_of("ns", keys))
        return self._set("ns", ids, {**joins, **message_of("ns", values, keys)}, mask)

    def update_network(
        self, ids: DeviceIds, values: DeviceValues, names: Container[str], keys: DeviceKeys = NO_KEYS
    ) -> Call:
        mask = (*mask_of("ns", values, names), *mask_of("ns", keys))
        return self._set("ns", ids, message_of("ns", values.only(names), keys), mask)

    def set_application(
        self, ids: DeviceIds, values: DeviceValues, keys: DeviceKeys = NO_KEYS, *, cleared: Collection[str] = ()
    ) -> Call:
        mask = (*_IDS_MASK, *mask_of("as", values, {*values.given(), *cleared}), *mask_of("as", keys))
        return self._set("as", ids, message_of("as", values, keys), mask)

    def update_application(
        self, ids: DeviceIds, values: DeviceValues, names: Container[str], keys: DeviceKeys = NO_KEYS
    ) -> Call:
        mask = (*mask_of("as", values, names), *mask_of("as", keys))
        return self._set("as", ids, message_of("as", values.only(names), keys), mask)

    def _set(self, server: Server, ids: DeviceIds, device: Mapping[str, object], mask: Sequence[str]) -> Call:
        path = f"/{server}{self._device_path(ids.device_id)}"
        has_keys = any(path.endswith(".key") for path in mask)
        return Call(_LABELS[server], "set", ids.device_id, "PUT", path, _set_body(ids, device, mask), secret=has_keys)

    def read_record(self, server: Server, device_id: str) -> Call:
        return Call(_LABELS[server], "read", device_id, "GET", f"/{server}{self._device_path(device_id)}")

    def read_network(self, device_id: str) -> Call:
        path = f"/ns{self._device_path(device_id)}?field_mask={','.join(_NETWORK_MASK)}"
        return Call("NS", "read", device_id, "GET", path)

    def read_application(self, device_id: str) -> Call:
        path = f"/as{self._device_path(device_id)}?field_mask={','.join(fields_at('as'))}"
        return Call("AS", "read", device_id, "GET", path)

    def delete_record(self, server: Server, device_id: str) -> Call:
        return Call(_LABELS[server], "delete", device_id, "DELETE", f"/{server}{self._device_path(device_id)}")

    def claim(self, ids: DeviceIds, authentication_code: str) -> Call:
        body = {
            "authenticated_identifiers": {
                "join_eui": ids.join_eui,
                "dev_eui": ids.dev_eui,
                "authentication_code": authentication_code,
            },
            "target_application_ids": {"application_id": self.application_id},
            "target_device_id": ids.device_id,
        }
        return Call("EDCS", "claim", ids.device_id, "POST", "/edcs/claim", body, secret=True)

    def unclaim(self, device_id: str) -> Call:
        return Call("EDCS", "unclaim", device_id, "DELETE", self._claim_path(device_id))

    def read_claim(self, device_id: str) -> Call:
        return Call("EDCS", "claim look-up", device_id, "GET", self._claim_path(device_id))

    @property
    def _application_path(self) -> str:
        return f"/applications/{quote(self.application_id, safe='')}"

    def _device_path(self, device_id: str) -> str:
        return f"{self._application_path}/devices/{quote(device_id, safe='')}"

    def _claim_path(self, device_id: str) -> str:
        return f"/edcs/claim/{quote(self.application_id, safe='')}/devices/{quote(device_id, safe='')}"


_LABELS: Mapping[Server, Literal["JS", "NS", "AS"]] = {"js": "JS", "ns": "NS", "as": "AS"}


def _ids(ids: DeviceIds) -> dict[str, str]:
    """A device that never joins may have no JoinEUI."""
    join_eui = {"join_eui": ids.join_eui} if ids.join_eui else {}
    return {"device_id": ids.device_id, "dev_eui": ids.dev_eui, **join_eui}


def _set_body(ids: DeviceIds, values: Mapping[str, object], mask: Sequence[str]) -> dict[str, object]:
    return {"end_device": {"ids": _ids(ids), **values}, "field_mask": {"paths": list(mask)}}
