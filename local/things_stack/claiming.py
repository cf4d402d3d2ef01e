"""End Device Claiming Server: takes devices over from the join server that their maker put them on."""

import re
from collections.abc import Iterator

from local.things_stack import definitions, validation
from local.things_stack.access import READ, WRITE
from local.things_stack.call import Call, Route
from local.things_stack.decoding import Message, decode
from local.things_stack.device import CLAIM_REQUEST, JOIN_EUI_REQUEST, JOIN_EUIS_REQUEST
from local.things_stack.device_request import read_batch
from local.things_stack.devices import Server
from local.things_stack.errors import StackError

_ZERO_EUI = "0" * 16
_NET_ID = "000013"
# LoRa Alliance TR005: LW:D0:JoinEUI:DevEUI:profile, then fields told apart by their first letter.
_QR_CODE = re.compile(r"LW:D0:([0-9A-F]{16}):([0-9A-F]{16}):[0-9A-F]{8}((?::[^:]*)*)")


def claim(call: Call) -> Message:
    message = decode(call.body, CLAIM_REQUEST)
    validation.check_claim(message)
    application_ids = message["target_application_ids"]
    call.require(WRITE, application_id=application_ids["application_id"])
    wanted = _source_device(message)
    _check_supported(call, wanted["join_eui"])
    device_id = message.get("target_device_id", "")
    call.deployment.claims.claim(wanted, application_ids["application_id"], device_id)
    echoed = {"device_id": device_id} if device_id else {}
    euis = {"dev_eui": wanted["dev_eui"], "join_eui": wanted["join_eui"]}
    return {**echoed, "application_ids": application_ids, **euis}


def _source_device(message: Message) -> Message:
    if "authenticated_identifiers" in message:
        return {"join_eui": _ZERO_EUI, "dev_eui": _ZERO_EUI, **message["authenticated_identifiers"]}
    if "qr_code" in message:
        return _scanned(message["qr_code"])
    raise definitions.NO_SOURCE_DEVICE()


def _scanned(qr_code: bytes) -> Message:
    scanned = _QR_CODE.fullmatch(qr_code.decode("ascii", errors="replace").upper())
    if scanned is None:
        raise definitions.QR_CODE_DATA()
    codes = [part[1:] for part in scanned[3].split(":") if part.startswith("O")]
    return {"join_eui": scanned[1], "dev_eui": scanned[2], "authentication_code": "".join(codes)}


def _check_supported(call: Call, join_eui: str) -> None:
    if not call.deployment.claims.supports(join_eui):
        raise definitions.CLAIMING_NOT_SUPPORTED(eui=join_eui)


def unclaim(call: Call) -> Message:
    ids = _registered_ids(call)
    call.deployment.claims.unclaim(ids["dev_eui"], call.application_id)
    return {}


def get_status(call: Call) -> Message:
    ids = _registered_ids(call)
    call.deployment.claims.check_claimed(ids["dev_eui"], call.application_id)
    return {"end_device_ids": ids, "home_net_id": _NET_ID}


def _registered_ids(call: Call) -> Message:
    """The IDs of a claimable device as the Identity Server has them; EUIs in the request do not count."""
    call.require(WRITE)
    call.require(READ)
    record = call.devices.get(Server.IDENTITY, call.application_id, call.device_id)
    if record is None:
        raise definitions.device_not_found("deviceclaimingserver")()
    _check_claimable(call, record["ids"])
    ids: Message = record["ids"]
    return ids


def _check_claimable(call: Call, ids: Message) -> None:
    if not {"join_eui", "dev_eui"} <= ids.keys():
        raise definitions.NO_EUIS()
    _check_supported(call, ids["join_eui"])


def batch_unclaim(call: Call) -> Message:
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


def _failures(call: Call, devices: list[Message]) -> Iterator[tuple[str, Message]]:
    """Unclaim each; what could not be, by device_id."""
    for ids in devices:
        try:
            _check_claimable(call, ids)
            call.deployment.claims.unclaim(ids["dev_eui"], call.application_id)
        except StackError as error:
            yield ids["device_id"], error.details()


def get_support(call: Call) -> Message:
    return _support(call, decode(call.body, JOIN_EUI_REQUEST))


def batch_get_support(call: Call) -> Message:
    requests = decode(call.body, JOIN_EUIS_REQUEST).get("requests", [])
    validation.check_batch("GetInfoByJoinEUIsRequest", "requests", requests)
    return {"infos": [_support(call, request) for request in requests]}


def _support(call: Call, request: Message) -> Message:
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
