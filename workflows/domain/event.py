"""A change in the AWS IoT thing registry, and whether it concerns this stack."""

from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, datetime, timedelta
from typing import Literal

from workflows.values import value

Operation = Literal["CREATED", "UPDATED", "DELETED"]
Relevance = Literal["ours", "other thing type", "other stack", "not evidently ours"]

# An event waits for 4 days in the queue and 14 in the dead-letter queue. A redrive begins both again, and a run can be
# started once more for 90 days: so no time is long enough for all, and ``is_late`` has what remains.
TOMBSTONE_LASTS = timedelta(days=30)
# A day less: the clocks of AWS IoT, of a function and of DynamoDB need not agree.
_LATE = TOMBSTONE_LASTS - timedelta(days=1)


@value
class RegistryEvent:
    """``version_number`` is 1 at creation and grows by one per update; ``occurred_at_ms`` is epoch time.

    ``repair`` and ``overwrite`` come from the operator, never from AWS IoT. ``repair``: write the whole device again.
    ``overwrite``: write an adopted device, too.
    """

    operation: Operation
    thing_id: str
    thing_name: str
    version_number: int
    thing_type_name: str | None = None
    occurred_at_ms: int | None = None
    attributes: Mapping[str, str] = field(default_factory=dict, repr=False)
    repair: bool = False
    overwrite: bool = False


def relevance(event: RegistryEvent, *, stack_name: str, thing_type_name: str) -> Relevance:
    """Return whether ``event`` concerns this stack. An event without a thing type may: a DELETED may lack the type.

    A CREATED without a stack name is ours: its log then shows the user what is missing.
    """
    named = event.attributes.get("stackName")
    if not may_be_of_type(event, thing_type_name):
        return "other thing type"
    if named and named != stack_name:
        return "other stack"
    if named is None and event.operation != "CREATED":
        return "not evidently ours"
    return "ours"


def is_late(occurred_at_ms: int | None, now: datetime) -> bool:
    """Return whether a tombstone of the event's thing may have expired.

    A thing's tombstone is younger than all its events, so a younger event finds it.
    """
    return occurred_at_ms is not None and now - datetime.fromtimestamp(occurred_at_ms / 1000, UTC) > _LATE


def may_be_of_type(event: RegistryEvent, thing_type_name: str) -> bool:
    """Return whether the thing has this type, as far as its event shows: a DELETED may lack the type."""
    return event.thing_type_name in (thing_type_name, None)
