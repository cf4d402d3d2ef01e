"""A device as a user registers it in the Console of The Things Stack, and its first uplink."""

import os
from typing import Any

import urllib3

from local.configured import webhook_to_here
from local.things_stacks import API, SIMULATOR_URL, ThingsStack

DEVICE_ID = "meadow-gate"
DEV_EUI = "A81758FFFE0312F1"
_IDS = {"device_id": DEVICE_ID, "dev_eui": DEV_EUI, "join_eui": "70B3D57ED0001234"}
_ROOT_KEYS = {"root_keys": {"app_key": {"key": "0D4B62F7A81C93E55F20B67D18C4A9E3"}}}
_RADIO = {
    "supports_join": True,
    "lorawan_version": "MAC_V1_0_3",
    "lorawan_phy_version": "PHY_V1_0_3_REV_A",
    "frequency_plan_id": "EU_863_870_TTN",
}


def simulated() -> bool:
    """Whether it is the simulator, whose devices can be made to send."""
    return os.environ["TTS_URL"] == SIMULATOR_URL


def becomes_a_thing_here() -> bool:
    """Whether a device of this Things Stack becomes a thing on this machine: whether it has a webhook to it."""
    names = ("TTS_URL", "TTS_APPLICATION", "TTS_API_KEY")
    return webhook_to_here(ThingsStack(*(os.environ[name] for name in names))) is not None


def register() -> None:
    """Register the device on all four servers; again is fine."""
    devices = f"applications/{os.environ['TTS_APPLICATION']}/devices"
    _ask("POST", f"{API}/{devices}", {"end_device": {"ids": _IDS, "name": "Meadow gate"}}, accepted=(200, 409))
    settings: dict[str, dict[str, Any]] = {"js": _ROOT_KEYS, "ns": _RADIO, "as": {}}
    for server, values in settings.items():
        body = {"end_device": {"ids": _IDS, **values}, "field_mask": {"paths": list(values)}}
        _ask("PUT", f"{API}/{server}/{devices}/{DEVICE_ID}", body)


def send_uplink() -> list[dict[str, Any]]:
    """Let the device send; return which webhooks were called, and what each answered."""
    answer = _ask("POST", "/_control/activity", {"device_id": DEVICE_ID, "kind": "uplink"})
    called: list[dict[str, Any]] = answer["webhooks"]
    return called


def _ask(method: str, path: str, body: dict[str, Any], *, accepted: tuple[int, ...] = (200,)) -> Any:  # noqa: ANN401
    base_url, key = os.environ["TTS_URL"].removesuffix(API), os.environ["TTS_API_KEY"]
    pool = urllib3.PoolManager(retries=False)
    answer = pool.request(method, base_url + path, json=body, headers={"Authorization": f"Bearer {key}"})
    if answer.status not in accepted:
        raise RuntimeError(f"{method} {path}: {answer.status} {answer.data.decode()}")
    return answer.json()
