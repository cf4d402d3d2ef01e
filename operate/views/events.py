"""Registry events: the ones that the command sends, and what the pipeline would do with any of them. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from workflows.domain.event import Operation, RegistryEvent, Relevance, relevance
from workflows.domain.facts import Change
from workflows.domain.fold import Settled, order_of
from workflows.domain.naming import execution_arn
from workflows.ports.journal import Snapshot

_RUN_NAME = re.compile(r"(?P<thing_id>.+)-v(?P<version>\d+)-(?P<operation>CREATED|UPDATED|DELETED)(-r\w{1,8})?")
# The pipeline releases the devices of these things.
NOT_OURS: tuple[Relevance, ...] = ("other stack", "other thing type")


@dataclass(frozen=True, slots=True)
class StackScope:
    """Which things belong to the stack."""

    stack_name: str
    thing_type_name: str

    def relevance(self, event: RegistryEvent) -> Relevance:
        """Return whose thing the event is about, by the pipeline's own rule."""
        return relevance(event, stack_name=self.stack_name, thing_type_name=self.thing_type_name)


@dataclass(frozen=True, slots=True)
class RunOrigin:
    """The change that a run was started for."""

    thing_id: str
    change: Change


def origin_of(run: str) -> RunOrigin | None:
    """Read the name that Ingest gave to the run; None for a run that somebody started under another name."""
    found = _RUN_NAME.fullmatch(run)
    if found is None:
        return None
    return RunOrigin(found["thing_id"], Change(cast(Operation, found["operation"]), int(found["version"]), run))


def is_processed(operation: Operation, version_number: int, settled: Settled | None, *, repair: bool = False) -> bool:
    """Return whether the pipeline would skip the event: a later change is settled, or this one succeeded.

    Any deletion matches a settled deletion, whatever its version number. A repair runs again after a success.
    """
    if settled is None:
        return False
    succeeded = settled.verdict in ("done", "skipped")
    if operation == "DELETED":
        return settled.operation == "DELETED" and succeeded
    wanted, latest = order_of(operation, version_number), order_of(settled.operation, settled.version_number)
    return wanted < latest or (wanted == latest and succeeded and not repair)


def updated_event(
    thing_id: str, thing_name: str, version_number: int, *, type_name: str | None, attributes: Mapping[str, str]
) -> RegistryEvent:
    """Return the event that AWS IoT would publish if the thing changed now. ``attributes`` may hold keys."""
    return RegistryEvent("UPDATED", thing_id, thing_name, version_number, type_name, attributes=attributes)


def deleted_event(snapshot: Snapshot) -> RegistryEvent:
    """Return the event of a deleted thing, with the last version that the journal knows."""
    known = [each.version_number for each in (snapshot.state.settled, snapshot.state.busy) if each]
    return RegistryEvent("DELETED", snapshot.thing_id, snapshot.thing_name, max(known, default=1))


def rerun_attributes(state_machine_arn: str, failed_run: str) -> Mapping[str, str]:
    """Return the message attributes that make Ingest start another run, even if one of the same name succeeded.

    Without a failed run there are none: a message that is delivered twice must start only one run.
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
