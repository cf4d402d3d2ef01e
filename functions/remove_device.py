"""RemoveDevice: the device of a thing that is gone ► EDCS, AS, NS, JS, IS ► removed."""

from typing import Any

from workflows.bootstrap.removal import removal
from workflows.bootstrap.work import fenced_work
from workflows.observability.tracing import traced


@traced
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return fenced_work(event, lambda work: removal(work).remove_all(work.decision.device_ids, work.decision.reason))
