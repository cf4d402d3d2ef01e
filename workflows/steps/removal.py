"""RemoveDevice: what the thing had in The Things Stack goes away; what is another's stays."""

from contextlib import suppress
from dataclasses import dataclass

from workflows.domain.decision import STAYS
from workflows.domain.device import IdentityRecord
from workflows.domain.facts import RegisteredDevice
from workflows.domain.mark import Mark, mark_in
from workflows.domain.outcome import Outcome
from workflows.errors import DeviceNotFoundAnswer
from workflows.ports import DeviceRegistry

# IS read, the claim, AS, NS, JS and IS deleted, for a device and what an attempt under another ID may have left.
CALLS_AT_MOST = 2 * 6


@dataclass(frozen=True, slots=True)
class Removal:
    """``known`` is the device that the journal knows as the thing's; ``mark`` is this run's."""

    registry: DeviceRegistry
    mark: Mark
    known: RegisteredDevice | None = None

    def remove_all(self, device_ids: tuple[str, ...], reason: str) -> Outcome:
        """Remove what is the thing's; if the device that stands under its ID is not, tell that it stays."""
        removed = [self.remove(device_id) for device_id in device_ids]
        if removed[0]:
            return Outcome("removed", reason, device_id=device_ids[0])
        if self._is_adopted(device_ids[0]):
            return Outcome("released", STAYS, device_id=device_ids[0], release_reason="adopted")
        stays = f"{reason}; device {device_ids[0]} is not this thing's any more by its mark or EUIs, so it stays"
        return Outcome("released", stays, device_id=device_ids[0], release_reason="another's")

    def remove(self, device_id: str) -> bool:
        """Remove the device from all servers, unless it is not this thing's: then return False. Gone is success.

        Of a device that was there before its thing the servers may have more than the Identity Server: that stays.
        """
        record = self.registry.identity(device_id)
        stays = self._is_adopted(device_id) if record is None else not self._is_ours(record)
        if stays:
            return False
        remove_everywhere(self.registry, device_id, record)
        return True

    def _is_ours(self, record: IdentityRecord) -> bool:
        """The mark tells; a mirrored device has none, or an earlier thing's, so that the journal and its EUIs tell.

        Somebody may have copied the mark onto a device with other EUIs than the journal has under this ID.
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
    """Delete from every server, even if the Identity Server has forgotten the device.

    The claim goes first, since taking it back needs the Identity Server's record; that record goes last, so that a
    removal which broke off can be run again.
    """
    if record is not None and record.claimed:
        # Without its record the claim cannot be taken back; somebody has deleted that in this moment.
        with suppress(DeviceNotFoundAnswer):
            registry.unclaim(device_id)
    registry.delete_record("as", device_id)
    registry.delete_record("ns", device_id)
    registry.delete_record("js", device_id)
    if record is not None:
        registry.delete_identity(device_id)
