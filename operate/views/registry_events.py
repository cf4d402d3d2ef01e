"""Registry events as the command sends them: what AWS IoT would publish if the thing changed now. Pure."""

import json
from collections.abc import Mapping
from datetime import datetime

from workflows.domain.event import Operation, RegistryEvent
from workflows.domain.naming import execution_arn
from workflows.ports.journal import Snapshot


def updated_event(
    thing_id: str, thing_name: str, version_number: int, *, type_name: str | None, attributes: Mapping[str, str]
) -> RegistryEvent:
    """Tell how a thing stands now. ``attributes`` may hold keys."""
    return RegistryEvent("UPDATED", thing_id, thing_name, version_number, type_name, attributes=attributes)


def deleted_event(snapshot: Snapshot) -> RegistryEvent:
    """Tell that a thing is gone, whose last version is the one that the journal knows."""
    known = [each.version_number for each in (snapshot.state.settled, snapshot.state.busy) if each]
    return RegistryEvent("DELETED", snapshot.thing_id, snapshot.thing_name, max(known, default=1))


def another_run(state_machine_arn: str, failed_run: str) -> Mapping[str, str]:
    """Return the attributes by which Ingest starts another run, though one of the same name may have succeeded.

    None without a run that failed, for then a message that comes twice is to be one run.
    """
    return {"ExecutionArn": execution_arn(state_machine_arn, failed_run)} if failed_run else {}


def body_of(event: RegistryEvent, at: datetime) -> str:
    """Write the message for the queue of registry events."""
    operation: Operation = event.operation
    return json.dumps(
        {
            "eventType": "THING_EVENT",
            "eventId": f"replay-{event.thing_id}-v{event.version_number}-{operation}",
            "timestamp": int(at.timestamp() * 1000),
            "operation": operation,
            "thingId": event.thing_id,
            "thingName": event.thing_name,
            "versionNumber": event.version_number,
            "thingTypeName": event.thing_type_name,
            "attributes": dict(event.attributes) or None,
            **({"repair": True} if event.repair else {}),
            **({"overwrite": True} if event.overwrite else {}),
        }
    )
