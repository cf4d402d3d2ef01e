"""Dispatch: the validated event and its thing's journal ► create, claim, mirror, update, remove, release or skip."""

from datetime import UTC, datetime
from typing import Any

from workflows.bootstrap.clients import rehearsed_clients
from workflows.bootstrap.dispatching import dispatcher
from workflows.bootstrap.init import prepare
from workflows.observability.tracing import annotate, traced
from workflows.schemas.handover import dump_decision, know_messages, load_validated

prepare(dispatcher, know_messages, rehearsed_clients)


@traced
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    validated, run = load_validated(event)
    annotate({"thing_name": run.thing_name})
    return dump_decision(dispatcher().dispatch(validated, run, datetime.now(UTC)))
