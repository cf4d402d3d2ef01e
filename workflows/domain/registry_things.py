"""Things as AWS IoT describes and lists them."""

from collections.abc import Mapping
from dataclasses import field

from workflows.domain.event import RegistryEvent
from workflows.values import value


@value
class DescribedThing:
    """A thing as AWS IoT has it now, with all that its registry events hold. ``attributes`` may hold keys."""

    thing_name: str
    thing_id: str
    version_number: int
    thing_type_name: str | None
    attributes: Mapping[str, str] = field(repr=False)

    @property
    def event(self) -> RegistryEvent:
        """The event that AWS IoT would publish if the thing changed now."""
        return RegistryEvent(
            "UPDATED",
            self.thing_id,
            self.thing_name,
            self.version_number,
            self.thing_type_name,
            attributes=self.attributes,
        )


@value
class ListedThing:
    """A thing in a list: ListThings returns no thingId. ``attributes`` may hold keys."""

    name: str
    version: int
    attributes: Mapping[str, str] = field(repr=False)
