"""The requests about an application and its key: method, path, body and field mask. Pure.

Source: The Things Stack API, ``lorawan-stack/api/ttn/lorawan/v3``: identityserver, application_services and
applicationserver_web (``.proto``).
"""

from collections.abc import Mapping
from urllib.parse import quote

from workflows.adapters.things_stack.calls import Call
from workflows.domain.webhook import MessageKind, Webhook

SERVER_ADDRESSES = ("network_server_address", "application_server_address", "join_server_address")
SECRET_HEADER = "X-Thingsync-Secret"
# Who is active and since when; not what it sent.
_SENT_FIELDS = ("end_device_ids", "received_at")
# Appended to the webhook's URL. The fields sent do not show the kind of message, but a join must be recognized.
MESSAGES: Mapping[MessageKind, Mapping[str, str]] = {"join_accept": {"path": "/join"}, "uplink_message": {}}


def read_key() -> Call:
    return Call("IS", "key look-up", "", "GET", "/auth_info")


def read_rights(application_id: str) -> Call:
    return Call("IS", "rights look-up", "", "GET", f"/applications/{quote(application_id, safe='')}/rights")


def read_application(application_id: str) -> Call:
    path = f"/applications/{quote(application_id, safe='')}?field_mask={','.join(SERVER_ADDRESSES)}"
    return Call("IS", "application look-up", "", "GET", path)


def set_webhook(application_id: str, webhook: Webhook) -> Call:
    """Create or replace: a message is sent for each kind that has an object, however empty.

    The mask names the other kinds, too: what it names and the body lacks is cleared.
    """
    values: dict[str, object] = {
        "base_url": webhook.url,
        "headers": {SECRET_HEADER: webhook.secret},
        "format": "json",
        "field_mask": {"paths": list(_SENT_FIELDS)},
    }
    messages = {kind: message for kind, message in MESSAGES.items() if kind in webhook.reported}
    mask = {"paths": [*values, *MESSAGES]}
    body: dict[str, object] = {"webhook": values | messages, "field_mask": mask}
    return Call("AS", "webhook set", "", "PUT", _path(application_id, webhook.webhook_id), body, secret=True)


def list_webhooks(application_id: str) -> Call:
    path = f"/as/webhooks/{quote(application_id, safe='')}?field_mask={','.join(('base_url', *MESSAGES))}"
    return Call("AS", "webhook look-up", "", "GET", path)


def delete_webhook(application_id: str, webhook_id: str) -> Call:
    return Call("AS", "webhook removal", "", "DELETE", _path(application_id, webhook_id))


def _path(application_id: str, webhook_id: str) -> str:
    return f"/as/webhooks/{quote(application_id, safe='')}/{quote(webhook_id, safe='')}"
