"""Puts together, once per Lambda instance, what records and reports the outcome of an event."""

from functools import cache

from workflows.adapters import aws
from workflows.adapters.shadow_removal import IoTRemovableShadow
from workflows.adapters.thing_log import CloudWatchThingLog
from workflows.adapters.things import IoTThings
from workflows.bootstrap.clients import rehearsed_clients
from workflows.bootstrap.journal import journal
from workflows.bootstrap.snapshots import snapshots
from workflows.domain.correction import know_words
from workflows.domain.report import Report, ReportRecord
from workflows.errors import TransientError
from workflows.observability.log import log_write_failure
from workflows.observability.outcome import log_outcome
from workflows.observability.tracing import annotate
from workflows.schemas.handover import know_messages
from workflows.settings import ReportSettings, load
from workflows.steps.record_outcome import record_outcome
from workflows.steps.report import Reporter
from workflows.steps.shadow_writing import ShadowWriter


def record_and_report(record: ReportRecord) -> dict[str, str]:
    """Append the fact to the journal, then write thing log, shadow and metrics; return the status for the history.

    A failure is reported even if the journal refuses the fact: nothing else would report it. After a transient error
    nothing is reported yet: the state machine tries again, and would report the failure twice.
    """
    report = record.report
    annotate({"thing_name": report.subject.thing_name, "device_id": report.device_id, "outcome": report.status})
    try:
        is_latest = record_outcome(journal(), record)
    except TransientError:
        raise
    except Exception:
        if report.failure is not None:
            _notify(report, update_shadow=True)
        raise
    _notify(report, update_shadow=is_latest)
    return {"reported": report.status}


def _notify(report: Report, *, update_shadow: bool) -> None:
    reporter().report(report, update_shadow=update_shadow)
    log_outcome(report, stack_name=load(ReportSettings).stack_name)


@cache
def reporter() -> Reporter:
    settings = load(ReportSettings)
    shadow, things = IoTRemovableShadow(aws.iot_data()), IoTThings(aws.iot())
    return Reporter(
        thing_log=CloudWatchThingLog(aws.logs(), settings.things_log_group),
        shadow=shadow,
        things=things,
        shadow_writer=ShadowWriter(shadow, things, snapshots(), settings.application_id),
        application_id=settings.application_id,
        on_write_failure=log_write_failure,
    )


# What a report needs, to be made before the first.
PARTS = (journal, reporter, know_messages, know_words, rehearsed_clients)
