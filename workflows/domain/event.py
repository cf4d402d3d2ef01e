"""A change in the AWS IoT thing registry, as the pipeline knows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Operation = Literal["CREATED", "UPDATED", "DELETED"]
Relevance = Literal["ours", "other thing type", "other stack", "not evidently ours"]


@dataclass(frozen=True, slots=True)
class RegistryEvent:
    """``version_number`` is 1 at creation and grows by one per update; ``occurred_at_ms`` is epoch time.

    ``repair`` never comes from AWS IoT: the operator asks that the device be made what the thing says once more.
    With ``overwrite``, even one that was there before its thing.
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
    """Tell whether ``event`` is this stack's affair; a missing thing type says nothing, DELETED may lack it.

    A CREATED without a stack name is ours, so that its user is told what is missing.
    """
    named = event.attributes.get("stackName")
    if event.thing_type_name not in (thing_type_name, None):
        return "other thing type"
    if named and named != stack_name:
        return "other stack"
    if named is None and event.operation != "CREATED":
        return "not evidently ours"
    return "ours"
