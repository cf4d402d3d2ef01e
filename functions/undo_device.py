"""UndoDevice: the device that the rejected run registered ► removed ► whether nothing of the thing is left."""

from typing import Any

from workflows.bootstrap.clients import rehearsed_clients
from workflows.bootstrap.init import prepare
from workflows.bootstrap.snapshots import snapshots
from workflows.bootstrap.things_stack import known_api_key, the_things_stack
from workflows.bootstrap.work import work_in
from workflows.observability.tracing import traced
from workflows.schemas.handover import know_messages
from workflows.steps.undo import undo_if_held

prepare(snapshots, the_things_stack, know_messages, rehearsed_clients, known_api_key)


@traced
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    work = work_in(event)
    return {"undone": undo_if_held(snapshots(), the_things_stack(), work.decision.device_id or "", work.mark)}
