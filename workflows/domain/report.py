"""What the user is told about an event: one line of the thing's log, and the shadow ``registration``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from workflows.domain.facts import RegisteredDevice
from workflows.domain.fold import Settled, Verdict, status_of
from workflows.domain.mirroring import Link
from workflows.errors import DeviceRefusedError

Status = Literal["registered", "removed", "released", "skipped", "rejected", "failed"]

# What the journal calls the outcomes that the shadow shows.
_SHOWN: Mapping[Status, Verdict] = {"registered": "done", "rejected": "rejected", "failed": "failed"}

_CORRECT_THE_THING = "Correct the thing's attributes (UpdateThing), which raises a new event."
_FIX_AND_REDRIVE = (
    "The event waits in the dead-letter queue: mend the cause, then `thingsync redrive`, "
    "or start a new execution with the same input."
)
_ADVICE = {
    "InvalidThingError": _CORRECT_THE_THING,
    "DeviceConflictError": (
        "Remove the device or the thing that holds the identity, then update this thing in any way, "
        f"or start a new execution with the same input. Otherwise: {_CORRECT_THE_THING}"
    ),
    "ClaimRejectedError": f"Check the claim authentication code and who owns the device. {_CORRECT_THE_THING}",
    "RegistryThrottledError": f"The Things Stack or AWS kept refusing for rate. {_FIX_AND_REDRIVE}",
    "RegistryUnavailableError": f"The Things Stack could not be reached, again and again. {_FIX_AND_REDRIVE}",
    "ThingBusyError": f"Another run worked on this thing or its device for an hour: look at it. {_FIX_AND_REDRIVE}",
    "ImmutableChangeError": "Take the change of the thing back, or do what the message says.",
    "MismatchingStackError": (
        "If the device is to be this stack's: set the thing's stackName to it (and its thing type), or delete the "
        "thing. If it is the other stack's: remove the device from this application of The Things Stack."
    ),
    "MismatchingDeviceError": (
        "Delete or correct what is in the way, or make a thing for the device yourself: under another name, of the "
        "stack's thing type, with the device's devEUI, joinEUI and stackName. With ThingNameScheme StackNameDeviceID "
        "every device gets a thing name of its own."
    ),
    "SupersededError": f"Other runs took this thing over from this one, twice: look at them. {_FIX_AND_REDRIVE}",
    "UnexpectedDecisionError": f"A fault of Thingsync: Dispatch and the next step disagree. {_FIX_AND_REDRIVE}",
    "UnknownFactError": f"A newer version of Thingsync wrote the journal: deploy that one. {_FIX_AND_REDRIVE}",
    "JournalSequenceError": f"The journal of this thing has a gap: restore the table. {_FIX_AND_REDRIVE}",
    "OrphanedOwnerError": f"The journal lost the thing that owns the device: restore the table. {_FIX_AND_REDRIVE}",
    "AccessDeniedError": f"Put a key with the right rights into the stack's secret. {_FIX_AND_REDRIVE}",
    "StackConfigurationError": f"Correct the stack's parameters and deploy it again. {_FIX_AND_REDRIVE}",
    "PlanLimitError": f"Get a larger plan of The Things Stack, or delete unused devices there. {_FIX_AND_REDRIVE}",
    "UnexpectedAnswerError": f"Look up the error that The Things Stack named. {_FIX_AND_REDRIVE}",
    "InvalidEventError": "The input is no registry event, so nothing can be registered from it.",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """Which change is reported; anything may be None when the input was no registry event."""

    thing_name: str | None
    thing_id: str | None
    version_number: int | None
    operation: str | None
    occurred_at_ms: int | None


@dataclass(frozen=True, slots=True)
class Failure:
    """``message`` is None where the error is not one of ours, so that its text may hold anything."""

    name: str
    message: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """``reason`` is set on success and skip, ``failure`` on the others; ``method`` and ``device_id`` if registered.

    ``updated`` tells a device that was registered before and now follows its thing from one that is new.
    ``differences``: what the thing says and the device does not have.
    """

    status: Status
    subject: Subject
    execution_arn: str
    at: datetime
    method: str | None = None
    device_id: str | None = None
    reason: str | None = None
    failure: Failure | None = None
    updated: bool = False
    differences: tuple[str, ...] = ()


def is_end_of_thing(report: Report) -> bool:
    """Tell whether a deletion is settled, so that nothing of the thing is left to show."""
    return report.subject.operation == "DELETED" and report.status in ("removed", "released", "skipped")


def is_shown(report: Report, settled: Settled | None) -> bool:
    """Tell whether the shadow shows this outcome: it is what the journal has as the thing's latest, ``settled``.

    One that changed nothing leaves the shadow as it is, as does a thing given away.
    """
    verdict, subject = _SHOWN.get(report.status), report.subject
    if verdict is None or settled is None:
        return False
    latest = (settled.operation, settled.version_number, settled.verdict)
    return latest == (subject.operation, subject.version_number, verdict)


def advice(failure: Failure) -> str:
    """Say what to do about ``failure``."""
    return _ADVICE.get(failure.name, f"Open the execution and read its cause. {_FIX_AND_REDRIVE}")


def log_line(report: Report, application_id: str) -> dict[str, object]:
    """Return what the thing's log says: what happened, why, what to do."""
    line: dict[str, object | None] = {
        "at": _iso(report.at),
        "outcome": report.status,
        "method": report.method,
        "reason": report.reason,
        "differences": list(report.differences) or None,
        "thingName": report.subject.thing_name,
        "thingId": report.subject.thing_id,
        "versionNumber": report.subject.version_number,
        "operation": report.subject.operation,
        "deviceId": report.device_id,
        "applicationId": application_id if report.device_id else None,
        "error": _error(report.failure),
        "whatToDo": advice(report.failure) if report.failure else None,
        "executionArn": report.execution_arn,
    }
    return {name: value for name, value in line.items() if value is not None}


def linked_line(link: Link, application_id: str, *, at: datetime) -> dict[str, object]:
    """Return what the log of a thing says that was linked because its device sent."""
    return _device_line(link.thing_id, link.device, application_id, at=at) | {"reason": _why_linked(link)}


def restored_line(
    thing_id: str, device: RegisteredDevice, lost: Iterable[str], application_id: str, *, at: datetime
) -> dict[str, object]:
    """Return what the log of a thing says that got back the attributes or the type that it had lost."""
    reason = f"the thing had lost {', '.join(lost)}; Thingsync gave that back, since its device sent"
    return _device_line(thing_id, device, application_id, at=at) | {"reason": reason}


def _why_linked(link: Link) -> str:
    if link.former is None:
        return "the device sent, and this thing has its EUIs; it is linked, and nothing of it was overwritten"
    return (
        f"device {link.former.device_id} is gone, and device {link.device.device_id}, which has its EUIs, sent; the "
        "thing is linked with that one, and nothing of it was overwritten"
    )


def _device_line(thing_id: str, device: RegisteredDevice, application_id: str, *, at: datetime) -> dict[str, object]:
    return {
        "at": _iso(at),
        "outcome": "registered",
        "method": device.method,
        "thingId": thing_id,
        "deviceId": device.device_id,
        "applicationId": application_id,
    }


def linked_report(link: Link, *, at: datetime) -> Report | None:
    """Return what the shadow shows of a link; None where a later change waits to be corrected or run again."""
    settled = link.state.settled
    if settled is None or status_of(link.state) != "registered":
        return None
    subject = Subject(link.thing_name, link.thing_id, settled.version_number, settled.operation, None)
    return Report("registered", subject, "", at, method=link.device.method, device_id=link.device.device_id)


def refused_line(error: DeviceRefusedError, device_id: str, application_id: str, *, at: datetime) -> dict[str, object]:
    """Return what the log of a thing says that stands in the way of a device of this stack."""
    failure = Failure(type(error).__name__, str(error))
    return {
        "at": _iso(at),
        "outcome": "rejected",
        "deviceId": device_id,
        "applicationId": application_id,
        "error": _error(failure),
        "whatToDo": advice(failure),
    }


def shadow_state(report: Report, application_id: str) -> dict[str, object | None]:
    """Return the whole reported state; None removes what an earlier outcome left."""
    return {
        "status": report.status,
        "method": report.method,
        "deviceId": report.device_id,
        "applicationId": application_id if report.device_id else None,
        "differences": list(report.differences) or None,
        "error": _error(report.failure),
        "thingId": report.subject.thing_id,
        "versionNumber": report.subject.version_number,
        "at": _iso(report.at),
        "eventAt": report.subject.occurred_at_ms,
    }


def names_another_thing(report: Report, reported: Mapping[str, object]) -> bool:
    """Tell whether ``reported``, the shadow's state, tells of another thing of this name. Devices may write there."""
    return reported.get("thingId") not in (None, report.subject.thing_id)


def names_later_change(report: Report, reported: Mapping[str, object]) -> bool:
    """Tell whether it tells of a later change; again, this is no more than a reason to ask."""
    number = reported.get("versionNumber")
    return isinstance(number, int) and number > (report.subject.version_number or 0)


def latency_ms(report: Report) -> float | None:
    """Return the time from the registry's event to this outcome; None if the event told no time."""
    occurred_at_ms = report.subject.occurred_at_ms
    return None if occurred_at_ms is None else max(0.0, report.at.timestamp() * 1000 - occurred_at_ms)


def _error(failure: Failure | None) -> dict[str, str] | None:
    if failure is None:
        return None
    return {"name": failure.name, "message": failure.message or "See the cause in the execution."}


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
