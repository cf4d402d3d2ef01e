"""UpdateDevice: what changed on the thing ► IS, NS, JS ► what was written."""

from typing import Any

from workflows.bootstrap.registration import update
from workflows.bootstrap.work import fenced_work
from workflows.observability.tracing import traced


@traced
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return fenced_work(event, lambda work: update(work).run())
