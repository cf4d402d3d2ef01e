"""AuthorizeActivity: a call that bears a secret ► whether API Gateway hands it to ReceiveActivity."""

from typing import Any

from workflows.bootstrap.authorizing import admits
from workflows.observability.tracing import traced
from workflows.schemas.authorization import dump_verdict, load_secret


@traced
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return dump_verdict(admitted=admits(load_secret(event)))
