"""UndoDevice: what this run made before it was rejected ► removed."""

from typing import Any

from workflows.assembly.registration import the_things_stack
from workflows.observability.tracing import annotate, traced
from workflows.settings import TheThingsStackSettings, load
from workflows.steps.undo import undo_device


@traced
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    stack_name = load(TheThingsStackSettings).stack_name
    annotate({"device_id": event["device_id"]})
    removed = undo_device(the_things_stack(), event["device_id"], stack_name=stack_name, run=event["run"])
    return {"removed": removed}
