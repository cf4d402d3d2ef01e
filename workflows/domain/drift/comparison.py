"""What AWS IoT, the journal and The Things Stack have of one thing or device. Pure."""

from collections.abc import Mapping
from typing import Self

from workflows.domain.attribute import Server
from workflows.domain.attributes import DeviceValues
from workflows.domain.device import IdentityRecord, NetworkRecord
from workflows.domain.event import RegistryEvent
from workflows.domain.facts import RegisteredDevice
from workflows.domain.fold import ThingState
from workflows.domain.registry_things import DescribedThing
from workflows.values import value


@value
class ComparedThing:
    """``thing_id`` is None from a list, which lacks it; ``dev_eui`` is the attribute, in upper case."""

    name: str
    version: int
    type_name: str | None
    stack_name: str | None
    dev_eui: str | None = None
    thing_id: str | None = None

    @classmethod
    def of(
        cls,
        name: str,
        version: int,
        type_name: str | None,
        attributes: Mapping[str, str],
        *,
        thing_id: str | None = None,
    ) -> Self:
        """Keep the attributes that are compared; no key is among them."""
        dev_eui = attributes.get("devEUI", "").upper() or None
        return cls(name, version, type_name, attributes.get("stackName"), dev_eui, thing_id)

    @classmethod
    def described(cls, thing: DescribedThing) -> Self:
        name, version, type_name = thing.thing_name, thing.version_number, thing.thing_type_name
        return cls.of(name, version, type_name, thing.attributes, thing_id=thing.thing_id)

    @property
    def event(self) -> RegistryEvent:
        """The event of the thing as it is now, with the attributes that decide whose the thing is."""
        attributes = {"stackName": self.stack_name} if self.stack_name is not None else {}
        return RegistryEvent("UPDATED", self.thing_id or "", self.name, self.version, self.type_name, None, attributes)


@value
class ComparedSnapshot:
    thing_id: str
    thing_name: str
    state: ThingState


@value
class ServerState:
    """What the other servers have of a device; ``absent`` lists those that do not know it."""

    network: NetworkRecord | None
    absent: tuple[Server, ...]
    claimed: bool
    application: DeviceValues | None = None


@value
class Comparison:
    """A thing, its snapshot in the journal, and its device's record; at least one of them.

    ``retained``: the journal says that the device was left in The Things Stack on purpose, or that a run is working on
    it. ``wanted_by`` is the name of a thing that has the DevEUI of a device which the journal knows to be no thing's.
    """

    thing: ComparedThing | None
    snapshot: ComparedSnapshot | None
    record: IdentityRecord | None
    servers: ServerState | None = None
    retained: bool = False
    wanted_by: str = ""

    @property
    def device(self) -> RegisteredDevice | None:
        return self.snapshot.state.device if self.snapshot else None

    @property
    def thing_name(self) -> str:
        return self.thing.name if self.thing else self.snapshot.thing_name if self.snapshot else ""


def owned_id(state: ThingState) -> str | None:
    """Return the device that the thing has, or the one that an unfinished attempt may have left."""
    if state.device:
        return state.device.device_id
    return state.attempt.device_ids[-1] if state.attempt else None
