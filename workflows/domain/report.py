"""What the user sees of an event: one line of the thing's log, and the shadow ``registration``."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

from workflows.domain.correction import Correction, argument, correction
from workflows.domain.facts import Fact, RegisteredDevice
from workflows.domain.fold import Settled, ThingState, Verdict, status_of
from workflows.domain.mirroring import Link
from workflows.domain.registry_things import DescribedThing
from workflows.domain.rights import GIVE_A_NEW_KEY
from workflows.errors import DeviceRefusedError
from workflows.values import value

Status = Literal["registered", "removed", "released", "skipped", "rejected", "failed"]

# The outcomes that the shadow shows -> their verdicts in the journal.
_SHOWN: Mapping[Status, Verdict] = {"registered": "done", "rejected": "rejected", "failed": "failed"}

# {thing} is the thing's name as a shell takes it, {correct} the commands that correct it.
_REDRIVE = (
    "The event waits in the dead-letter queue. Fix the cause, then run `thingsync redrive`, or `thingsync replay "
    "{thing}` for this thing alone."
)
_ADVICE = {
    "InvalidThingError": "Correct the thing: {correct}. The update starts a new run.",
    "DeviceConflictError": (
        "The device ID or the EUIs belong to another device or thing. Remove that one, then run `thingsync replay "
        "{thing}`. Or keep it, and correct this thing: {correct}."
    ),
    "ClaimRejectedError": (
        "Check the code on the device's label, and correct the thing: {correct}. Or ask the device's owner to release "
        "it, then run `thingsync replay {thing}`."
    ),
    "RegistryThrottledError": f"The Things Stack or AWS throttled every try. {_REDRIVE}",
    "RegistryUnavailableError": f"The Things Stack could not be reached at any try. {_REDRIVE}",
    "ThingBusyError": f"Another run worked on this thing or its device for an hour. {_REDRIVE}",
    # Only the reason knows whether the device would stay when its thing is deleted.
    "ImmutableChangeError": "Undo the change: {correct}. If you meant it, do what the reason says.",
    "MismatchingStackError": (
        "If the device should belong to this stack, give the thing this stack's stackName (`thingsync set {thing} "
        "stackName=…`) and thing type, or delete the thing. If it should belong to the other stack, remove it from "
        "this application of The Things Stack."
    ),
    "MismatchingDeviceError": (
        "Delete or correct the thing that is in the way. Or create a thing for the device yourself: with another name, "
        "the stack's thing type, and the attributes devEUI, joinEUI and stackName. With ThingNameScheme "
        "StackNameDeviceID, every device gets its own thing name."
    ),
    "SupersededError": f"Other runs took this thing over twice. Check those runs. {_REDRIVE}",
    "UnexpectedDecisionError": f"Dispatch and the next step disagree: report this fault. {_REDRIVE}",
    "UnknownFactError": f"A newer version of Thingsync wrote the journal. Deploy that version. {_REDRIVE}",
    "JournalSequenceError": f"The journal of this thing has a gap. Restore the thing's items. {_REDRIVE}",
    "OrphanedOwnerError": f"The journal lost the device's owner. Restore that thing's items. {_REDRIVE}",
    "AccessDeniedError": (
        f"{GIVE_A_NEW_KEY} Rights that you add to the present key instead take effect after two minutes. {_REDRIVE}"
    ),
    "StackConfigurationError": f"Correct the stack's parameters and deploy it again. {_REDRIVE}",
    "PlanLimitError": f"Get a larger plan at The Things Stack, or delete unused devices. {_REDRIVE}",
    "UnexpectedAnswerError": f"Look up the error that The Things Stack named. {_REDRIVE}",
    "DeletionHeldError": (
        "More things were deleted in an hour than the stack's DeletionsPerHour. The event waits in the dead-letter "
        "queue, and the device stays until then. If it was a mistake, run `thingsync restore {thing}`, or `thingsync "
        "restore --held` for all such things. If it was meant, run `thingsync redrive --allow-removals N`."
    ),
    "UnreportedRunError": (
        "The run ended without reporting its outcome. Open the run and fix the cause. If no later change of the thing "
        "was processed since, run `thingsync replay --execution` with the run's ARN."
    ),
    "InvalidEventError": "The input is no registry event. Nothing can be registered from it. Find out who sent it.",
}
_OTHER_ADVICE = f"Open the execution and read its cause. {_REDRIVE}"
# Where no thing is named, the user puts the name in.
_ANY_THING = "THING"


@value
class Subject:
    """The reported change; any field may be None if the input was no registry event."""

    thing_name: str | None
    thing_id: str | None
    version_number: int | None
    operation: str | None
    occurred_at_ms: int | None


@value
class Failure:
    """``message`` is None if the error is not one of Thingsync's: its text could contain anything, even a key."""

    name: str
    message: str | None


@value
class Report:
    """``reason`` is set on success and skip, ``failure`` otherwise; ``method`` and ``device_id`` if registered.

    ``updated``: the device was registered before, and now matches its thing again.
    ``differences``: values of the thing that the device does not have.
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


@value
class ReportRecord:
    """A report and the fact that the journal records for it.

    ``fact`` is None if the input was no registry event.
    ``before`` is the thing's state that the fence read; None if the journal has to be read again.
    """

    report: Report
    fact: Fact | None
    before: ThingState | None = None


def is_end_of_thing(report: Report) -> bool:
    """Return whether the deletion of the thing is settled: then its shadow must go."""
    return report.subject.operation == "DELETED" and report.status in ("removed", "released", "skipped")


def is_shown(report: Report, settled: Settled | None) -> bool:
    """Return whether the shadow shows this outcome: only if it is ``settled``, the thing's latest in the journal.

    An outcome that changed nothing, or that released the device, leaves the shadow as it is.
    """
    verdict, subject = _SHOWN.get(report.status), report.subject
    if verdict is None or settled is None:
        return False
    latest = (settled.operation, settled.version_number, settled.verdict)
    return latest == (subject.operation, subject.version_number, verdict)


def advice(failure: Failure, thing_name: str | None = None) -> str:
    """Say what to do about ``failure`` of the thing, with the commands."""
    name = thing_name or _ANY_THING
    text = _ADVICE.get(failure.name, _OTHER_ADVICE)
    return text.replace("{correct}", _how_to_correct(failure, name)).replace("{thing}", argument(name))


def correction_of(failure: Failure, thing_name: str) -> Correction | None:
    """Return how the user corrects the thing; None if the attributes of the thing are not the cause or not known."""
    is_users = "{correct}" in _ADVICE.get(failure.name, _OTHER_ADVICE)
    return correction(failure.message or "", thing_name) if is_users else None


def _how_to_correct(failure: Failure, thing_name: str) -> str:
    found = correction_of(failure, thing_name) or Correction(thing_name, {"ATTRIBUTE": "VALUE"})
    return f"`{found.command}`, or with the AWS CLI `{found.aws_command}`"


def log_line(report: Report, application_id: str) -> dict[str, object]:
    """Return the line for the thing's log: what happened, why, what to do."""
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
        "whatToDo": advice(report.failure, report.subject.thing_name) if report.failure else None,
        "executionArn": report.execution_arn,
    }
    return {name: value for name, value in line.items() if value is not None}


def linked_line(link: Link, application_id: str, *, at: datetime) -> dict[str, object]:
    """Return the log line of a thing that was linked because its device sent."""
    return _device_line(link.thing_id, link.device, application_id, at=at) | {"reason": _why_linked(link)}


def restored_line(
    thing_id: str, device: RegisteredDevice, lost: Iterable[str], application_id: str, *, at: datetime
) -> dict[str, object]:
    """Return the log line of a thing whose type or attributes were restored."""
    reason = f"the thing had lost {', '.join(lost)}; Thingsync restored that when its device sent"
    return _device_line(thing_id, device, application_id, at=at) | {"reason": reason}


def keyless_line(
    thing_id: str, device: RegisteredDevice, names: Iterable[str], application_id: str, *, at: datetime
) -> dict[str, object]:
    """Return the log line of a thing whose keys and codes were removed."""
    reason = f"removed from the thing, because its device has it: {', '.join(names)} (KeysOnThings is Remove)"
    return _device_line(thing_id, device, application_id, at=at) | {"reason": reason}


def unremoved_line(
    thing: DescribedThing, device: RegisteredDevice, names: Sequence[str], application_id: str, *, at: datetime
) -> dict[str, object]:
    """Return the log line of a thing whose keys and codes AWS IoT refuses to remove."""
    unset = " ".join(f"--unset {name}" for name in names)
    stays = f"still on the thing, because AWS IoT refused to remove it: {', '.join(names)} (KeysOnThings is Remove)"
    return _device_line(thing.thing_id, device, application_id, at=at) | {
        "reason": stays,
        "whatToDo": f"See why, and remove it: `thingsync set {argument(thing.thing_name)} {unset}`.",
    }


def _why_linked(link: Link) -> str:
    if link.former is None:
        return "the device sent, and this thing has its EUIs; they were linked, and nothing was overwritten"
    return (
        f"device {link.former.device_id} is gone, and device {link.device.device_id} with the same EUIs sent; the "
        "thing was linked with that device, and nothing was overwritten"
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
    """Return the report of a link for the shadow; None if a later change waits to be corrected or run again."""
    settled = link.state.settled
    if settled is None or status_of(link.state) != "registered":
        return None
    subject = Subject(link.thing_name, link.thing_id, settled.version_number, settled.operation, None)
    return Report("registered", subject, "", at, method=link.device.method, device_id=link.device.device_id)


def refused_line(error: DeviceRefusedError, device_id: str, application_id: str, *, at: datetime) -> dict[str, object]:
    """Return the log line of a thing that is in the way of a device of this stack."""
    failure = Failure(type(error).__name__, str(error))
    return {
        "at": _iso(at),
        "outcome": "rejected",
        "deviceId": device_id,
        "applicationId": application_id,
        "error": _error(failure),
        "whatToDo": advice(failure, error.thing_name),
    }


def shadow_state(report: Report, application_id: str) -> dict[str, object | None]:
    """Return the whole reported state; None removes a field that an earlier outcome left."""
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
    """Return whether the shadow's state ``reported`` names another thing with this name. It proves nothing."""
    return reported.get("thingId") not in (None, report.subject.thing_id)


def names_later_change(report: Report, reported: Mapping[str, object]) -> bool:
    """Return whether the shadow's state ``reported`` names a later change. It proves nothing: a device may write it."""
    number = reported.get("versionNumber")
    return isinstance(number, int) and number > (report.subject.version_number or 0)


def latency_ms(report: Report) -> float | None:
    """Return the time from the registry event to this outcome; None if the event has no time."""
    occurred_at_ms = report.subject.occurred_at_ms
    return None if occurred_at_ms is None else max(0.0, report.at.timestamp() * 1000 - occurred_at_ms)


def _error(failure: Failure | None) -> dict[str, str] | None:
    if failure is None:
        return None
    return {"name": failure.name, "message": failure.message or "See the cause in the execution."}


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
