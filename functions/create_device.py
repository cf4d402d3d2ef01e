"""CreateDevice: the planned device ► IS, JS, NS, AS ► how it was registered."""

from typing import Any

from workflows.bootstrap.registration import registration
from workflows.bootstrap.work import fenced_work
from workflows.observability.tracing import traced


@traced
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return fenced_work(event, lambda work: registration(work).create(work.decision.leftovers))
