"""Things in AWS IoT: describe, list, create, change attributes, and restore a thing type."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal

from workflows.adapters.aws import transient_errors_mapped
from workflows.adapters.described_things import IoTDescribedThings
from workflows.adapters.listed_things import IoTListedThings
from workflows.domain.pages import every
from workflows.domain.registry_things import DescribedThing, ListedThing

if TYPE_CHECKING:
    from mypy_boto3_iot import IoTClient
    from mypy_boto3_iot.type_defs import AttributePayloadTypeDef

# Whether a thing was written; it is not if it has changed since it was read, or is gone.
WriteResult = Literal["written", "changed meanwhile", "deleted meanwhile"]


def write_attributes(client: "IoTClient", thing_name: str, attributes: Mapping[str, str], version: int) -> WriteResult:
    """Write some attributes of the thing as it is in ``version``; an empty text removes its attribute.

    Source: "To remove an attribute, call UpdateThing with an empty attribute value" (API_AttributePayload in the AWS
    IoT API Reference). Without ``merge`` AWS IoT would replace all attributes.
    """
    payload: AttributePayloadTypeDef = {"attributes": dict(attributes), "merge": True}
    try:
        with transient_errors_mapped():
            client.update_thing(thingName=thing_name, attributePayload=payload, expectedVersion=version)
    except client.exceptions.VersionConflictException:
        return "changed meanwhile"
    except client.exceptions.ResourceNotFoundException:
        return "deleted meanwhile"
    return "written"


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
        return write_attributes(self._client, thing_name, attributes, version)

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
