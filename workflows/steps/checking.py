"""Checks from time to time that a device's thing is unchanged, and restores what the thing lost."""

from collections.abc import Callable

from workflows.domain.activity import Activity, ActivityResult
from workflows.domain.facts import RegisteredDevice
from workflows.domain.mirroring import MirrorRules, RegistryThing, parts_to_restore
from workflows.domain.mismatches import id_of_another_device, thing_of_another_stack
from workflows.ports.journal import Owner, Snapshots
from workflows.ports.mirroring import MirroredThings
from workflows.ports.things_stack import DeviceRegistry
from workflows.steps.recent import RateLimiter
from workflows.values import value

# Read the snapshot, describe the thing, repair it. The read from the Identity Server is counted apart.
CALLS_AT_MOST = 3

# A check costs one DescribeThing; an account has 350 a second. Each instance checks one thing a second, and up to a
# minute's worth at once. A fleet that sends a message every two seconds is checked with every message that is not
# remembered. A larger fleet is checked bit by bit.
CHECK_EVERY_S = 1.0
CHECKS_AT_ONCE = 60


@value
class Checker:
    """``on_restored`` is called with the thing, the restored parts and the thing's device."""

    registry: DeviceRegistry
    things: MirroredThings
    journal: Snapshots
    rules: MirrorRules
    limiter: RateLimiter
    on_restored: Callable[[RegistryThing, RegistryThing, RegisteredDevice], None]

    def check(self, activity: Activity, owner: Owner) -> ActivityResult:
        """Check that ``owner``, which owns the device ID, is still the device's thing; restore what the thing lost.

        A new thing is not checked until its own event is processed.

        Raises:
            MismatchingDeviceError: another device has this ID now.
            MismatchingStackError: the thing has another type.
        """
        known = ActivityResult("known", "it has its thing", owner.thing_name)
        if owner.is_reserved or not self.limiter.allows():
            return known
        device = self.journal.read(owner.thing_id).device
        if device is None or device.device_id != activity.device_id:
            return known
        return self._check_replacement(activity, device, owner) or self._check_thing(device, owner) or known

    def _check_replacement(self, activity: Activity, device: RegisteredDevice, owner: Owner) -> ActivityResult | None:
        """Ask the Identity Server if the message has other EUIs: the message itself proves nothing."""
        sent = activity.ids
        if sent.euis_match(device.ids):
            return None
        record = self.registry.identity(activity.device_id)
        if record is None or record.ids.dev_eui != sent.dev_eui:
            return ActivityResult("stale", "The Things Stack no longer has this device")
        if record.ids.euis_match(device.ids):
            return None
        raise id_of_another_device(owner.thing_name, device.ids, record.ids)

    def _check_thing(self, device: RegisteredDevice, owner: Owner) -> ActivityResult | None:
        thing = self.things.thing(owner.thing_name)
        if thing is None or thing.thing_id != owner.thing_id:
            return ActivityResult(
                "underway", f"thing {owner.thing_name} is gone; its DELETED event is not processed yet"
            )
        wanted = self.rules.wanted(device.ids, owner.thing_name)
        if thing.attributes.get("stackName") not in (wanted.stack_name, None):
            return ActivityResult(
                "underway", f"thing {owner.thing_name} belongs to another stack now; its event will say so"
            )
        if thing.thing_type_name not in (wanted.thing_type_name, None):
            raise thing_of_another_stack(thing, wanted)
        lost = parts_to_restore(thing, wanted, made_by_us=device.method == "mirrored", former_id=device.named)
        if lost is None or not self.things.repair(lost):
            return None
        self.on_restored(thing, lost, device)
        return ActivityResult(
            "restored", "its thing had lost its type or attributes; they were restored", owner.thing_name
        )
