"""MirrorDevice: the activity of a device ► the thing that stands for it, made if there is none."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from workflows.domain.activity import Activity, ActivityResult, why_ignored
from workflows.domain.device import IdentityRecord
from workflows.domain.mark import Mark, mark_in
from workflows.domain.mirroring import MirrorRules, WantedThing, lost_by, whose
from workflows.domain.mismatches import device_of_another_stack, name_of_another_device, thing_of_another_stack
from workflows.errors import (
    DeviceRefusedError,
    JournalMovedAnswer,
    OwnerHeldAnswer,
    ThingBusyError,
    ThingExistsAnswer,
    ThingGoneAnswer,
)
from workflows.ports import DeviceRegistry, MirroredThings
from workflows.ports.journal import Owner, Reservation, Reservations
from workflows.steps import finding, linker
from workflows.steps.checking import Checker
from workflows.steps.finding import Finder, FoundThing
from workflows.steps.linker import Linker
from workflows.steps.recent import Recent

# The owner, the snapshot of the thing in the device's mark, and things searched; the wanted name searched, the ID
# released and reserved, the thing created. If another message was faster: that thing described, its snapshot and the
# owner read, the ID released, the device linked and the thing repaired. A check of a device that has its thing takes
# less. The function's timeout rests on it.
CALLS_AT_MOST = 2 + finding.CALLS_AT_MOST + 4 + 4 + linker.CALLS_AT_MOST + 1

# The device's record, and that of the device that its thing had before.
IDENTITIES_AT_MOST = 2

# A device is looked up once a minute at most. Longer, and a thing deleted under DeletePolicy Retain would not come
# back at the next uplink, as long as the instance lives.
KNOWN_S = 60.0

# Only people change what keeps a device from being mirrored; what they do is felt within minutes.
REFUSED_S = 300.0

# Some 200 bytes each.
DEVICES_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Mirror:
    """``refused`` is told why a device has no thing, every ``REFUSED_S`` at most."""

    registry: DeviceRegistry
    things: MirroredThings
    journal: Reservations
    finder: Finder
    linker: Linker
    checker: Checker
    rules: MirrorRules
    recent: Recent
    refused: Callable[[DeviceRefusedError, Activity], None]

    def serve(self, activity: Activity) -> ActivityResult:
        """Make sure that the device has its thing.

        Raises:
            RegistryThrottledError, RegistryUnavailableError: the message must come again.
            AccessDeniedError, StackConfigurationError, UnexpectedAnswerError: the operator has to mend that.
        """
        if reason := why_ignored(activity, self.registry.application_id):
            return ActivityResult("ignored", reason)
        if remembered := self.recent.get(activity.device_id):
            return ActivityResult("known", remembered)
        try:
            return self._remembered(activity, self._look_up(activity))
        except DeviceRefusedError as error:
            self.recent.put(activity.device_id, str(error), for_s=REFUSED_S)
            self.refused(error, activity)
            return ActivityResult("refused", str(error))
        except (JournalMovedAnswer, OwnerHeldAnswer, ThingBusyError, ThingGoneAnswer) as met:
            return ActivityResult("underway", f"the next message finds it settled: {met}")

    def _remembered(self, activity: Activity, result: ActivityResult) -> ActivityResult:
        if result.status in ("known", "mirrored", "linked", "restored"):
            self.recent.put(activity.device_id, f"thing {result.thing_name}", for_s=KNOWN_S)
        return result

    def _look_up(self, activity: Activity) -> ActivityResult:
        """Believe the message no more than that this device may have sent: what it is, the Identity Server tells."""
        owner = self.journal.owner(activity.device_id)
        if owner is not None and owner.thing_id:
            return self.checker.check(activity, owner)
        record = self.registry.identity(activity.device_id)
        if record is None or record.ids.dev_eui != activity.dev_eui:
            return ActivityResult("stale", "The Things Stack has no such device any more")
        return self._ensure(record, self.rules.wanted(record.ids), owner)

    def _ensure(self, record: IdentityRecord, wanted: WantedThing, reserved: Owner | None) -> ActivityResult:
        """``reserved`` is what an earlier message has reserved the ID for, and did not live to make."""
        mark = mark_in(record.attributes)
        is_foreign = mark is not None and mark.stack_name != self.rules.stack_name
        found = self._handed_over(mark, wanted) if mark and is_foreign else self.finder.find(wanted)
        reservation = Reservation("", wanted.thing_name, record.ids, "" if mark is None or is_foreign else mark.run)
        if found is None:
            return self._make(wanted, reservation, reserved)
        return self._stand_in(found, wanted, reservation, reserved)

    def _handed_over(self, mark: Mark, wanted: WantedThing) -> FoundThing:
        """Find the thing whose device another stack registered, if the thing has become this stack's since.

        The journal has been told of that, if of any; it spares a list of things for each device of the other stack.
        """
        is_told = self.journal.read(mark.thing_id).facts > 0
        found = self.finder.find(wanted, thing_id=mark.thing_id) if is_told else None
        if found is None:
            raise device_of_another_stack(mark, wanted)
        return found

    def _make(self, wanted: WantedThing, reservation: Reservation, reserved: Owner | None) -> ActivityResult:
        """Reserve the ID first: the thing's own event finds there what it was made from.

        And look for the name before that: what is reserved then says that no thing bore it.
        """
        if there := self.finder.named(wanted.thing_name):
            return self._take_name(there, wanted, reservation, reserved, evident=_is_for(reserved, there))
        if reserved is not None and reserved.thing_name != wanted.thing_name:
            self.journal.unreserve(reservation.ids.device_id, reserved)
        self.journal.reserve(reservation)
        try:
            made = replace(reservation, thing_id=self.things.create(wanted.thing))
        except ThingExistsAnswer:
            there, reserved = self.finder.look(wanted.thing_name), Owner("", wanted.thing_name, is_reserved=True)
            return self._take_name(there, wanted, reservation, reserved, evident=False)
        self.journal.bind(made)
        return ActivityResult("mirrored", "a thing was made of it", wanted.thing_name)

    def _take_name(
        self, there: FoundThing, wanted: WantedThing, reservation: Reservation, reserved: Owner | None, *, evident: bool
    ) -> ActivityResult:
        """Take the thing that bears the wanted name, if it is the device's."""
        refusal = _refusal(there, wanted, evident=evident)
        if refusal is None:
            return self._stand_in(there, wanted, reservation, reserved)
        if reserved is not None:
            self.journal.unreserve(reservation.ids.device_id, reserved)
        raise refusal

    def _stand_in(
        self, found: FoundThing, wanted: WantedThing, reservation: Reservation, reserved: Owner | None
    ) -> ActivityResult:
        """Link a thing that is there; what an earlier message began to make is completed.

        A device ID that is to follow the device is written on the thing once the journal knows it.
        """
        may_be_made = found.state.facts == 0 and found.thing.thing_name == wanted.thing_name
        if may_be_made and self.journal.owner(reservation.ids.device_id) != reserved:
            return ActivityResult("underway", f"another message has just led to thing {found.thing.thing_name}")
        if found.state.device is None:
            self._give_back(found, wanted)
        if _is_for(reserved, found) and found.state.facts == 0:
            self.journal.bind(replace(reservation, thing_id=found.thing_id))
            return ActivityResult("mirrored", "the thing that was made of it is bound to it", found.thing.thing_name)
        if reserved is not None:
            self.journal.unreserve(reservation.ids.device_id, reserved)
        result = self.linker.link(found, reservation)
        if found.state.device is not None and result.status in ("known", "linked"):
            self._give_back(found, wanted)
        return result

    def _give_back(self, found: FoundThing, wanted: WantedThing) -> None:
        """Repair a thing that lost its type or what Thingsync gave it, or that tells a former device ID."""
        device = found.state.device
        is_mirrored = device is not None and device.method == "mirrored"
        lost = lost_by(
            found.thing,
            wanted,
            made_by_us=is_mirrored or found.thing.thing_name == wanted.thing_name,
            former_id=device.named if device and is_mirrored else wanted.ids.device_id,
        )
        if lost is not None and not self.things.repair(lost):
            raise ThingGoneAnswer(f"Thing {found.thing.thing_name} has just been deleted.")


def _is_for(reserved: Owner | None, found: FoundThing) -> bool:
    return reserved is not None and reserved.thing_name == found.thing.thing_name


def _refusal(there: FoundThing, wanted: WantedThing, *, evident: bool) -> DeviceRefusedError | None:
    """Say why the thing that bears the wanted name is not the device's; that it has the device is evidence enough."""
    if there.state.device is not None and there.has_another(wanted):
        return name_of_another_device(there.thing, wanted, there.state.device.ids)
    match whose(there.thing, wanted, evident=evident or there.has(wanted)):
        case "another device's":
            return name_of_another_device(there.thing, wanted, None)
        case "another stack's":
            return thing_of_another_stack(there.thing, wanted)
    return None
