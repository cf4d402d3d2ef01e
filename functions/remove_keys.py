"""RemoveKeys: outcomes from the table's stream ► keys and codes go from things whose devices are registered."""

from typing import Any

from workflows.bootstrap.clients import rehearsed_clients
from workflows.bootstrap.init import prepare
from workflows.bootstrap.keyless import remove_keys, remover
from workflows.observability.tracing import traced

prepare(remover, rehearsed_clients)


@traced
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return remove_keys(event)
