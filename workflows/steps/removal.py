"""RemoveDevice: removes the thing's devices from The Things Stack; devices of others stay."""

from contextlib import suppress
from typing import Literal

from workflows.domain.decision import STAYS
from workflows.domain.device import IdentityRecord
from workflows.domain.facts import RegisteredDevice
from workflows.domain.mark import Mark, mark_in
from workflows.domain.outcome import Outcome, is_absent
from workflows.errors import DeviceNotFoundAnswer
from workflows.ports.things_stack import DeviceRegistry
from workflows.values import value

# Read IS; delete the claim, AS, NS, JS and IS. Twice: the device, and one that an attempt left under another ID.
CALLS_AT_MOST = 2 * 6

# absent: the Identity Server did not have it in this application. stays: it is not the thing's.
RemovalResult = Literal["removed", "absent", "stays"]


@value
class Removal:
    """``known`` is the thing's device in the journal; ``mark`` is this run's."""

    registry: DeviceRegistry
    mark: Mark
    known: RegisteredDevice | None = None

    def remove_all(self, device_ids: tuple[str, ...], reason: str) -> Outcome:
        """Remove the thing's devices. If the first one is not the thing's any more, it stays and is released."""
        results = [self.remove(device_id) for device_id in device_ids]
        if results[0] == "absent" and self.known is not None:
            return self._absent(device_ids[0], reason)
        if results[0] != "stays":
            return Outcome("removed", reason, device_id=device_ids[0])
        if self._is_adopted(device_ids[0]):
            return Outcome("released", STAYS, device_id=device_ids[0], release_reason="adopted")
        stays = f"{reason}; device {device_ids[0]} stays: by its mark or EUIs it no longer belongs to this thing"
        return Outcome("released", stays, device_id=device_ids[0], release_reason="another's")

    def _absent(self, device_id: str, reason: str) -> Outcome:
        """Do not say of a device that it was removed: it may live on in the application that the stack used before."""
        application_id = self.registry.application_id
        text = f"{reason}; {is_absent(device_id, application_id)}"
        return Outcome("removed", text, device_id=device_id, absent_from=application_id)

    def remove(self, device_id: str) -> RemovalResult:
        """Remove the device from all servers; gone is success.

        Of a device that was there before its thing, the servers may have more than the Identity Server: that stays.
        """
        record = self.registry.identity(device_id)
        stays = self._is_adopted(device_id) if record is None else not self._is_ours(record)
        if stays:
            return "stays"
        remove_everywhere(self.registry, device_id, record)
        return "absent" if record is None else "removed"

    def _is_ours(self, record: IdentityRecord) -> bool:
        """Decide by the mark. A mirrored device has none, or an earlier thing's: decide by the journal and the EUIs.

        Somebody may have copied the mark to a device whose EUIs differ from those in the journal.
        A device that was there before its thing is the thing's own once a run has registered it again.
        """
        found, known = mark_in(record.attributes), self.known
        if known is not None and known.device_id == record.ids.device_id and known.ids != record.ids:
            return False
        if found is not None and found.is_of_same_thing(self.mark):
            return not self._is_adopted(record.ids.device_id) or (known is not None and found.run != known.run)
        if known is None or known.method != "mirrored":
            return False
        return known.ids == record.ids and (found is None or found.run == known.run)

    def _is_adopted(self, device_id: str) -> bool:
        return self.known is not None and (self.known.device_id, self.known.method) == (device_id, "adopted")


def remove_everywhere(registry: DeviceRegistry, device_id: str, record: IdentityRecord | None) -> None:
    """Delete from every server, even if the Identity Server no longer has the device.

    The claim goes first: unclaiming needs the Identity Server's record. That record goes last: then a removal that
    broke off can be run again. A device that never joins (ABP) has no claim, and that is no error.
    """
    if record is not None and record.without_join_server and record.ids.join_eui:
        # Somebody has just deleted the record; without it the device cannot be unclaimed.
        with suppress(DeviceNotFoundAnswer):
            registry.unclaim(device_id)
    registry.delete_record("as", device_id)
    registry.delete_record("ns", device_id)
    registry.delete_record("js", device_id)
    if record is not None:
        registry.delete_identity(device_id)
