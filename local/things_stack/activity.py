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

    Answer ``{"webhooks": […]}``: of each webhook that was called its ``webhook_id`` with the ``status`` that it
    answered, or with the ``error`` if it did not answer.
    """
    order = {"application_id": call.deployment.application_id, **decode(call.body, _ORDER)}
    application_id, device_id, kind = (order[name] for name in ("application_id", "device_id", "kind"))
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}")
    ids = _ids(call, application_id, device_id)
    message = KINDS[kind](ids, _frame_counter(call, kind, ids))
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


def _frame_counter(call: ApiCall, kind: str, ids: Message) -> int:
    device = (ids["application_ids"]["application_id"], ids["device_id"])
    if kind == "uplink":
        return call.deployment.sessions.count(*device)
    call.deployment.sessions.join(*device)
    return 0
