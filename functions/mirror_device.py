"""MirrorDevice: devices' activity from the queue ► a thing for each; a message that failed is delivered again."""

from collections.abc import Mapping
from typing import Any

from workflows.bootstrap.clients import rehearsed_clients
from workflows.bootstrap.init import prepare
from workflows.bootstrap.mirroring import mirror, stack_name
from workflows.bootstrap.things_stack import known_api_key
from workflows.domain.activity import ActivityResult
from workflows.observability.batches import ACTIVITY, log_and_count, partial_response
from workflows.observability.tracing import traced
from workflows.schemas.activity import load_queued

prepare(mirror, rehearsed_clients, known_api_key)


@log_and_count(ACTIVITY, stack_name)
def ensure_thing(record: Mapping[str, Any]) -> ActivityResult:
    return mirror().ensure_thing(load_queued(record["body"]))


@traced
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return partial_response(event, ensure_thing)
