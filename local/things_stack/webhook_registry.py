"""Application Server: the registry of webhooks. A Set is an upsert; to delete what is not there succeeds."""

from local.things_stack import definitions, fields, webhook
from local.things_stack.access import SETTINGS_BASIC, TRAFFIC_DOWN_WRITE, TRAFFIC_READ
from local.things_stack.call import ApiCall, Route
from local.things_stack.decoding import Message, decode
from local.things_stack.validation import check_ids

_WRITES = (SETTINGS_BASIC, TRAFFIC_READ, TRAFFIC_DOWN_WRITE)
_ALWAYS_SHOWN = ["base_url", "format"]
_FORMATS = {"json": "JSON", "protobuf": "Protocol Buffers"}


def set_webhook(call: ApiCall) -> Message:
    request = decode(call.body, webhook.WEBHOOK_REQUEST)
    wanted: Message = request.get("webhook", {})
    mask = request.get("field_mask", [])
    fields.check_mask(mask, webhook.PATHS, webhook.WEBHOOK)
    given = call.parameters.get("webhook_id") or fields.value_at(wanted, "ids.webhook_id") or ""
    wanted["ids"] = {"application_ids": {"application_id": call.application_id}, "webhook_id": given}
    webhook.check_request(wanted, mask)
    call.require(*_WRITES)
    stored = call.deployment.webhooks.get(call.application_id, given)
    if stored is not None and not mask:
        return _shown(stored, mask)
    record = stored or {}
    fields.copy_fields(record, wanted, ["ids", *mask])
    webhook.check_record(record)
    return _shown(call.deployment.webhooks.put(record), mask)


def get_webhook(call: ApiCall) -> Message:
    mask = _mask(call)
    webhook_id = call.parameters["webhook_id"]
    ids = {"ids.webhook_id": webhook_id, "ids.application_ids.application_id": call.application_id}
    check_ids("GetApplicationWebhookRequest", ids)
    call.require(TRAFFIC_READ)
    record = call.deployment.webhooks.get(call.application_id, webhook_id)
    if record is None:
        raise definitions.STORE_NOT_FOUND()
    return _shown(record, mask)


def list_webhooks(call: ApiCall) -> Message:
    mask = _mask(call)
    check_ids("ListApplicationWebhooksRequest", {"application_ids.application_id": call.application_id})
    call.require(TRAFFIC_READ)
    records = call.deployment.webhooks.of_application(call.application_id).values()
    call.headers["X-Total-Count"] = str(len(records))
    return {"webhooks": [_shown(record, mask) for record in records]} if records else {}


def delete_webhook(call: ApiCall) -> Message:
    webhook_id = call.parameters["webhook_id"]
    ids = {"webhook_id": webhook_id, "application_ids.application_id": call.application_id}
    check_ids("ApplicationWebhookIdentifiers", ids)
    call.require(*_WRITES)
    call.deployment.webhooks.delete(call.application_id, webhook_id)
    return {}


def _shown(record: Message, mask: list[str]) -> Message:
    return fields.selection(record, [*_ALWAYS_SHOWN, *mask])


def _mask(call: ApiCall) -> list[str]:
    mask = call.query_mask()
    fields.check_mask(mask, webhook.PATHS, webhook.WEBHOOK)
    return mask


def _list_formats(_call: ApiCall) -> Message:
    return {"formats": _FORMATS}


def _list_templates(_call: ApiCall) -> Message:
    """None are set up."""
    return {}


_WEBHOOKS = "/as/webhooks/{application_id}"
_WEBHOOK = _WEBHOOKS + "/{webhook_id}"
ROUTES = (
    Route("GET", "/as/webhook-formats", _list_formats),
    Route("GET", "/as/webhook-templates", _list_templates),
    Route("POST", _WEBHOOKS, set_webhook),
    Route("GET", _WEBHOOKS, list_webhooks),
    Route("PUT", _WEBHOOK, set_webhook),
    Route("GET", _WEBHOOK, get_webhook),
    Route("DELETE", _WEBHOOK, delete_webhook),
)
