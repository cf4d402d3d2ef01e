"""Things in AWS IoT: describe, list, create, change attributes, and restore a thing type."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from workflows.adapters.aws import transient_errors_mapped
from workflows.adapters.described_things import IoTDescribedThings
from workflows.adapters.listed_things import IoTListedThings
from workflows.adapters.written_things import IoTAttributeWriter
from workflows.domain.pages import every
from workflows.domain.registry_things import DescribedThing, ListedThing
from workflows.ports.things import WriteResult

if TYPE_CHECKING:
    from mypy_boto3_iot import IoTClient


class ThingsOfType(IoTDescribedThings):
    """Things of one thing type."""

    def __init__(self, client: "IoTClient", type_name: str) -> None:
        super().__init__(client)
        self.type_name = type_name

    def create(self, thing_name: str, attributes: Mapping[str, str]) -> str | DescribedThing | None:
        """Create a thing and return its ID; AWS IoT also returns the ID of an existing identical thing.

        Return the existing thing if it differs, None if it has been deleted meanwhile.
        """
        try:
            answer = self._client.create_thing(
                thingName=thing_name,
                thingTypeName=self.type_name,
                attributePayload={"attributes": dict(attributes)},
            )
        except self._client.exceptions.ResourceAlreadyExistsException:
            return self.describe(thing_name)
        return answer["thingId"]

    def listed(self) -> Iterator[ListedThing]:
        return every(IoTListedThings(self._client, self.type_name).page)

    def write_attributes(self, thing_name: str, attributes: Mapping[str, str], version: int) -> WriteResult:
        return IoTAttributeWriter(self._client).write_attributes(thing_name, attributes, version)

    def restore_type(self, thing: DescribedThing) -> bool:
        """Make it a thing of this type and change nothing else; return False if it has changed since it was read."""
        try:
            with transient_errors_mapped():
                self._client.update_thing(
                    thingName=thing.thing_name, thingTypeName=self.type_name, expectedVersion=thing.version_number
                )
        except self._client.exceptions.VersionConflictException:
            return False
        return True
