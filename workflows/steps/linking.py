"""Linking a device that was born in The Things Stack with a thing that its user made."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from workflows.domain.activity import Served
from workflows.domain.facts import BEFORE_ALL_EVENTS, Change, DeviceAdopted, RegisteredDevice
from workflows.domain.fold import ThingState
from workflows.domain.mirroring import RegistryThing
from workflows.domain.naming import device_id_for
from workflows.ports.journal import Birth, Entry, Journal
from workflows.schemas.thing import examine


@dataclass(frozen=True, slots=True)
class Linker:
    """``linked`` is told. The device was there before, as an adopted one, so that a removal of the thing leaves it."""

    journal: Journal
    now: Callable[[], datetime]
    linked: Callable[[RegistryThing, RegisteredDevice], None]

    def link(self, thing: RegistryThing, birth: Birth) -> Served:
        """Write down that the device is the thing's, unless the thing has one or is at work for one.

        Raises:
            JournalMovedAnswer, OwnerHeldAnswer, ThingBusyError: the thing's own event was faster.
        """
        thing_id = thing.thing_id or ""
        state = self.journal.read(thing_id)
        if state.device is not None:
            return Served("known", f"its thing has device {state.device.device_id}", thing.thing_name)
        if state.busy is not None or _is_over(state):
            return Served("underway", f"an event of thing {thing.thing_name} is being served")
        device = adopted_device(thing, birth)
        fact = DeviceAdopted(_change(state), device)
        self.journal.append(Entry(thing_id, thing.thing_name, state, fact, self.now()))
        self.linked(thing, device)
        return Served("linked", "it is linked with a thing that was there", thing.thing_name)


def adopted_device(thing: RegistryThing, birth: Birth) -> RegisteredDevice:
    """Return what the journal keeps: what the thing gives is as good as written, so that only changes will be."""
    given = examine(thing.attributes).thing
    return RegisteredDevice(
        method="adopted",
        device_id=birth.ids.device_id,
        named=device_id_for(given) or birth.ids.device_id,
        dev_eui=birth.ids.dev_eui,
        join_eui=birth.ids.join_eui,
        run=birth.run,
        name=given.name or "",
        description=given.description or "",
        frequency_plan_id=given.frequency_plan_id,
        lorawan_version=given.lorawan_version,
        lorawan_phy_version=given.lorawan_phy_version,
    )


def _is_over(state: ThingState) -> bool:
    return state.settled is not None and state.settled.operation == "DELETED"


def _change(state: ThingState) -> Change:
    """Link between the events of the thing: every later one is still served."""
    if state.settled is None:
        return BEFORE_ALL_EVENTS
    return Change(state.settled.operation, state.settled.version_number, BEFORE_ALL_EVENTS.run)
