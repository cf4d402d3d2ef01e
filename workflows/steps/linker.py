"""Links a device that was registered in The Things Stack with an existing thing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from workflows.domain.activity import ActivityResult
from workflows.domain.attributes import DeviceValues, after
from workflows.domain.facts import BEFORE_ALL_EVENTS, Change, DeviceAdopted, DeviceMirrored, RegisteredDevice
from workflows.domain.fold import ThingState
from workflows.domain.mirroring import Link, RegistryThing, id_on_thing
from workflows.domain.mismatches import thing_of_a_living_device
from workflows.domain.naming import device_id_for
from workflows.ports.journal import Entry, Journal, Reservation
from workflows.ports.things_stack import DeviceRegistry
from workflows.schemas.thing import examine
from workflows.steps.finding import FoundThing
from workflows.steps.releasing import append_releasing
from workflows.values import value

# The owner of the ID that the thing names, and the fact appended (again if the former ID has another owner by now);
# beside the Identity Server's record.
CALLS_AT_MOST = 3


@value
class Linker:
    """``on_linked`` gets each link."""

    journal: Journal
    registry: DeviceRegistry
    now: Callable[[], datetime]
    on_linked: Callable[[Link], None]

    def link(self, found: FoundThing, reservation: Reservation) -> ActivityResult:
        """Record that the thing has the device, unless an event of the thing must be processed first.

        Raises:
            MismatchingDeviceError: the thing has another device with the same EUIs.
            JournalMovedAnswer, OwnerHeldAnswer, ThingBusyError: the thing's own event was faster.
        """
        thing, state = found.thing, found.state
        if state.device is not None and state.device.device_id == reservation.ids.device_id:
            return ActivityResult("known", "its thing has it", thing.thing_name)
        if state.busy is not None or _is_deleted(state) or self._was_made_from_it(found, reservation):
            return ActivityResult("underway", f"an event of thing {thing.thing_name} is being processed")
        if state.device is None:
            fact = DeviceAdopted(_change(state), adopted_device(thing, reservation))
            return self._linked(found, fact, "it is linked with an existing thing")
        if self._is_registered(state.device):
            raise thing_of_a_living_device(thing.thing_name, state.device.device_id, reservation.ids)
        return self._linked(found, _follow(thing, state.device, reservation), f"its thing had {state.device.device_id}")

    def _linked(self, found: FoundThing, fact: DeviceAdopted | DeviceMirrored, reason: str) -> ActivityResult:
        thing_name, former = found.thing.thing_name, found.state.device
        state = append_releasing(self.journal, Entry(found.thing_id, thing_name, found.state, fact, self.now()))
        self.on_linked(Link(found.thing_id, thing_name, fact.device, state, former))
        return ActivityResult("linked", reason, thing_name)

    def _was_made_from_it(self, found: FoundThing, reservation: Reservation) -> bool:
        """Return whether the thing was made from the device under its former ID, and its own event is yet to come."""
        named = found.thing.attributes.get("deviceID")
        if found.state.facts > 0 or named in (None, reservation.ids.device_id):
            return False
        owner = self.journal.owner(named)
        return owner is not None and owner.is_reserved and owner.thing_id == found.thing_id

    def _is_registered(self, device: RegisteredDevice) -> bool:
        """Ask, because The Things Stack accepts a DevEUI twice where one has no JoinEUI."""
        record = self.registry.identity(device.device_id)
        return record is not None and record.ids.euis_match(device.ids)


def adopted_device(thing: RegistryThing, reservation: Reservation) -> RegisteredDevice:
    """Return what the journal records. The thing's values count as written, so only later changes are written.

    The device was there before, so a removal of the thing leaves it.
    """
    given = examine(thing.attributes, thing.thing_name).thing
    return RegisteredDevice(
        method="adopted",
        device_id=reservation.ids.device_id,
        named=device_id_for(given) or reservation.ids.device_id,
        dev_eui=reservation.ids.dev_eui,
        join_eui=reservation.ids.join_eui,
        run=reservation.run,
        values=given.values,
    )


def _follow(thing: RegistryThing, device: RegisteredDevice, reservation: Reservation) -> DeviceAdopted | DeviceMirrored:
    """Return the fact that somebody deleted a device and registered it again, under another ID.

    A mirrored thing follows its device: its name is yet to be written. For any other thing, the new device was there
    before. Settled events of the thing stay settled.
    """
    ids = reservation.ids
    named = id_on_thing(thing, device)
    follows = replace(device, device_id=ids.device_id, named=named, join_eui=ids.join_eui, run=reservation.run)
    if device.method == "mirrored":
        return DeviceMirrored(BEFORE_ALL_EVENTS, replace(follows, values=after(device.values, DeviceValues())))
    return DeviceAdopted(BEFORE_ALL_EVENTS, replace(follows, method="adopted"))


def _is_deleted(state: ThingState) -> bool:
    return state.settled is not None and state.settled.operation == "DELETED"


def _change(state: ThingState) -> Change:
    """Return a change between the thing's events: every later event is still processed."""
    if state.settled is None:
        return BEFORE_ALL_EVENTS
    return Change(state.settled.operation, state.settled.version_number, BEFORE_ALL_EVENTS.run)
