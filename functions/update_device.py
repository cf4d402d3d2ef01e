"""UpdateDevice: what changed on the thing ► IS, NS, JS ► what was written."""

from typing import Any

from workflows.bootstrap.registration import update
from workflows.bootstrap.work import held_work, worked
from workflows.observability.tracing import traced


@traced
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    work, before = held_work(event)
    return worked(update(work).run(), before)
