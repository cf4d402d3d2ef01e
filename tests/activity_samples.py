"""What The Things Stack posts when a device joins or sends, and how API Gateway hands it on."""

import base64
import json

from tests.samples import DEV_EUI, DEVICE_ID, JOIN_EUI
from workflows.domain.activity import Activity

SECRET = "Xq3WbMz0aVgT8pLrK5eN2hYc7JdF4uSi"
AT = "2026-03-01T08:35:02.441209870Z"
ACTIVITY = Activity("demo-app", DEVICE_ID, DEV_EUI, JOIN_EUI, AT)
IDS = {
    "device_id": DEVICE_ID,
    "application_ids": {"application_id": "demo-app"},
    "dev_eui": DEV_EUI,
    "join_eui": JOIN_EUI,
    "dev_addr": "260B5C11",
}


def uplink(**ids):
    """An uplink as a webhook without a field mask brings it; an ID of None is left out."""
    given = {name: value for name, value in (IDS | ids).items() if value is not None}
    message = {"session_key_id": "AZLv3nRk0U6pQm1ZcT8Yxw==", "f_port": 2, "f_cnt": 17, "frm_payload": "AQpkAg=="}
    return {
        "end_device_ids": given,
        "correlation_ids": ["gs:uplink:01JBS0A7N3R2T6YV9W4X8Z1B5C"],
        "received_at": AT,
        "uplink_message": message,
    }


ADMITTED = {"lambda": {"admitted": "yes"}}


def authorizer_event(secret):
    """What an HTTP API asks its authorizer about a call, payload format 2.0; a secret of None is left out."""
    bears = {"x-thingsync-secret": secret} if secret is not None else {}
    return {
        "version": "2.0",
        "type": "REQUEST",
        "identitySource": list(bears.values()),
        "routeKey": "POST /activity",
        "headers": {"content-type": "application/json", **bears},
        "requestContext": {"http": {"method": "POST", "path": "/activity"}, "stage": "$default"},
    }


def call_event(message, *, authorizer=ADMITTED, is_base64=False, is_join=False):
    """An event of an HTTP API, payload format 2.0; ``message``: what becomes JSON, or the text of a body.

    ``authorizer``: what it was told about the call.
    """
    body = message if isinstance(message, str) else json.dumps(message)
    path = "/activity/join" if is_join else "/activity"
    return {
        "version": "2.0",
        "routeKey": f"POST {path}",
        "rawPath": path,
        "headers": {
            "content-type": "application/json",
            "x-tts-domain": "eu1.cloud.thethings.network",
            "x-thingsync-secret": SECRET,
        },
        "requestContext": {
            "http": {"method": "POST", "path": path},
            "stage": "$default",
            **({"authorizer": authorizer} if authorizer is not None else {}),
        },
        "body": base64.b64encode(body.encode()).decode() if is_base64 else body,
        "isBase64Encoded": is_base64,
    }
