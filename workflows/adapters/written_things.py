"""Attributes of things in AWS IoT, written where nobody has changed the thing meanwhile."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from workflows.adapters.aws import transient_errors_mapped
from workflows.ports.things import AttributeWriter, WriteResult

if TYPE_CHECKING:
    from mypy_boto3_iot import IoTClient
    from mypy_boto3_iot.type_defs import AttributePayloadTypeDef


class IoTAttributeWriter(AttributeWriter):
    def __init__(self, client: "IoTClient") -> None:
        self._client = client

    def write_attributes(self, thing_name: str, attributes: Mapping[str, str], version: int) -> WriteResult:
        """Write some attributes; without ``merge`` AWS IoT would replace all.

        Source: "To remove an attribute, call UpdateThing with an empty attribute value" (API_AttributePayload in the
        AWS IoT API Reference).
        """
        payload: AttributePayloadTypeDef = {"attributes": dict(attributes), "merge": True}
        try:
            with transient_errors_mapped():
                self._client.update_thing(thingName=thing_name, attributePayload=payload, expectedVersion=version)
        except self._client.exceptions.VersionConflictException:
            return "changed meanwhile"
        except self._client.exceptions.ResourceNotFoundException:
            return "deleted meanwhile"
        return "written"
