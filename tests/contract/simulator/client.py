"""Calls of The Things Stack's API, and the bodies that a minimal OTAA device needs on each server."""

import json
from dataclasses import dataclass

import urllib3

from tests.patience import PATIENCE_S

ADMIN_KEY = "NNSXS.ADMINKEY.SECRET"
DEVICE_ID = "eui-70b3d57ed0051234"
IDS = {"device_id": DEVICE_ID, "dev_eui": "70B3D57ED0051234", "join_eui": "70B3D57ED0000001"}
OTHER_IDS = {"device_id": "parking-7", "dev_eui": "70B3D57ED0059999", "join_eui": "70B3D57ED0000001"}
APP_KEY = "9F3A6C0D51E27B84A0C95D1E3F7284B6"
NWK_KEY = "0102030405060708090A0B0C0D0E0F10"
DEVICES = "/applications/demo-app/devices"
DEVICE = f"{DEVICES}/{DEVICE_ID}"
CLAIMED_DEVICE = f"/edcs/claim/demo-app/devices/{DEVICE_ID}"

CLAIM = {
    "authenticated_identifiers": {
        "join_eui": "EC656E0000000003",
        "dev_eui": "EC656E0000105A2B",
        "authentication_code": "91B4D2F7",
    },
    "target_application_ids": {"application_id": "demo-app"},
    "target_device_id": "leak-sensor",
}
CLAIMED_IDS = {"device_id": "leak-sensor", "dev_eui": "EC656E0000105A2B", "join_eui": "EC656E0000000003"}

NETWORK_SETTINGS = {
    "supports_join": True,
    "lorawan_version": "MAC_V1_0_3",
    "lorawan_phy_version": "PHY_V1_0_3_REV_A",
    "frequency_plan_id": "EU_863_870_TTN",
}

ABP_IDS = {"device_id": "water-meter-3", "dev_eui": "A81758FE50000F01"}
DEV_ADDR = "00B6F063"
SESSION_KEY = "0102030405060708090A0B0C0D0E0F10"
ABP_SETTINGS = NETWORK_SETTINGS | {
    "supports_join": False,
    "session": {"dev_addr": DEV_ADDR, "keys": {"f_nwk_s_int_key": {"key": SESSION_KEY}}},
}
ABP_MASK = (*NETWORK_SETTINGS, "session.dev_addr", "session.keys.f_nwk_s_int_key.key")


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict
    headers: dict

    @property
    def error(self):
        """``(status, "namespace:name")``; no name where there are no details."""
        details = self.body.get("details", [])
        return self.status, f"{details[0]['namespace']}:{details[0]['name']}" if details else None

    @property
    def attributes(self):
        return self.body["details"][0].get("attributes", {})

    @property
    def cause(self):
        return self.body["details"][0]["cause"]


class Client:
    def __init__(self, host):
        self._host = host
        self._pool = urllib3.PoolManager(retries=False)

    def call(self, method, path, body=None, *, authorization=f"Bearer {ADMIN_KEY}"):
        headers = {"Authorization": authorization} if authorization else {}
        sent = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        response = self._pool.request(method, f"{self._host}/api/v3{path}", body=sent, headers=headers)
        return Answer(response.status, json.loads(response.data), dict(response.headers))

    def raw(self, method, path, body=None, *, base="/api/v3", timeout_s=PATIENCE_S):
        """A call whose answer need not be JSON."""
        sent = json.dumps(body or {}).encode()
        return self._pool.request(method, self._host + base + path, body=sent, timeout=timeout_s)

    def control(self, method, path, body=None):
        answer = self.raw(method, path, body, base="/_control")
        assert answer.status == 200, answer.data
        return json.loads(answer.data)

    def state(self):
        return self.control("GET", "/state")

    def create(self, ids=IDS, **device):
        return self.call("POST", DEVICES, {"end_device": {"ids": ids, **device}})

    def update(self, device, *mask):
        return self.call("PUT", DEVICE, {"end_device": device, "field_mask": {"paths": mask}})

    def read(self, *mask):
        query = f"?field_mask={','.join(mask)}" if mask else ""
        return self.call("GET", DEVICE + query)

    def set(self, server, values, *mask, ids=IDS, authorization=f"Bearer {ADMIN_KEY}"):
        """Set a device on js, ns or as; without a mask all values are masked."""
        path = f"/{server}{DEVICES}/{ids['device_id']}"
        body = {"end_device": {"ids": ids, **values}, "field_mask": {"paths": mask or [*values]}}
        return self.call("PUT", path, body, authorization=authorization)

    def add_key(self, name, *rights, **more):
        """Make an API key and return its ``Authorization``."""
        key = f"NNSXS.{name}.SECRET"
        names = [f"RIGHT_APPLICATION_{right}" for right in rights]
        self.control("POST", "/api-keys", {"key": key, "rights": names, **more})
        return f"Bearer {key}"
