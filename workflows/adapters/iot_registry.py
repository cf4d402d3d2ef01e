"""AWS IoT's registry as a whole: thing types and the switches of registry events."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from workflows.adapters.aws import transient_errors_mapped
from workflows.domain.thing_type import ThingType
from workflows.ports.thing_registry import ThingRegistry

if TYPE_CHECKING:
    from mypy_boto3_iot import IoTClient
    from mypy_boto3_iot.literals import EventTypeType
    from mypy_boto3_iot.type_defs import ConfigurationTypeDef, ThingTypePropertiesTypeDef


class IoTThingRegistry(ThingRegistry):
    """The registry of the account and region that the client speaks to."""

    def __init__(self, client: "IoTClient") -> None:
        self._client = client

    def thing_type(self, name: str) -> ThingType | None:
        try:
            with transient_errors_mapped():
                answer = self._client.describe_thing_type(thingTypeName=name)
        except self._client.exceptions.ResourceNotFoundException:
            return None
        properties = answer.get("thingTypeProperties", {})
        return ThingType(
            is_deprecated=answer.get("thingTypeMetadata", {}).get("deprecated", False),
            searchable=tuple(properties.get("searchableAttributes", ())),
            properties=properties,
        )

    def create_thing_type(self, name: str, searchable_attributes: Sequence[str]) -> None:
        try:
            with transient_errors_mapped():
                self._client.create_thing_type(
                    thingTypeName=name, thingTypeProperties={"searchableAttributes": list(searchable_attributes)}
                )
        except self._client.exceptions.ResourceAlreadyExistsException:
            return

    def make_searchable(self, name: str, found: ThingType, attributes: Sequence[str]) -> None:
        """Write all properties: what becomes of those that an update leaves out is not documented."""
        properties = cast("ThingTypePropertiesTypeDef", {**found.properties, "searchableAttributes": list(attributes)})
        with transient_errors_mapped():
            self._client.update_thing_type(thingTypeName=name, thingTypeProperties=properties)

    def event_switches(self) -> Mapping[str, bool]:
        with transient_errors_mapped():
            answer = self._client.describe_event_configurations()
        return {family: switch.get("Enabled", False) for family, switch in answer["eventConfigurations"].items()}

    def set_event_switches(self, switches: Mapping[str, bool]) -> None:
        """Write the whole map: what becomes of families that it leaves out is not documented."""
        configurations: dict[EventTypeType, ConfigurationTypeDef] = {
            family: {"Enabled": on}  # type: ignore[misc]  # the families are AWS's own, as it answered them
            for family, on in switches.items()
        }
        with transient_errors_mapped():
            self._client.update_event_configurations(eventConfigurations=configurations)
