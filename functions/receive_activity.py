"""ReceiveActivity: an admitted call of the webhook ► 413, 400, or the device's IDs on the queue and 202."""

from typing import Any

from workflows.bootstrap.clients import rehearsed_clients
from workflows.bootstrap.init import prepare
from workflows.bootstrap.receiving import receive, receiver
from workflows.observability.tracing import traced
from workflows.schemas.activity import dump_received, load_call

prepare(receiver, rehearsed_clients)


@traced
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return dump_received(receive(load_call(event)))
