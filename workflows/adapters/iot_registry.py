"""AWS IoT's registry as a whole: thing types and the switches of registry events."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from workflows.adapters.aws import transient_errors_mapped
from workflows.ports import ThingRegistry

if TYPE_CHECKING:
    from mypy_boto3_iot import IoTClient
    from mypy_boto3_iot.literals import EventTypeType
    from mypy_boto3_iot.type_defs import ConfigurationTypeDef


class IoTThingRegistry(ThingRegistry):
    """The registry of the account and region that the client speaks to."""

    def __init__(self, client: "IoTClient") -> None:
        self._client = client

    def thing_type(self, name: str) -> Literal["usable", "deprecated"] | None:
        try:
            with transient_errors_mapped():
                answer = self._client.describe_thing_type(thingTypeName=name)
        except self._client.exceptions.ResourceNotFoundException:
            return None
        return "deprecated" if answer.get("thingTypeMetadata", {}).get("deprecated") else "usable"

    def create_thing_type(self, name: str, searchable_attributes: Sequence[str]) -> None:
        try:
            with transient_errors_mapped():
                self._client.create_thing_type(
                    thingTypeName=name, thingTypeProperties={"searchableAttributes": list(searchable_attributes)}
                )
        except self._client.exceptions.ResourceAlreadyExistsException:
            return

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
