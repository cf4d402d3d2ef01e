"""Things of AWS IoT as they are now."""

from typing import TYPE_CHECKING

from workflows.adapters.aws import transient_errors_mapped
from workflows.ports.things import CurrentThing, Things

if TYPE_CHECKING:
    from mypy_boto3_iot import IoTClient


class IoTThings(Things):
    def __init__(self, client: "IoTClient") -> None:
        self._client = client

    def thing(self, thing_name: str) -> CurrentThing | None:
        try:
            with transient_errors_mapped():
                answer = self._client.describe_thing(thingName=thing_name)
        except self._client.exceptions.ResourceNotFoundException:
            return None
        return CurrentThing(answer["thingId"], answer["attributes"].get("stackName"))
