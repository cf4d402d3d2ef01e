"""Things in AWS IoT: describe, list, create, and restore a thing type."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from operate.bulk.checking import PlannedThing
from operate.drift.comparison import SeenThing
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


# The most that ListThings gives; its quota counts calls (10 a second).
_PAGE = 250


@dataclass(frozen=True, slots=True)
class ListedThing:
    """ListThings tells no thingId."""

    name: str
    version: int
    attributes: Mapping[str, str] = field(repr=False)


class ThingsOfType:
    def __init__(self, client: "IoTClient", type_name: str) -> None:
        self._client = client
        self.type_name = type_name

    def make(self, thing: PlannedThing) -> str | RegistryThing | None:
        """Create a thing and return its ID; AWS IoT takes the very same thing once more for success.

        Return the thing that bears the name if it is not the very same, None if it is gone by then.
        """
        try:
            answer = self._client.create_thing(
                thingName=thing.thing_name,
                thingTypeName=self.type_name,
                attributePayload={"attributes": dict(thing.attributes)},
            )
        except self._client.exceptions.ResourceAlreadyExistsException:
            return describe_thing(self._client, thing.thing_name)
        return answer["thingId"]

    def listed(self) -> Iterator[ListedThing]:
        pages = self._client.get_paginator("list_things").paginate(
            thingTypeName=self.type_name, PaginationConfig={"PageSize": _PAGE}
        )
        for page in pages:
            for each in page["things"]:
                yield ListedThing(each["thingName"], each["version"], each.get("attributes", {}))

    def seen(self, thing_name: str) -> SeenThing | None:
        """Return the thing that bears the name now, of whatever type; None only if AWS IoT has none of this name."""
        thing = self.thing(thing_name)
        if thing is None:
            return None
        seen = SeenThing.of(thing.thing_name, thing.version_number, thing.thing_type_name, thing.attributes)
        return replace(seen, thing_id=thing.thing_id)

    def thing(self, thing_name: str) -> RegistryThing | None:
        return describe_thing(self._client, thing_name)

    def give_type(self, thing: RegistryThing) -> bool:
        """Make it a thing of this type; return False if it has changed since it was read."""
        return give_type(self._client, thing, self.type_name)
