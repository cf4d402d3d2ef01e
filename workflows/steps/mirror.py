"""MirrorDevice: the activity of a device ► its thing, which is created if there is none."""

from collections.abc import Callable
from dataclasses import replace

from workflows.domain.activity import Activity, ActivityResult, why_ignored
from workflows.domain.device import IdentityRecord
from workflows.domain.mark import Mark, mark_in
from workflows.domain.mirroring import MirrorRules, WantedThing, id_on_thing, match_thing, parts_to_restore
from workflows.domain.mismatches import (
    device_of_an_unknown_thing,
    device_of_another_stack,
    name_of_another_device,
    thing_of_another_stack,
)
from workflows.errors import (
    DeviceRefusedError,
    JournalMovedAnswer,
    OwnerHeldAnswer,
    ThingBusyError,
    ThingExistsAnswer,
    ThingGoneAnswer,
)
from workflows.ports.journal import Owner, Reservation, Reservations
from workflows.ports.mirroring import MirroredThings
from workflows.ports.things_stack import DeviceRegistry
from workflows.steps import finding, linker
from workflows.steps.checking import Checker
from workflows.steps.finding import Finder, FoundThing
from workflows.steps.linker import Linker
from workflows.steps.recent import Recent
from workflows.values import value

# Two: read the owner, and the snapshot of the thing in the device's mark. Then the search for things. Four: search the
# wanted name, release the ID, reserve it, create the thing. If another message was faster, four: describe that thing,
# read its snapshot and the owner, release the ID; then link the device and repair the thing. A check of a device that
# has its thing takes less. The function's timeout depends on it.
CALLS_AT_MOST = 2 + finding.CALLS_AT_MOST + 4 + 4 + linker.CALLS_AT_MOST + 1

# The device's record, and the record of the device that its thing had before.
IDENTITIES_AT_MOST = 2

# A device is checked at most once a minute. If this were longer, a thing that was deleted under DeletePolicy Retain
# would stay away longer than ``Door`` keeps it away, and would not come back with its device's join.
KNOWN_S = 60.0

# Only people can fix what keeps a device from being mirrored. Their fix takes effect within minutes.
REFUSED_S = 300.0

# Some 200 bytes each.
DEVICES_REMEMBERED = 50_000


@value
class Mirror:
    """``on_refused`` is called when a device gets no thing, at most every ``REFUSED_S``."""

    registry: DeviceRegistry
    things: MirroredThings
    journal: Reservations
    finder: Finder
    linker: Linker
    checker: Checker
    rules: MirrorRules
    recent: Recent
    on_refused: Callable[[DeviceRefusedError, Activity], None]

    def ensure_thing(self, activity: Activity) -> ActivityResult:
        """Make sure that the device has its thing.

        Raises:
            RegistryThrottledError, RegistryUnavailableError: SQS must deliver the message again.
            AccessDeniedError, StackConfigurationError, UnexpectedAnswerError: the operator must fix the cause.
        """
        if reason := why_ignored(activity, self.registry.application_id):
            return ActivityResult("ignored", reason)
        if remembered := self.recent.get(activity.device_id):
            return ActivityResult("known", remembered)
        try:
            return self._remembered(activity, self._find_or_make_thing(activity))
        except DeviceRefusedError as error:
            self.recent.put(activity.device_id, str(error), for_s=REFUSED_S)
            self.on_refused(error, activity)
            return ActivityResult("refused", str(error))
        except (JournalMovedAnswer, OwnerHeldAnswer, ThingBusyError, ThingGoneAnswer) as busy:
            return ActivityResult("underway", f"the next message will complete it: {busy}")

    def _remembered(self, activity: Activity, result: ActivityResult) -> ActivityResult:
        if result.status in ("known", "mirrored", "linked", "restored"):
            self.recent.put(activity.device_id, f"thing {result.thing_name}", for_s=KNOWN_S)
        return result

    def _find_or_make_thing(self, activity: Activity) -> ActivityResult:
        """Trust the message only that this device may have sent. The Identity Server says what the device is."""
        owner = self.journal.owner(activity.device_id)
        if owner is not None and owner.thing_id:
            return self.checker.check(activity, owner)
        record = self.registry.identity(activity.device_id)
        if record is None or record.ids.dev_eui != activity.dev_eui:
            return ActivityResult("stale", "The Things Stack no longer has this device")
        return self._ensure(record, self.rules.wanted(record.ids), owner)

    def _ensure(self, record: IdentityRecord, wanted: WantedThing, reserved: Owner | None) -> ActivityResult:
        """``reserved`` is the thing for which an earlier message reserved the ID, but which it did not create."""
        mark = mark_in(record.attributes)
        is_foreign = mark is not None and mark.stack_name != self.rules.stack_name
        found = self._find_handed_over(mark, wanted) if mark and is_foreign else self.finder.find(wanted)
        reservation = Reservation("", wanted.thing_name, record.ids, "" if mark is None or is_foreign else mark.run)
        if found is not None:
            return self._link(found, wanted, reservation, reserved)
        if mark is not None and self.journal.read(mark.thing_id).facts == 0:
            raise device_of_an_unknown_thing(mark, wanted)
        return self._make(wanted, reservation, reserved)

    def _find_handed_over(self, mark: Mark, wanted: WantedThing) -> FoundThing:
        """Find the thing whose device another stack registered, if that thing belongs to this stack now.

        Such a thing has facts in this journal. Checking that first saves a search for each device of the other stack.
        """
        is_in_journal = self.journal.read(mark.thing_id).facts > 0
        found = self.finder.find(wanted, thing_id=mark.thing_id) if is_in_journal else None
        if found is None:
            raise device_of_another_stack(mark, wanted)
        return found

    def _make(self, wanted: WantedThing, reservation: Reservation, reserved: Owner | None) -> ActivityResult:
        """Search the wanted name, reserve the ID, then create the thing.

        The reservation comes before the thing, because the thing's own event finds its device there. The search comes
        before the reservation, so a reservation proves that no thing had this name.
        """
        if existing := self.finder.find_by_name(wanted.thing_name):
            return self._link_by_name(existing, wanted, reservation, reserved, evident=_is_for(reserved, existing))
        if reserved is not None and reserved.thing_name != wanted.thing_name:
            self.journal.unreserve(reservation.ids.device_id, reserved)
        self.journal.reserve(reservation)
        try:
            made = replace(reservation, thing_id=self.things.create(wanted.thing))
        except ThingExistsAnswer:
            existing = self.finder.find_existing(wanted.thing_name)
            reserved = Owner("", wanted.thing_name, is_reserved=True)
            return self._link_by_name(existing, wanted, reservation, reserved, evident=False)
        self.journal.bind(made)
        return ActivityResult("mirrored", "a thing was created for it", wanted.thing_name)

    def _link_by_name(
        self,
        existing: FoundThing,
        wanted: WantedThing,
        reservation: Reservation,
        reserved: Owner | None,
        *,
        evident: bool,
    ) -> ActivityResult:
        """Link the thing that has the wanted name, if it is the device's thing; otherwise raise why it is not."""
        refused = refusal(existing, wanted, evident=evident)
        if refused is None:
            return self._link(existing, wanted, reservation, reserved)
        if reserved is not None:
            self.journal.unreserve(reservation.ids.device_id, reserved)
        raise refused

    def _link(
        self, found: FoundThing, wanted: WantedThing, reservation: Reservation, reserved: Owner | None
    ) -> ActivityResult:
        """Link an existing thing; complete a thing that an earlier message began to create.

        A new device ID is written to the thing after the journal has it.
        """
        may_be_new = found.state.facts == 0 and found.thing.thing_name == wanted.thing_name
        if may_be_new and self.journal.owner(reservation.ids.device_id) != reserved:
            return ActivityResult("underway", f"another message has just created thing {found.thing.thing_name}")
        if found.state.device is None:
            self._repair(found, wanted)
        if _is_for(reserved, found) and found.state.facts == 0:
            self.journal.bind(replace(reservation, thing_id=found.thing_id))
            return ActivityResult(
                "mirrored", "the thing that was created for it is bound to it", found.thing.thing_name
            )
        if reserved is not None:
            self.journal.unreserve(reservation.ids.device_id, reserved)
        result = self.linker.link(found, reservation)
        if found.state.device is not None and result.status in ("known", "linked"):
            self._repair(found, wanted)
        return result

    def _repair(self, found: FoundThing, wanted: WantedThing) -> None:
        """Restore the thing's type and attributes if it lost them; correct a former device ID."""
        device = found.state.device
        is_mirrored = device is not None and device.method == "mirrored"
        lost = parts_to_restore(
            found.thing,
            wanted,
            made_by_us=is_mirrored or found.thing.thing_name == wanted.thing_name,
            former_id=id_on_thing(found.thing, device) if device and is_mirrored else wanted.ids.device_id,
        )
        if lost is not None and not self.things.repair(lost):
            raise ThingGoneAnswer(f"Thing {found.thing.thing_name} has just been deleted.")


def _is_for(reserved: Owner | None, found: FoundThing) -> bool:
    return reserved is not None and reserved.thing_name == found.thing.thing_name


def refusal(existing: FoundThing, wanted: WantedThing, *, evident: bool) -> DeviceRefusedError | None:
    """Return why the thing with the wanted name is not the device's; None if it is. Having the device proves it."""
    if existing.state.device is not None and existing.has_another_device(wanted):
        return name_of_another_device(existing.thing, wanted, existing.state.device.ids)
    match match_thing(existing.thing, wanted, evident=evident or existing.has_device(wanted)):
        case "another device's":
            return name_of_another_device(existing.thing, wanted, None)
        case "another stack's":
            return thing_of_another_stack(existing.thing, wanted)
    return None
