"""ReportRejection: what the user has to correct ► journal, thing log, shadow, metrics."""

from datetime import UTC, datetime
from typing import Any

from workflows.bootstrap.init import prepare
from workflows.bootstrap.reporting import PARTS, record_and_report
from workflows.observability.tracing import traced
from workflows.schemas.report import load_rejection

prepare(*PARTS)


@traced
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    return record_and_report(load_rejection(event, at=datetime.now(UTC)))
