"""PublishFacts: facts from the table's stream ► events on the default bus; what was not taken is delivered again."""

from typing import Any

from workflows.bootstrap.clients import rehearsed_clients
from workflows.bootstrap.init import prepare
from workflows.bootstrap.publishing import publish, publisher
from workflows.observability.tracing import traced
from workflows.schemas.fact_event import dump_published

prepare(publisher, rehearsed_clients)


@traced
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return dump_published(publish(event))
