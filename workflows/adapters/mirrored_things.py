"""The things of AWS IoT that represent devices of The Things Stack: found, created, repaired."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from workflows.adapters.aws import transient_errors_mapped
from workflows.domain.mirroring import RegistryThing
from workflows.errors import ThingExistsAnswer
from workflows.ports.mirroring import MirroredThings

if TYPE_CHECKING:
    from mypy_boto3_iot import IoTClient
    from mypy_boto3_iot.type_defs import ListThingsRequestTypeDef, UpdateThingRequestTypeDef


class IoTMirroredThings(MirroredThings):
    def __init__(self, client: "IoTClient") -> None:
        self._client = client

    def with_dev_eui(self, dev_eui: str) -> Sequence[RegistryThing]:
        """Ask twice, since AWS IoT compares values letter by letter; an EUI without letters is asked for once."""
        spellings = dict.fromkeys((dev_eui.upper(), dev_eui.lower()))
        with transient_errors_mapped():
            return [thing for spelling in spellings for thing in self._listed(spelling)]

    def _listed(self, dev_eui: str) -> Iterator[RegistryThing]:
        """Follow the pages to their end: one may be empty and have a next."""
        request: ListThingsRequestTypeDef = {"attributeName": "devEUI", "attributeValue": dev_eui}
        while True:
            page = self._client.list_things(**request)
            for thing in page["things"]:
                yield RegistryThing(thing["thingName"], thing.get("thingTypeName"), thing.get("attributes", {}))
            if not page.get("nextToken"):
                return
            request = {**request, "nextToken": page["nextToken"]}

    def thing(self, thing_name: str) -> RegistryThing | None:
        try:
            with transient_errors_mapped():
                found = self._client.describe_thing(thingName=thing_name)
        except self._client.exceptions.ResourceNotFoundException:
            return None
        return RegistryThing(thing_name, found.get("thingTypeName"), found.get("attributes", {}), found["thingId"])

    def create(self, thing: RegistryThing) -> str:
        try:
            with transient_errors_mapped():
                made = self._client.create_thing(
                    thingName=thing.thing_name,
                    thingTypeName=thing.thing_type_name or "",
                    attributePayload={"attributes": dict(thing.attributes)},
                )
        except self._client.exceptions.ResourceAlreadyExistsException as error:
            raise ThingExistsAnswer(f"There is another thing {thing.thing_name} already.") from error
        return made["thingId"]

    def repair(self, thing: RegistryThing) -> bool:
        """Write what is given and leave the rest: ``merge``."""
        request: UpdateThingRequestTypeDef = {"thingName": thing.thing_name}
        if thing.thing_type_name:
            request["thingTypeName"] = thing.thing_type_name
        if thing.attributes:
            request["attributePayload"] = {"attributes": dict(thing.attributes), "merge": True}
        try:
            with transient_errors_mapped():
                self._client.update_thing(**request)
        except self._client.exceptions.ResourceNotFoundException:
            return False
        return True
