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


# Whose things are given up by the pipeline.
OTHERS: tuple[Relevance, ...] = ("other stack", "other thing type")


@dataclass(frozen=True, slots=True)
class Ours:
    stack_name: str
    thing_type_name: str

    def whose(self, event: RegistryEvent) -> Relevance:
        """Tell it as the pipeline does."""
        return relevance(event, stack_name=self.stack_name, thing_type_name=self.thing_type_name)


def is_served(operation: Operation, version_number: int, settled: Settled | None, *, repair: bool = False) -> bool:
    """Tell whether the pipeline would skip it: a later change is settled, or this one is and went well.

    A deletion is one, whatever its number. A repair asks for what went well once more.
    """
    if settled is None:
        return False
    went_well = settled.verdict in ("done", "skipped")
    if operation == "DELETED":
        return settled.operation == "DELETED" and went_well
    asked, latest = order_of(operation, version_number), order_of(settled.operation, settled.version_number)
    return asked < latest or (asked == latest and went_well and not repair)


_NAME = re.compile(r"(?P<thing_id>.+)-v(?P<version>\d+)-(?P<operation>CREATED|UPDATED|DELETED)(-r\w{1,8})?")


@dataclass(frozen=True, slots=True)
class StartedFor:
    thing_id: str
    change: Change


def started_for(run: str) -> StartedFor | None:
    """Read the name that Ingest gave to the run; None for a run that somebody started under another name."""
    found = _NAME.fullmatch(run)
    if found is None:
        return None
    return StartedFor(found["thing_id"], Change(cast(Operation, found["operation"]), int(found["version"]), run))
