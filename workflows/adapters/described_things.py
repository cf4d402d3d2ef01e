"""Things of AWS IoT with all that their events hold."""

from typing import TYPE_CHECKING

from workflows.adapters.aws import transient_errors_mapped
from workflows.domain.registry_things import DescribedThing
from workflows.ports.drift import ThingReader

if TYPE_CHECKING:
    from mypy_boto3_iot import IoTClient


class IoTDescribedThings(ThingReader):
    def __init__(self, client: "IoTClient") -> None:
        self._client = client

    def describe(self, thing_name: str) -> DescribedThing | None:
        try:
            with transient_errors_mapped():
                answer = self._client.describe_thing(thingName=thing_name)
        except self._client.exceptions.ResourceNotFoundException:
            return None
        return DescribedThing(
            thing_name=thing_name,
            thing_id=answer["thingId"],
            version_number=answer["version"],
            thing_type_name=answer.get("thingTypeName"),
            attributes=answer.get("attributes", {}),
        )
