"""UpdateDevice: what changed on the thing ► IS, NS, JS ► what was written."""

from typing import Any

from workflows.assembly.registration import update
from workflows.assembly.work import fenced_work
from workflows.observability.tracing import traced


@traced
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return fenced_work(event, lambda work: update(work).run())
