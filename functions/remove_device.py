"""RemoveDevice: the device of a thing that is gone ► EDCS, AS, NS, JS, IS ► removed."""

from typing import Any

from workflows.bootstrap.things_stack import the_things_stack
from workflows.bootstrap.work import held_work, worked
from workflows.observability.tracing import traced
from workflows.steps.removal import Removal


@traced
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    work, before = held_work(event)
    removal = Removal(the_things_stack(), work.mark, work.decision.known)
    return worked(removal.remove_all(work.decision.device_ids, work.decision.reason), before)
