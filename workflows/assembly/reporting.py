"""Puts the reporter together, once per Lambda instance, and reports."""

from functools import cache

from workflows.adapters import aws
from workflows.adapters.shadow import IoTRegistrationShadow
from workflows.adapters.thing_log import CloudWatchThingLog
from workflows.domain.report import Report
from workflows.observability.outcome import record, untold
from workflows.observability.tracing import annotate
from workflows.settings import ReportSettings, load
from workflows.steps.report import Reporter


def tell(report: Report) -> dict[str, str]:
    """Tell ``report`` wherever people look; return its status for the run's history."""
    settings = load(ReportSettings)
    annotate({"thing_name": report.subject.thing_name, "device_id": report.device_id, "outcome": report.status})
    _reporter(settings).tell(report)
    record(report, stack_name=settings.stack_name)
    return {"reported": report.status}


@cache
def _reporter(settings: ReportSettings) -> Reporter:
    return Reporter(
        CloudWatchThingLog(aws.logs(), settings.things_log_group),
        IoTRegistrationShadow(aws.iot_data()),
        application_id=settings.application_id,
        on_trouble=untold,
    )
