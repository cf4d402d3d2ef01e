"""Identity Server: many devices at once, page by page; ``X-Total-Count`` tells how many there are."""

from collections.abc import Iterable

from local.things_stack import fields, masks, validation
from local.things_stack.access import READ
from local.things_stack.call import Call, Route
from local.things_stack.decoding import Message, Shape, decode
from local.things_stack.devices import Server
from local.things_stack.kinds import list_of, paths, text, timestamp, unsigned

_DEFAULT_LIMIT = 100
_ORDERS = {
    "device_id": "ids.device_id",
    "join_eui": "ids.join_eui",
    "dev_eui": "ids.dev_eui",
    "name": "name",
    "description": "description",
    "created_at": "created_at",
    "last_seen_at": "last_seen_at",
}
_SEARCHES = {
    "id_contains": "ids.device_id",
    "name_contains": "name",
    "description_contains": "description",
    "dev_eui_contains": "ids.dev_eui",
    "join_eui_contains": "ids.join_eui",
}
_REQUEST: Shape = {
    "field_mask": paths,
    "limit": unsigned,
    "page": unsigned,
    "order": text,
    "filters": list_of({"updated_since": timestamp}),
    **dict.fromkeys(_SEARCHES, text),
}


def list_devices(call: Call) -> Message:
    wanted = _wanted(_query(call))
    return _page(call, _all(call), wanted)


def filter_devices(call: Call) -> Message:
    """Devices updated since a time."""
    wanted = _wanted(call.body)
    since = max((item.get("updated_since", "") for item in wanted.get("filters", [])), default="")
    return _page(call, [record for record in _all(call) if record["updated_at"] >= since], wanted)


def search(call: Call) -> Message:
    """Devices that contain all the texts asked for, in any case."""
    wanted = _wanted(_query(call))
    parts = {path: wanted[name].upper() for name, path in _SEARCHES.items() if name in wanted}
    found = [
        record
        for record in _all(call)
        if all(part in (fields.value_at(record, path) or "").upper() for path, part in parts.items())
    ]
    return _page(call, found, wanted)


def _query(call: Call) -> Message:
    return {**call.query, "field_mask": {"paths": call.query_mask()}}


def _wanted(raw: Message) -> Message:
    wanted = decode(raw, _REQUEST)
    fields.check_mask(wanted.get("field_mask", []), masks.IS_READ)
    validation.check_page(wanted.get("limit", 0), wanted.get("order", ""), _ORDERS)
    return wanted


def _all(call: Call) -> list[Message]:
    call.require(READ)
    return call.devices.of_application(Server.IDENTITY, call.application_id)


def _page(call: Call, records: Iterable[Message], wanted: Message) -> Message:
    order = wanted.get("order", "device_id")
    path = _ORDERS[order.removeprefix("-")]
    ordered = sorted(records, key=lambda record: fields.value_at(record, path) or "", reverse=order.startswith("-"))
    limit = wanted.get("limit", _DEFAULT_LIMIT)
    first = (wanted.get("page", 1) - 1) * limit
    shown = [fields.selection(record, wanted.get("field_mask", [])) for record in ordered[first : first + limit]]
    call.headers["X-Total-Count"] = str(len(ordered))
    return {"end_devices": shown} if shown else {}


_DEVICES = "/applications/{application_id}/devices"
ROUTES = (
    Route("GET", _DEVICES, list_devices),
    Route("POST", _DEVICES + "/filter", filter_devices),
    Route("GET", "/search" + _DEVICES, search),
)
