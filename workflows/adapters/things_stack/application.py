"""The stack's application of The Things Stack, as Configure speaks of it: one call a method, under the key given."""

from collections.abc import Mapping
from typing import Any

from workflows.adapters.things_stack import application_calls as calls
from workflows.adapters.things_stack.addresses import Addresses
from workflows.adapters.things_stack.answers import Answer
from workflows.adapters.things_stack.calls import Call
from workflows.adapters.things_stack.error_table import not_the_things_stack
from workflows.adapters.things_stack.transport import Transport
from workflows.domain.webhook import ExistingWebhook, Webhook
from workflows.ports.configuring import Application


class TheApplication(Application):
    def __init__(self, addresses: Addresses, application_id: str, *, api_key: str, transport: Transport) -> None:
        self._addresses = addresses
        self._application_id = application_id
        self._api_key = api_key
        self._transport = transport

    def key_owner(self) -> str | None:
        call = calls.read_key()
        match (answer := self.ask(call)).body:
            case {"api_key": {"entity_ids": {"application_ids": {"application_id": str(application_id)}}}}:
                return application_id
            case {"api_key": _} | {"oauth_access_token": _}:
                return None
            case _:
                raise not_the_things_stack(call, answer.status)

    def rights(self) -> frozenset[str]:
        match self.ask(calls.read_rights(self._application_id)).body:
            case {"rights": list(rights)}:
                return frozenset(right for right in rights if isinstance(right, str))
            case _:
                return frozenset()

    def cluster_host(self) -> str:
        return self._addresses.cluster.host

    def server_addresses(self) -> Mapping[str, str]:
        body = self.ask(calls.read_application(self._application_id)).body or {}
        named = {field: body.get(field) for field in calls.SERVER_ADDRESSES}
        return {field: host for field, host in named.items() if isinstance(host, str)}

    def webhooks(self) -> Mapping[str, ExistingWebhook]:
        """Return the application's webhooks by their IDs."""
        body = self.ask(calls.list_webhooks(self._application_id)).body or {}
        webhooks = body.get("webhooks")
        found = webhooks if isinstance(webhooks, list) else []
        return {each["ids"]["webhook_id"]: _existing(each) for each in found}

    def put_webhook(self, webhook: Webhook) -> None:
        self.ask(calls.set_webhook(self._application_id, webhook))

    def delete_webhook(self, webhook_id: str) -> None:
        self.ask(calls.delete_webhook(self._application_id, webhook_id))

    def ask(self, call: Call) -> Answer:
        return self._transport.exchange(call, self._addresses, self._api_key)


def _existing(webhook: Mapping[str, Any]) -> ExistingWebhook:
    return ExistingWebhook(webhook.get("base_url", ""), tuple(kind for kind in calls.MESSAGES if kind in webhook))
