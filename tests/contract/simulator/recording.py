"""Calls as they were recorded from a genuine The Things Stack: made again, and their answers written in the same form.

genuine-answers.md says what the lines are.
"""

import json
import re
from itertools import groupby
from pathlib import Path

FILE = Path(__file__).with_name("genuine-answers.jsonl")
APPLICATION, OTHER_APPLICATION, HOST = "demo-app", "other-app", "127.0.0.1"

_SECRET = "C" * 52
_FULL = {
    *("INFO", "DEVICES_READ", "DEVICES_WRITE", "DEVICES_READ_KEYS", "DEVICES_WRITE_KEYS"),
    *("SETTINGS_BASIC", "TRAFFIC_READ", "TRAFFIC_DOWN_WRITE"),
}
_LACKING = {
    "no_info": "INFO",
    "no_devices_read": "DEVICES_READ",
    "no_devices_write": "DEVICES_WRITE",
    "no_read_keys": "DEVICES_READ_KEYS",
    "no_write_keys": "DEVICES_WRITE_KEYS",
    "no_settings_basic": "SETTINGS_BASIC",
    "no_traffic_read": "TRAFFIC_READ",
    "no_traffic_down_write": "TRAFFIC_DOWN_WRITE",
}
_RIGHTS = {
    "full": _FULL,
    **{name: _FULL - {right} for name, right in _LACKING.items()},
    "read_only": {"INFO", "DEVICES_READ"},
    "info_only": {"INFO"},
    "other": _FULL,
}
_NO_KEY_OF_OURS = {
    "none": None,
    "malformed": "Bearer nonsense",
    "unknown": f"Bearer NNSXS.{'A' * 39}.{'B' * 52}",
    "wrong_secret": f"Bearer NNSXS.FULL.{'B' * 52}",
    "basic": "Basic YTpi",
}

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_LEFT_OUT = {"@type", "message_format", "correlation_id"}
_RANDOM = {"home_net_id", "home_ns_id"}
_UNORDERED = {"rights", "missing", "forbidden_paths"}


def groups():
    """The lines of each group, by its name, in the file's order."""
    lines = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    return {name: list(group) for name, group in groupby(lines, key=lambda line: line["group"])}


def add_keys(client):
    for name, rights in _RIGHTS.items():
        application = OTHER_APPLICATION if name == "other" else APPLICATION
        order = {"key": _key(name), "rights": [f"RIGHT_APPLICATION_{right}" for right in rights]}
        client.control("POST", "/api-keys", order | {"application_id": application})


def _key(name):
    return f"NNSXS.{name.replace('_', '').upper()}.{_SECRET}"


def play(client, line):
    """Make a call again, or give the join server its order; return what deviates, None if nothing does."""
    if "join_server" in line:
        return _order(client, line["join_server"])
    authorization = _NO_KEY_OF_OURS[line["key"]] if line["key"] in _NO_KEY_OF_OURS else f"Bearer {_key(line['key'])}"
    answer = client.call(line["method"], _here(line["path"]), _body(line), authorization=authorization)
    got = (answer.status, as_recorded(answer.body, answer.status), answer.headers.get("X-Total-Count"))
    recorded = [(line["status"], each, line.get("total")) for each in (line["answer"], *line.get("or", []))]
    return None if got in recorded else {"recorded": recorded[0], "got": got}


def _order(client, order):
    for device in order.get("claimable", []):
        client.control("POST", "/claimable", device)
    if "next" in order:
        client.control("POST", "/join-server", order["next"])


def _body(line):
    if "raw" in line:
        return line["raw"].encode()
    return _here(json.dumps(line["body"])).encode() if "body" in line else None


def _here(text):
    for placeholder, value in {"{app}": APPLICATION, "{other_app}": OTHER_APPLICATION, "{host}": HOST}.items():
        text = text.replace(placeholder, value)
    return text


def as_recorded(body, status):
    """Write an answer as the recording does: what differs from run to run is a placeholder, or is left out."""
    answer = _normalised(body, "")
    return answer if status < 400 else {name: answer[name] for name in ("code", "details") if name in answer}


def _normalised(value, name):
    if isinstance(value, dict):
        own = {"id": "<random>"} if value.keys() >= {"id", "rights"} else {}  # an API key
        return {key: _normalised(each, key) for key, each in value.items() if key not in _LEFT_OUT} | own
    if isinstance(value, list):
        items = [_normalised(each, "") for each in value]
        return sorted(items) if name in _UNORDERED else items
    return _placeholder(value, name) if isinstance(value, str) else value


def _placeholder(text, name):
    if name in _RANDOM:
        return "<random>"
    if name == "url":
        return re.sub(r"^\w+://[^/]+", "<url>", text)
    for application, placeholder in ((OTHER_APPLICATION, "{other_app}"), (APPLICATION, "{app}")):
        text = re.sub(rf"^{application}(?=$|\.)", placeholder, text)
    text = re.sub(rf"^{re.escape(HOST)}(?=$|:)", "<host>", text)
    return "<time>" if _TIME.fullmatch(text) else text
