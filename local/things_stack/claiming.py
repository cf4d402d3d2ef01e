"""End Device Claiming Server: takes devices over from the join server that their maker put them on."""

from collections.abc import Iterator

from local.things_stack import definitions, qr_codes, upstream, validation
from local.things_stack.access import READ, WRITE
from local.things_stack.call import ApiCall, Route
from local.things_stack.decoding import Message, decode
from local.things_stack.device import CLAIM_REQUEST, JOIN_EUI_REQUEST, JOIN_EUIS_REQUEST
from local.things_stack.device_request import check_identifiers, read_batch
from local.things_stack.devices import Server
from local.things_stack.errors import StackError
from local.things_stack.validation import Broken, Rules, at_most, both, identifier, matches

_ZERO_EUI = "0" * 16
_NETWORK = {"home_net_id": "000013", "home_ns_id": "EC656E0000000181"}
_MAX_REQUESTS = 20

_SOURCES = {
    **dict.fromkeys(("authenticated_identifiers", "authenticatedIdentifiers"), "authenticated_identifiers"),
    **dict.fromkeys(("qr_code", "qrCode"), "qr_code"),
}
_NOTHING: Message = {"authenticated_identifiers": {}, "qr_code": b""}
_CLAIM_RULES: Rules = {
    "source_device": validation.required,
    "authenticated_identifiers.authentication_code": matches("[A-Z0-9]{1,32}"),
    "qr_code": qr_codes.from_to_1024_bytes(0),
    "target_application_ids": validation.required,
    "target_application_ids.application_id": identifier,
    "target_device_id": both(at_most(36), matches(f"{validation.ID_PATTERN}$|^")),
}


def claim(call: ApiCall) -> Message:
    message = decode(call.body, CLAIM_REQUEST)
    if source := _source(call.body):
        message["source_device"] = message.setdefault(source, _NOTHING[source])
    validation.check("ClaimEndDeviceRequest", message, _CLAIM_RULES)
    application_ids = message["target_application_ids"]
    call.require(WRITE, application_id=application_ids["application_id"])
    given: Message = _scanned(message["qr_code"]) if source == "qr_code" else message["authenticated_identifiers"]
    wanted = {"join_eui": _ZERO_EUI, "dev_eui": _ZERO_EUI, **given}
    _check_supported(call, wanted["join_eui"])
    device_id = message.get("target_device_id", "")
    answer = call.deployment.claims.claim(wanted, application_ids["application_id"], device_id)
    upstream.check("Put", wanted["dev_eui"], answer)
    echoed = {"device_id": device_id} if device_id else {}
    euis = {"dev_eui": wanted["dev_eui"], "join_eui": wanted["join_eui"]}
    return {**echoed, "application_ids": application_ids, **euis}


def _source(body: Message) -> str:
    """The field that says which device it is, empty though it may be; if several do, the last one counts."""
    return next((_SOURCES[key] for key in reversed(body) if key in _SOURCES), "")


def _scanned(qr_code: bytes) -> Message:
    try:
        qr_codes.check({"qr_code": qr_code})
        _, device = qr_codes.read(qr_code)
    except StackError as error:
        raise definitions.QR_CODE_DATA(error) from error
    if "claim_authentication_code" not in device:
        raise definitions.RPC_RECOVERED()  # the genuine server stumbles over a code that is a mere DevEUI
    return {**device["ids"], "authentication_code": device["claim_authentication_code"].get("value", "")}


def _check_supported(call: ApiCall, join_eui: str) -> None:
    if not call.deployment.claims.supports(join_eui):
        raise definitions.CLAIMING_NOT_SUPPORTED(eui=join_eui)


def unclaim(call: ApiCall) -> Message:
    ids = _registered_ids(call)
    upstream.check("Delete", ids["dev_eui"], call.deployment.claims.unclaim(ids["dev_eui"], call.application_id))
    return {}


def get_status(call: ApiCall) -> Message:
    ids = _registered_ids(call)
    upstream.check("Get", ids["dev_eui"], call.deployment.claims.status(ids["dev_eui"], call.application_id))
    return {"end_device_ids": ids, **_NETWORK}


def _registered_ids(call: ApiCall) -> Message:
    """The IDs of a claimable device as the Identity Server has them; EUIs in the request do not count."""
    check_identifiers(call)
    call.require(WRITE)
    call.require(READ)
    record = call.devices.get(Server.IDENTITY, call.application_id, call.device_id)
    if record is None:
        raise definitions.device_not_found("deviceclaimingserver")()
    _check_claimable(call, record["ids"])
    ids: Message = record["ids"]
    return ids


def _check_claimable(call: ApiCall, ids: Message) -> None:
    if not {"join_eui", "dev_eui"} <= ids.keys():
        raise definitions.NO_EUIS()
    _check_supported(call, ids["join_eui"])


def batch_unclaim(call: ApiCall) -> Message:
    device_ids = read_batch(call, "BatchUnclaimEndDevicesRequest")
    call.require(WRITE)
    call.require(READ)
    found = [call.devices.get(Server.IDENTITY, call.application_id, device_id) for device_id in device_ids]
    ids = [record["ids"] for record in found if record]
    if not ids:
        raise definitions.NO_DEVICES_FOUND()
    failed = dict(_failures(call, ids))
    application_ids = {"application_id": call.application_id}
    return {"application_ids": application_ids, **({"failed": failed} if failed else {})}


def _failures(call: ApiCall, devices: list[Message]) -> Iterator[tuple[str, Message]]:
    """Unclaim all that are claimable at once; what could not be, by device_id."""
    claimable: dict[str, str] = {}
    for ids in devices:
        try:
            _check_claimable(call, ids)
            claimable[ids["dev_eui"]] = ids["device_id"]
        except StackError as error:
            yield ids["device_id"], error.details()
    if claimable:
        answer, messages = call.deployment.claims.unclaim_all([*claimable], call.application_id)
        upstream.check_batch([*claimable], answer)
        for dev_eui, message in messages.items():
            yield claimable[dev_eui], definitions.UNCLAIM_DEVICE(message=message).details()


def get_support(call: ApiCall) -> Message:
    return _support(call, decode(call.body, JOIN_EUI_REQUEST))


def batch_get_support(call: ApiCall) -> Message:
    requests = decode(call.body, JOIN_EUIS_REQUEST).get("requests", [])
    if len(requests) > _MAX_REQUESTS:
        reason = Broken(f"value must contain no more than {_MAX_REQUESTS} item(s)")
        raise validation.invalid("GetInfoByJoinEUIsRequest", ("requests",), reason)
    infos = [_support(call, request) for request in requests]
    return {"infos": infos} if infos else {}


def _support(call: ApiCall, request: Message) -> Message:
    join_eui = request.get("join_eui", _ZERO_EUI)
    supported = {"supports_claiming": True} if call.deployment.claims.supports(join_eui) else {}
    return {"join_eui": join_eui, **supported}


_DEVICES = "/edcs/claim/{application_id}/devices"
ROUTES = (
    Route("POST", "/edcs/claim", claim),
    Route("POST", "/edcs/claim/info", get_support),
    Route("POST", "/edcs/claim/info/batch", batch_get_support),
    Route("DELETE", _DEVICES + "/batch", batch_unclaim),
    Route("DELETE", _DEVICES + "/{device_id}", unclaim),
    Route("GET", _DEVICES + "/{device_id}", get_status),
)
