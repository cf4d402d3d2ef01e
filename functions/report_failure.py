"""ReportFailure: what the operator has to fix ► journal, thing log, shadow, metrics."""

from datetime import UTC, datetime
from typing import Any

from workflows.bootstrap.init import prepare
from workflows.bootstrap.reporting import PARTS, record_and_report
from workflows.observability.tracing import traced
from workflows.schemas.report import load_failure

prepare(*PARTS)


@traced
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return record_and_report(load_failure(event, at=datetime.now(UTC)))
