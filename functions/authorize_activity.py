"""AuthorizeActivity: a call that bears a secret ► whether API Gateway hands it to ReceiveActivity."""

from typing import Any

from workflows.bootstrap.authorizing import admits, guard
from workflows.bootstrap.clients import rehearsed_clients
from workflows.bootstrap.init import prepare
from workflows.observability.tracing import traced
from workflows.schemas.authorization import dump_verdict, load_secret

prepare(guard, rehearsed_clients)


@traced
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return dump_verdict(admitted=admits(load_secret(event)))
