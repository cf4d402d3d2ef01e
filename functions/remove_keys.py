"""RemoveKeys: outcomes from the table's stream ► keys and codes go from things whose devices are registered."""

from typing import Any

from workflows.bootstrap.keyless import remove_keys
from workflows.observability.tracing import traced


@traced
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return remove_keys(event)
