"""MirrorDevice: the activity of a device ► the thing that stands for it, made if there is none."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from workflows.domain.activity import Activity, Served, why_ignored
from workflows.domain.device import DeviceIds, IdentityRecord
from workflows.domain.mark import mark_in
from workflows.domain.mirroring import RegistryThing, repaired, standing_for, thing_of_device
from workflows.domain.naming import Scheme, thing_name_for
from workflows.errors import (
    JournalMovedAnswer,
    MismatchingStackError,
    OwnerHeldAnswer,
    ThingBusyError,
    ThingExistsAnswer,
)
from workflows.ports import DeviceRegistry, MirroredThings
from workflows.ports.journal import Birth, Births, Owner
from workflows.steps.linking import Linker
from workflows.steps.recent import Recent

# The owner, two lists of things, the ID given up, kept and bound, the thing made, described and repaired, its HEAD read
# and the fact appended; beside the Identity Server's record. The function's timeout rests on it.
CALLS_AT_MOST = 11

# A device is looked up once a minute at most. Longer, and a thing deleted under DeletePolicy Retain would not come
# back at the next uplink, as long as the instance lives.
KNOWN_S = 60.0

# Only people change what keeps a device from being mirrored; what they do is felt within minutes.
REFUSED_S = 300.0

# Some 200 bytes each.
DEVICES_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class MirrorRules:
    stack_name: str
    thing_type_name: str
    scheme: Scheme


@dataclass(frozen=True, slots=True)
class Mirror:
    """``refused`` is told why a device has no thing, every ``REFUSED_S`` at most."""

    registry: DeviceRegistry
    things: MirroredThings
    journal: Births
    linker: Linker
    rules: MirrorRules
    recent: Recent
    refused: Callable[[MismatchingStackError, Activity], None]

    def serve(self, activity: Activity) -> Served:
        """Make sure that the device has its thing.

        Raises:
            RegistryThrottledError, RegistryUnavailableError: the message must come again.
            AccessDeniedError, StackConfigurationError, UnexpectedAnswerError: the operator has to mend that.
        """
        if reason := why_ignored(activity, self.registry.application_id):
            return Served("ignored", reason)
        if remembered := self.recent.get(activity.device_id):
            return Served("known", remembered)
        try:
            return self._remembered(activity, self._look_up(activity))
        except MismatchingStackError as error:
            self.recent.put(activity.device_id, str(error), for_s=REFUSED_S)
            self.refused(error, activity)
            return Served("refused", str(error))
        except (JournalMovedAnswer, OwnerHeldAnswer, ThingBusyError) as met:
            return Served("underway", f"the next message finds it settled: {met}")

    def _remembered(self, activity: Activity, served: Served) -> Served:
        if served.fate in ("known", "mirrored", "linked"):
            self.recent.put(activity.device_id, f"thing {served.thing_name}", for_s=KNOWN_S)
        return served

    def _look_up(self, activity: Activity) -> Served:
        owner = self.journal.owner(activity.device_id)
        if owner is not None and owner.thing_id:
            return Served("known", "it has its thing", owner.thing_name)
        record = self.registry.identity(activity.device_id)
        if record is None or record.ids.dev_eui != activity.dev_eui:
            return Served("stale", "The Things Stack has no such device any more")
        wanted = self._wanted(activity, record)
        return self._ensure(wanted, _birth(wanted, record, self.rules.stack_name), owner)

    def _wanted(self, activity: Activity, record: IdentityRecord) -> RegistryThing:
        ids = DeviceIds(record.ids.device_id, record.ids.dev_eui, activity.join_eui or "")
        stack_name, thing_type_name = self.rules.stack_name, self.rules.thing_type_name
        name = thing_name_for(ids, self.rules.scheme, stack_name)
        return thing_of_device(ids, name, stack_name=stack_name, thing_type_name=thing_type_name)

    def _ensure(self, wanted: RegistryThing, birth: Birth, kept: Owner | None) -> Served:
        """``kept`` is what an earlier message has kept the ID for, and did not live to make."""
        found = standing_for(wanted, self.things.with_dev_eui(birth.ids.dev_eui))
        if found is None:
            return self._make(wanted, birth, kept)
        return self._stand_in(found.thing_name, wanted, birth, kept)

    def _make(self, wanted: RegistryThing, birth: Birth, kept: Owner | None) -> Served:
        """Keep the ID first: the thing's own event finds there what it was made from."""
        if kept is not None and kept.thing_name != wanted.thing_name:
            self.journal.unreserve(birth.ids.device_id, kept)
        self.journal.reserve(birth)
        try:
            made = replace(birth, thing_id=self.things.create(wanted))
        except ThingExistsAnswer:
            return self._repair(wanted, birth)
        self.journal.bind(made)
        return Served("mirrored", "a thing was made of it", wanted.thing_name)

    def _repair(self, wanted: RegistryThing, birth: Birth) -> Served:
        """The name is taken by a thing that does not tell this DevEUI: made by us and bare now, or another's."""
        kept = Owner("", wanted.thing_name, is_born=True)
        try:
            return self._stand_in(wanted.thing_name, wanted, birth, kept)
        except MismatchingStackError:
            self.journal.unreserve(birth.ids.device_id, kept)
            raise

    def _stand_in(self, thing_name: str, wanted: RegistryThing, birth: Birth, kept: Owner | None) -> Served:
        """Link a thing that is there; what an earlier message began to make is completed."""
        thing = self.things.thing(thing_name)
        if thing is None:
            return Served("underway", f"thing {thing_name} has just been deleted")
        lost = repaired(thing, wanted)
        if lost is not None:
            self.things.repair(lost)
        if kept is not None and kept.thing_name == thing_name:
            self.journal.bind(replace(birth, thing_id=thing.thing_id or ""))
            return Served("mirrored", "the thing that was made of it is bound to it", thing_name)
        if kept is not None:
            self.journal.unreserve(birth.ids.device_id, kept)
        return self.linker.link(thing, birth)


def _birth(wanted: RegistryThing, record: IdentityRecord, stack_name: str) -> Birth:
    """A device that an earlier thing of this stack left behind still bears that one's mark."""
    mark = mark_in(record.attributes)
    run = mark.run if mark and mark.stack_name == stack_name else ""
    return Birth("", wanted.thing_name, record.ids, run)
