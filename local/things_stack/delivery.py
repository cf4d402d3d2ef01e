"""Messages go out: one POST to each webhook of the application that asks for the kind, at most once, 5 s at most.

As in the open source of The Things Stack: nothing is sent again, and what the receiver answers changes nothing.
"""

import asyncio
import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote

import aiohttp

from local.things_stack import fields
from local.things_stack.decoding import Message

_TIMEOUT_S = 5.0


class WebhookRequest(NamedTuple):
    webhook_id: str
    url: str
    headers: Mapping[str, str]
    body: Message


def requests_for(message: Message, webhooks: Mapping[str, Message], *, domain: str) -> list[WebhookRequest]:
    """Return what has to be sent: a webhook asks for a kind of message by having an object of its name."""
    (kind,) = message.keys() - {"end_device_ids", "correlation_ids", "received_at"}
    asking = {name: webhook for name, webhook in webhooks.items() if kind in webhook and not webhook.get("paused")}
    return [_request(message, webhook, kind=kind, domain=domain) for webhook in asking.values()]


def _request(message: Message, webhook: Message, *, kind: str, domain: str) -> WebhookRequest:
    ids = message["end_device_ids"]
    return WebhookRequest(
        webhook_id=webhook["ids"]["webhook_id"],
        url=_url(webhook["base_url"], webhook[kind].get("path", ""), ids),
        headers={
            **webhook.get("headers", {}),
            **_downlink_headers(webhook, ids["device_id"], domain),
            "X-Tts-Domain": domain,
            "Content-Type": "application/json",
        },
        body=_masked(message, fields.value_at(webhook, "field_mask.paths"), kind),
    )


def _url(base: str, path: str, ids: Message) -> str:
    joined = f"{base.rstrip('/')}/{path.lstrip('/')}" if path else base
    application_id, device_id = ids["application_ids"]["application_id"], ids["device_id"]
    values = {
        **dict.fromkeys(("appID", "applicationID"), application_id),
        **dict.fromkeys(("devID", "deviceID"), device_id),
        **dict.fromkeys(("appEUI", "joinEUI"), ids.get("join_eui", "")),
        "devEUI": ids.get("dev_eui", ""),
        "devAddr": ids.get("dev_addr", ""),
    }
    return re.sub(r"\{(\w+)\}", lambda variable: quote(values.get(variable[1], ""), safe=""), joined)


def _downlink_headers(webhook: Message, device_id: str, domain: str) -> dict[str, str]:
    if "downlink_api_key" not in webhook:
        return {}
    ids = webhook["ids"]
    application = f"http://{domain}/api/v3/as/applications/{ids['application_ids']['application_id']}"
    down = f"{application}/webhooks/{ids['webhook_id']}/devices/{device_id}/down"
    return {
        "X-Downlink-Apikey": webhook["downlink_api_key"],
        "X-Downlink-Push": f"{down}/push",
        "X-Downlink-Replace": f"{down}/replace",
    }


def _masked(message: Message, mask: list[str] | None, kind: str) -> Message:
    """Without a mask, all of it. ``up`` in a mask is the message of whatever kind, which JSON has at the top."""
    if not mask:
        return message
    chosen: Message = {}
    fields.copy_fields(chosen, message, [kind if path == "up" else path.removeprefix("up.") for path in mask])
    return chosen


async def send(requests: list[WebhookRequest]) -> list[Message]:
    """Send them all at once; return each webhook's status, or why it did not answer."""
    timeout = aiohttp.ClientTimeout(total=_TIMEOUT_S)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        return list(await asyncio.gather(*(_sent(session, request) for request in requests)))


async def _sent(session: aiohttp.ClientSession, request: WebhookRequest) -> Message:
    try:
        async with session.post(request.url, json=request.body, headers=request.headers) as answer:
            return {"webhook_id": request.webhook_id, "status": answer.status}
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        return {"webhook_id": request.webhook_id, "error": type(error).__name__}
