"""The things of one thing type, a page at a time."""

from typing import TYPE_CHECKING

from workflows.adapters.aws import transient_errors_mapped
from workflows.domain.pages import Page
from workflows.domain.registry_things import ListedThing

if TYPE_CHECKING:
    from mypy_boto3_iot import IoTClient
    from mypy_boto3_iot.type_defs import ListThingsRequestTypeDef

# ListThings returns at most this many; its quota counts calls (10 a second).
_PAGE = 250


class IoTListedThings:
    def __init__(self, client: "IoTClient", type_name: str) -> None:
        self._client = client
        self._type_name = type_name

    def page(self, place: str) -> Page[ListedThing]:
        """A page may be empty and have a next."""
        request: ListThingsRequestTypeDef = {"thingTypeName": self._type_name, "maxResults": _PAGE}
        if place:
            request["nextToken"] = place
        with transient_errors_mapped():
            answer = self._client.list_things(**request)
        listed = [
            ListedThing(each["thingName"], each["version"], each.get("attributes", {})) for each in answer["things"]
        ]
        return Page(listed, answer.get("nextToken") or None)
