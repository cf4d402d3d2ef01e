"""Things of AWS IoT as an operator works with them: made, listed, described."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from operate.bulk.checking import PlannedThing

if TYPE_CHECKING:
    from mypy_boto3_iot import IoTClient

# The most that ListThings gives; its quota counts calls (10 a second).
_PAGE = 250


@dataclass(frozen=True, slots=True)
class ListedThing:
    """ListThings tells no thingId."""

    name: str
    version: int
    attributes: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class DescribedThing:
    thing_id: str
    name: str
    version: int
    type_name: str | None
    attributes: Mapping[str, str] = field(repr=False)


class Things:
    """The things of one type."""

    def __init__(self, client: "IoTClient", type_name: str) -> None:
        self._client = client
        self._type_name = type_name

    def make(self, thing: PlannedThing) -> str | None:
        """Create a thing; AWS IoT takes the same thing once more for success. Return None if it is another."""
        try:
            answer = self._client.create_thing(
                thingName=thing.thing_name,
                thingTypeName=self._type_name,
                attributePayload={"attributes": dict(thing.attributes)},
            )
        except self._client.exceptions.ResourceAlreadyExistsException:
            return None
        return answer["thingId"]

    def listed(self) -> Iterator[ListedThing]:
        pages = self._client.get_paginator("list_things").paginate(
            thingTypeName=self._type_name, PaginationConfig={"PageSize": _PAGE}
        )
        for page in pages:
            for each in page["things"]:
                yield ListedThing(each["thingName"], each["version"], each.get("attributes", {}))

    def described(self, thing_name: str) -> DescribedThing | None:
        try:
            told = self._client.describe_thing(thingName=thing_name)
        except self._client.exceptions.ResourceNotFoundException:
            return None
        return DescribedThing(
            thing_id=told["thingId"],
            name=told["thingName"],
            version=told["version"],
            type_name=told.get("thingTypeName"),
            attributes=told.get("attributes", {}),
        )
