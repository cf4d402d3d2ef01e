"""Devices at work: one joins or sends, and the application's webhooks are called."""

from local.things_stack import delivery
from local.things_stack.call import ApiCall
from local.things_stack.decoding import Message, Shape, decode
from local.things_stack.devices import Server
from local.things_stack.errors import Code, GatewayError
from local.things_stack.kinds import text
from local.things_stack.messages import KINDS

_ORDER: Shape = {"application_id": text, "device_id": text, "kind": text}


async def act(call: ApiCall) -> Message:
    """Take ``{"device_id", "kind"}``, a join or an uplink; also ``application_id``.

    A device that was activated by personalization never joins, and sends from its own address.

    Answer ``{"webhooks": […]}``: of each webhook that was called its ``webhook_id`` with the ``status`` that it
    answered, or with the ``error`` if it did not answer.
    """
    order = {"application_id": call.deployment.application_id, **decode(call.body, _ORDER)}
    application_id, device_id, kind = (order[name] for name in ("application_id", "device_id", "kind"))
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}")
    ids = _ids(call, application_id, device_id)
    session = _own_session(call, ids)
    if session and kind == "join":
        raise ValueError(f"{device_id} does not join: it was given a session")
    message = KINDS[kind]({**ids, **_address(session)}, _frame_counter(call, kind, ids) + _first_counter(session))
    webhooks = call.deployment.webhooks.of_application(application_id)
    requests = delivery.requests_for(message, webhooks, domain=call.deployment.server_address)
    return {"webhooks": await delivery.send(requests)}


def _ids(call: ApiCall, application_id: str, device_id: str) -> Message:
    """The IDs of a device that any of the servers holds."""
    held = (call.devices.get(server, application_id, device_id) for server in Server)
    record = next((record for record in held if record), None)
    if record is None:
        raise GatewayError(Code.NOT_FOUND, f"no server holds a device {device_id} of {application_id}")
    ids: Message = record["ids"]
    return ids


def _own_session(call: ApiCall, ids: Message) -> Message:
    """The session of a device that was activated by personalization; empty for any other."""
    record = call.devices.get(Server.NETWORK, ids["application_ids"]["application_id"], ids["device_id"]) or {}
    session: Message = {} if record.get("supports_join") else record.get("session", {})
    return session


def _address(session: Message) -> Message:
    return {"dev_addr": session["dev_addr"]} if session else {}


def _first_counter(session: Message) -> int:
    """It continues after the last uplink that the Network Server was given, if it was given one."""
    last: int = session.get("last_f_cnt_up", 0)
    return last + 1 if last else 0


def _frame_counter(call: ApiCall, kind: str, ids: Message) -> int:
    device = (ids["application_ids"]["application_id"], ids["device_id"])
    if kind == "uplink":
        return call.deployment.sessions.count(*device)
    call.deployment.sessions.join(*device)
    return 0
