"""UndoDevice: what this run made before it was rejected ► removed."""

from typing import Any

from workflows.bootstrap.removal import undo
from workflows.observability.tracing import traced


@traced
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return {"undone": undo(event)}
