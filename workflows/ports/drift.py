"""What a comparison of the registries reads of single things and devices."""

from typing import Protocol

from workflows.domain.attribute import Server
from workflows.domain.attributes import DeviceValues
from workflows.domain.device import IdentityRecord, NetworkRecord
from workflows.domain.registry_things import DescribedThing


class DeviceReader(Protocol):
    """The part of ``DeviceRegistry`` that changes nothing."""

    def identity(self, device_id: str) -> IdentityRecord | None: ...

    def has_record(self, server: Server, device_id: str) -> bool: ...

    def holds_claim(self, device_id: str) -> bool: ...

    def network(self, device_id: str) -> NetworkRecord | None: ...

    def application(self, device_id: str) -> DeviceValues | None: ...


class ThingReader(Protocol):
    def describe(self, thing_name: str) -> DescribedThing | None:
        """Return the thing that has the name now, of whatever type; None only if there is none."""


class ThingTypes(Protocol):
    def restore_type(self, thing: DescribedThing) -> bool:
        """Make it a thing of the stack's type; return False if it has changed since it was read."""
