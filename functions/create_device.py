"""CreateDevice: the planned device ► IS, JS, NS, AS ► how it was registered."""

from typing import Any

from workflows.bootstrap.registration import registration
from workflows.bootstrap.work import held_work, worked
from workflows.observability.tracing import traced


@traced
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    work, before = held_work(event)
    return worked(registration(work).create(work.decision.leftovers), before)
