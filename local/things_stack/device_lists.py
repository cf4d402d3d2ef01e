"""Identity Server: many devices at once, page by page; ``X-Total-Count`` is how many there are."""

import re
from datetime import UTC, datetime

from local.things_stack import fields, masks, validation
from local.things_stack.access import READ
from local.things_stack.call import ApiCall, Route
from local.things_stack.decoding import Json, Message, Shape, decode
from local.things_stack.device import APPLICATION_IDS
from local.things_stack.device_request import checked_mask
from local.things_stack.devices import Server
from local.things_stack.errors import Code, GatewayError
from local.things_stack.identity_server import shown
from local.things_stack.kinds import list_of, offset_timestamp, paths, text, unsigned
from local.things_stack.validation import Broken, Rule, at_most, one_of, up_to

_DEFAULT_LIMIT = 100
_MAX_LIMIT = 1000
# A search gives no more, even if asked for up to the limit.
_SEARCHED_AT_MOST = 100
# What may be asked for; by the others than these the store orders as by the ID, ascending.
_ORDERS = ("device_id", "join_eui", "dev_eui", "name", "description", "created_at", "last_seen_at")
_COLUMNS = {"device_id": "ids.device_id", **{name: name for name in ("name", "created_at", "last_seen_at")}}
_SEARCHES = {
    "id_contains": "ids.device_id",
    "name_contains": "name",
    "description_contains": "description",
    "dev_eui_contains": "ids.dev_eui",
    "join_eui_contains": "ids.join_eui",
}
_LABEL = re.compile(r"attributes_contain\[(.*)\]")
_WORD = re.compile(r"\w+")
_MAX_EUI_DIGITS = {"dev_eui_contains": 16, "join_eui_contains": 16, "dev_addr_contains": 8}
_SEARCH: Shape = dict.fromkeys((*_SEARCHES, *_MAX_EUI_DIGITS, "query"), text)
_PAGE: Shape = {"field_mask": paths, "limit": unsigned, "page": unsigned, "order": text}
_LIST: Shape = {
    **_PAGE,
    "application_ids": APPLICATION_IDS,
    "filters": list_of({"updated_since": offset_timestamp}),
}


def _filters(value: Json) -> Broken | None:
    for place, item in enumerate(value or []):
        if "updated_since" in item and _time(item["updated_since"]) >= datetime.now(UTC):
            return Broken("value must be less than now", f"[{place}]", ("updated_since",))
    return None


_RULES: dict[str, Rule] = {
    "limit": up_to(_MAX_LIMIT),
    "order": one_of(["", *(f"{sign}{name}" for name in _ORDERS for sign in ("", "-"))]),
    "filters": _filters,
    **{name: at_most(_MAX_EUI_DIGITS.get(name, 50)) for name in _SEARCH},
}


def list_devices(call: ApiCall) -> Message:
    wanted = _wanted(call, "ListEndDevicesRequest", call.query_message(_LIST))
    return _page(call, _all(call), wanted)


def filter_devices(call: ApiCall) -> Message:
    """Devices updated since a time, the last one given; the total count ignores it."""
    wanted = _wanted(call, "ListEndDevicesRequest", decode(call.body, _LIST))
    since = [_time(item["updated_since"]) for item in wanted.get("filters", []) if "updated_since" in item][-1:]
    records = _all(call)
    found = [record for record in records if all(_time(record["updated_at"]) >= time for time in since)]
    return _page(call, found, wanted, total=len(records))


def search(call: ApiCall) -> Message:
    """Devices that contain all the texts asked for, in any case; what was searched is shown."""
    if "attributes_contain" in call.query:
        raise GatewayError(Code.INVALID_ARGUMENT, "attributes_contain needs a key")
    wanted = _wanted(call, "SearchEndDevicesRequest", call.query_message({**_PAGE, **_SEARCH}))
    parts = {path: wanted[name] for name, path in _SEARCHES.items() if name in wanted}
    labels = {key[1]: value for name, value in call.query.items() if (key := _LABEL.fullmatch(name))}
    found = [
        record
        for record in _all(call)
        if all(_contains(record, path, part) for path, part in parts.items())
        and any(_contains(record, path, wanted.get("query", "")) for path in _SEARCHES.values())
        and _has_label(record, labels)
    ]
    searched = [*parts, *(["attributes"] if labels else [])]
    shows = [path for path in searched if not path.startswith("ids.")]
    limit = min(wanted.get("limit", _DEFAULT_LIMIT), _SEARCHED_AT_MOST)
    return _page(call, found, {**wanted, "limit": limit, "field_mask": [*wanted.get("field_mask", []), *shows]})


def _contains(record: Message, path: str, part: str) -> bool:
    """A description is searched by whole words."""
    text = fields.value_at(record, path)
    if path == "description":
        return {*part.upper().split()} <= {*_WORD.findall((text or "").upper())}
    return text is not None and _is_in(part, text)


def _is_in(part: str, text: str) -> bool:
    """As SQL has it, ``%`` is any text and ``_`` any character."""
    wildcards = {"%": ".*", "_": "."}
    pattern = "".join(wildcards.get(each, re.escape(each)) for each in part)
    return re.search(pattern, text, re.IGNORECASE) is not None


def _has_label(record: Message, labels: dict[str, str]) -> bool:
    """Each label is asked of one and the same attribute, so that two of them are never found."""
    held = record.get("attributes", {}).items()
    return not labels or any(
        all(key == name and _is_in(part, value) for key, part in labels.items()) for name, value in held
    )


def _time(written: str) -> datetime:
    return datetime.fromisoformat(written)


def _wanted(call: ApiCall, request: str, wanted: Message) -> Message:
    checked_mask(wanted.get("field_mask", []), masks.IS_READ)
    validation.check_ids(request, {"application_ids.application_id": call.application_id})
    validation.check(request, wanted, _RULES)
    return wanted


def _all(call: ApiCall) -> list[Message]:
    call.require(READ)
    return call.devices.of_application(Server.IDENTITY, call.application_id)


def _page(call: ApiCall, records: list[Message], wanted: Message, *, total: int | None = None) -> Message:
    order = wanted.get("order", "")
    column = _COLUMNS.get(order.removeprefix("-"), "")
    # Where there is no value, it comes after all others.
    keys = ((value is None, value or "") for value in (fields.value_at(record, column) for record in records))
    ordered = [record for _, record in sorted(zip(keys, records, strict=True), key=lambda pair: pair[0])]
    if column and order.startswith("-"):
        ordered.reverse()
    limit = wanted.get("limit", _DEFAULT_LIMIT)
    first = (wanted.get("page", 1) - 1) * limit
    devices = [shown(record, wanted.get("field_mask", [])) for record in ordered[first : first + limit]]
    call.headers["X-Total-Count"] = str(len(records) if total is None else total)
    return {"end_devices": devices} if devices else {}


_DEVICES = "/applications/{application_id}/devices"
ROUTES = (
    Route("GET", _DEVICES, list_devices),
    Route("POST", _DEVICES + "/filter", filter_devices),
    Route("GET", "/search" + _DEVICES, search),
)
