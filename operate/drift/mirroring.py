"""Devices that become things ► messages as of their first uplink ► the thing of each.

MirrorDevice makes the things, so they are as it always makes them, and nobody else needs its rights.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from operate.adapters.journal import JournalPages
from operate.adapters.queues import OutgoingMessage, Queue
from operate.drift.mirror_plan import NoThingError, Prospect
from operate.drift.repairs import RepairResult
from operate.pacing import Pace, Timeout
from workflows.domain.activity import Activity
from workflows.domain.batches import batches
from workflows.domain.device import IdentityRecord
from workflows.domain.drift.findings import Finding
from workflows.errors import DeviceRefusedError, StackConfigurationError
from workflows.schemas.activity import dump_activity
from workflows.steps.concurrency import map_concurrently
from workflows.steps.drift.inspection import Inspector, Look

# Each device takes two of the ten ListThings that an account has in a second.
MIRRORED_PER_S = 5.0
_AT_ONCE = 50
# A message may end without a thing: MirrorDevice remembers refusals for minutes, or found the device under way.
AGAIN_S = 60.0

_GONE = "it has been deleted in The Things Stack since"
_UNFINISHED = "its thing is not registered yet; look again later: thingsync reconcile --mirror"


@dataclass(slots=True)
class _Sent:
    """``why``: what keeps it from being done, as far as one knows."""

    found: Finding
    record: IdentityRecord
    at_s: float = 0
    why: str = _UNFINISHED


@dataclass(frozen=True, slots=True)
class Mirroring:
    """Sends the messages and waits for things. After the timeout the rest is reported as in flight."""

    application_id: str
    prospect: Prospect
    inspector: Inspector
    journal: JournalPages
    queue: Queue
    pace: Pace
    timeout: Timeout
    _waiting: list[_Sent] = field(default_factory=list, init=False)

    def results(self, planned: Iterable[Finding]) -> Iterator[RepairResult]:
        """Yield what became of each device: registered only if its thing exists and has the device."""
        for batch in batches(planned, _AT_ONCE):
            yield from self._send(batch)
            yield from self._wait()

    def _send(self, batch: Sequence[Finding]) -> Iterator[RepairResult]:
        for found in batch:
            record = self.prospect.devices.identity(found.device_id or "")
            if record is None:
                yield RepairResult(found, "not sent", None, Look(replace(found, text=_GONE), None, None))
            else:
                sent = _Sent(found, record)
                self._send_one(sent)
                self._waiting.append(sent)

    def _send_one(self, sent: _Sent) -> None:
        self.pace.wait()
        ids = sent.record.ids
        activity = Activity(self.application_id, ids.device_id, ids.dev_eui, ids.join_eui or None)
        self.queue.send([OutgoingMessage(dump_activity(activity))])
        sent.at_s = self.timeout.clock()

    def _wait(self) -> Iterator[RepairResult]:
        for finished in self.timeout.polls(lambda: list(self._finished())):
            yield from finished
            if not self._waiting:
                return
        for sent in self._waiting:
            yield RepairResult(sent.found, "in flight", None, Look(replace(sent.found, text=sent.why), None, None))
        self._waiting.clear()

    def _finished(self) -> Iterator[RepairResult]:
        for sent, result in zip(list(self._waiting), map_concurrently(self._result, list(self._waiting)), strict=True):
            if result is not None:
                self._waiting.remove(sent)
                yield result

    def _result(self, sent: _Sent) -> RepairResult | None:
        owner = self.journal.owner(sent.record.ids.device_id)
        if owner is None or not owner.thing_id:
            return self._refused(sent) if self.timeout.clock() - sent.at_s >= AGAIN_S else None
        found = replace(sent.found, thing_name=owner.thing_name, thing_id=owner.thing_id)
        look = self.inspector.inspect_again(found)
        if look.status in ("rejected", "failed"):
            settled = self.journal.read(owner.thing_id).settled
            return RepairResult(found, look.status, settled.error_name if settled else None, look)
        sent.why = look.left.text if look.left else _UNFINISHED
        is_there = look.device is not None and look.device.device_id == found.device_id
        result = RepairResult(found, "registered", None, look)
        return result if is_there and result.is_good else None

    def _refused(self, sent: _Sent) -> RepairResult | None:
        """Return why the device gets no thing; None if nothing is in its way, and it was sent again."""
        try:
            self.prospect.thing_name(sent.record)
        except (NoThingError, DeviceRefusedError, StackConfigurationError) as error:
            why = replace(sent.found, text=str(error))
            return RepairResult(sent.found, "rejected", type(error).__name__, Look(why, None, None))
        self._send_one(sent)
        return None
