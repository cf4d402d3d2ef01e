"""The log line, the counts and the latency of a reported event."""

from workflows.domain.report import Report, latency_ms
from workflows.observability.log import logger
from workflows.observability.metrics import Metric, count, count_answered, record_latency

_METRIC: dict[str, Metric] = {
    "registered": "Registered",
    "removed": "Removed",
    "released": "Released",
    "skipped": "Skipped",
    "rejected": "Rejected",
    "failed": "Failed",
}
# What The Things Stack has carried out.
_ANSWERED = ("registered", "removed")


def log_outcome(report: Report, *, stack_name: str) -> None:
    """Log and count the outcome for dashboards, alarms and log queries."""
    failure = report.failure
    metric = "Updated" if report.updated else _METRIC[report.status]
    count(metric, stack_name=stack_name, error_name=failure.name if failure else None)
    latency = latency_ms(report)
    if report.status == "registered" and latency is not None:
        record_latency(latency, stack_name=stack_name)
    if report.status in _ANSWERED:
        count_answered(stack_name=stack_name)
    logger.info(
        f"Event {report.status}",
        thing_name=report.subject.thing_name,
        thing_id=report.subject.thing_id,
        version_number=report.subject.version_number,
        method=report.method,
        device_id=report.device_id,
        reason=report.reason,
        latency_ms=latency,
        error_name=failure.name if failure else None,
        error_message=failure.message if failure else None,
    )
