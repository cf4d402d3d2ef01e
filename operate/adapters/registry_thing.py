"""Things as AWS IoT has them now, with all that their registry events tell."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workflows.adapters.aws import transient_errors_mapped

if TYPE_CHECKING:
    from mypy_boto3_iot import IoTClient


@dataclass(frozen=True, slots=True)
class RegistryThing:
    """``attributes`` may hold keys."""

    thing_name: str
    thing_id: str
    version_number: int
    thing_type_name: str | None
    attributes: Mapping[str, str] = field(repr=False)


def describe_thing(client: "IoTClient", thing_name: str) -> RegistryThing | None:
    """Return the thing that bears the name now; None if none does."""
    try:
        with transient_errors_mapped():
            answer = client.describe_thing(thingName=thing_name)
    except client.exceptions.ResourceNotFoundException:
        return None
    return RegistryThing(
        thing_name=thing_name,
        thing_id=answer["thingId"],
        version_number=answer["version"],
        thing_type_name=answer.get("thingTypeName"),
        attributes=answer.get("attributes", {}),
    )


def give_type(client: "IoTClient", thing: RegistryThing, type_name: str) -> bool:
    """Write the thing type and leave the rest, unless the thing has changed since it was read: then return False."""
    try:
        with transient_errors_mapped():
            client.update_thing(
                thingName=thing.thing_name, thingTypeName=type_name, expectedVersion=thing.version_number
            )
    except client.exceptions.VersionConflictException:
        return False
    return True
