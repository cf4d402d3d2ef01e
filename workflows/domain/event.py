"""A change in the AWS IoT thing registry, and whether it concerns this stack."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Operation = Literal["CREATED", "UPDATED", "DELETED"]
Relevance = Literal["ours", "other thing type", "other stack", "not evidently ours"]


@dataclass(frozen=True, slots=True)
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
    if event.thing_type_name not in (thing_type_name, None):
        return "other thing type"
    if named and named != stack_name:
        return "other stack"
    if named is None and event.operation != "CREATED":
        return "not evidently ours"
    return "ours"
