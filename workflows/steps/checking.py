"""A device that has its thing: whether the thing is still what it was, looked at once in a while."""

from collections.abc import Callable
from dataclasses import dataclass

from workflows.domain.activity import Activity, ActivityResult
from workflows.domain.device import DeviceIds
from workflows.domain.facts import RegisteredDevice
from workflows.domain.mirroring import MirrorRules, RegistryThing, lost_by
from workflows.domain.mismatches import id_of_another_device, thing_of_another_stack
from workflows.ports import DeviceRegistry, MirroredThings
from workflows.ports.journal import Owner, Snapshots
from workflows.steps.recent import Allowance

# the snapshot read, the thing described and repaired; beside the Identity Server's record.
CALLS_AT_MOST = 3

# A look costs a DescribeThing, of which an account has 350 a second. At one a second and instance, and a minute's worth
# at once, a fleet whose devices together send every other second is looked at with each message that is not remembered,
# a larger one by and by.
LOOK_EVERY_S = 1.0
LOOKS_AT_ONCE = 60


@dataclass(frozen=True, slots=True)
class Checker:
    """``restored`` is sent the thing, what it got back, and its device."""

    registry: DeviceRegistry
    things: MirroredThings
    journal: Snapshots
    rules: MirrorRules
    allowance: Allowance
    restored: Callable[[RegistryThing, RegistryThing, RegisteredDevice], None]

    def check(self, activity: Activity, owner: Owner) -> ActivityResult:
        """Look whether ``owner``, which has the device's ID, is still the device's thing; give back what it lost.

        A thing that was just made is left alone until its own event is served.

        Raises:
            MismatchingDeviceError: the device of this ID is another one now.
            MismatchingStackError: the thing has another type.
        """
        known = ActivityResult("known", "it has its thing", owner.thing_name)
        if owner.is_reserved or not self.allowance.take():
            return known
        device = self.journal.read(owner.thing_id).device
        if device is None or device.device_id != activity.device_id:
            return known
        return self._replaced(activity, device, owner) or self._checked(device, owner) or known

    def _replaced(self, activity: Activity, device: RegisteredDevice, owner: Owner) -> ActivityResult | None:
        """The message's EUIs are no more than a reason to ask the Identity Server."""
        sent = DeviceIds(activity.device_id, activity.dev_eui or "", activity.join_eui or "")
        if sent.euis_match(device.ids):
            return None
        record = self.registry.identity(activity.device_id)
        if record is None or record.ids.dev_eui != sent.dev_eui:
            return ActivityResult("stale", "The Things Stack has no such device any more")
        if record.ids.euis_match(device.ids):
            return None
        raise id_of_another_device(owner.thing_name, device.ids, record.ids)

    def _checked(self, device: RegisteredDevice, owner: Owner) -> ActivityResult | None:
        thing = self.things.thing(owner.thing_name)
        if thing is None or thing.thing_id != owner.thing_id:
            return ActivityResult("underway", f"thing {owner.thing_name} is gone, and its deletion is yet to be served")
        wanted = self.rules.wanted(device.ids, owner.thing_name)
        if thing.attributes.get("stackName") not in (wanted.stack_name, None):
            return ActivityResult("underway", f"thing {owner.thing_name} is another stack's now, and its event says so")
        if thing.thing_type_name not in (wanted.thing_type_name, None):
            raise thing_of_another_stack(thing, wanted)
        lost = lost_by(thing, wanted, made_by_us=device.method == "mirrored", former_id=device.named)
        if lost is None or not self.things.repair(lost):
            return None
        self.restored(thing, lost, device)
        return ActivityResult("restored", "its thing got back what it had lost", owner.thing_name)
