"""What a device's joins and uplinks look like to an application: the ApplicationUp message as JSON.

Radio and payload are always the same; messages differ in the device, the time and the counter.
"""

import uuid
import zlib
from collections.abc import Callable

from local.things_stack.decoding import Message
from local.things_stack.devices import now

_PAYLOAD = "AQpkAg=="
_SESSION_KEY_ID = "AZLv3nRk0U6pQm1ZcT8Yxw=="
_GATEWAY = {"gateway_id": "roof-gw-1", "eui": "A84041FFFF1EABCD"}
_DATA_RATE = {"lora": {"bandwidth": 125000, "spreading_factor": 9, "coding_rate": "4/5"}}


def join_accept(ids: Message, _f_cnt: int) -> Message:
    return {
        **_up(ids, "as:up:"),
        "join_accept": {"session_key_id": _SESSION_KEY_ID, "received_at": now()},
    }


def uplink_message(ids: Message, f_cnt: int) -> Message:
    received_at = now()
    message = {
        **({} if "dev_addr" in ids else {"session_key_id": _SESSION_KEY_ID}),  # it comes of a join
        "f_port": 2,
        **({"f_cnt": f_cnt} if f_cnt else {}),  # zero values are never written
        "frm_payload": _PAYLOAD,
        "rx_metadata": [{"gateway_ids": _GATEWAY, "rssi": -97, "channel_rssi": -97, "snr": 7.25}],
        "settings": {"data_rate": _DATA_RATE, "frequency": "868300000", "timestamp": 1843392180},
        "received_at": received_at,
        "consumed_airtime": "0.164864s",
        "network_ids": {"net_id": "000013"},
    }
    return {**_up(ids, "gs:uplink:"), "uplink_message": message}


KINDS: dict[str, Callable[[Message, int], Message]] = {"join": join_accept, "uplink": uplink_message}


def _up(ids: Message, correlation: str) -> Message:
    dev_addr = f"260B{zlib.crc32(ids['device_id'].encode()) & 0xFFFF:04X}"
    return {
        "end_device_ids": {"dev_addr": dev_addr, **ids},
        "correlation_ids": [f"{correlation}{uuid.uuid4().hex}"],
        "received_at": now(),
    }
