"""Devices that become things ► messages as of their first uplink ► the thing of each.

MirrorDevice makes the things, so they are as it always makes them, and nobody else needs its rights.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from operate.adapters.journal import JournalPages
from operate.adapters.queues import OutgoingMessage, Queue
from operate.drift.mirror_plan import NoThingError, Prospect
from operate.drift.repairs import RepairResult
from operate.pacing import Pace, Timeout
from operate.views.replay import ReplayOutcome
from workflows.domain.activity import Activity
from workflows.domain.batches import batches
from workflows.domain.device import IdentityRecord
from workflows.domain.drift.findings import Finding
from workflows.errors import DeviceRefusedError, StackConfigurationError
from workflows.schemas.activity import dump_activity
from workflows.steps.concurrency import map_concurrently
from workflows.steps.drift.inspection import Inspector, Look
from workflows.values import value

# Each device takes two of the ten ListThings that an account has in a second.
MIRRORED_PER_S = 5.0
_AT_ONCE = 50
# A message may end without a thing: MirrorDevice remembers refusals for minutes, or found the device under way.
AGAIN_S = 60.0

_GONE = "it has been deleted in The Things Stack since"
_UNFINISHED = "its thing is not registered yet; look again later: thingsync reconcile --mirror"


def mirror_rate(rate: float) -> float:
    """Return how many devices a second may become things if the operator allows ``rate``."""
    return min(rate, MIRRORED_PER_S)


@value
class _Sent:
    """``why``: what keeps it from being done, as far as one knows."""

    found: Finding
    record: IdentityRecord
    at_s: float
    why: str = _UNFINISHED


@value
class Mirroring:
    """Sends the messages and waits for things. After the timeout the rest is reported as in flight."""

    application_id: str
    prospect: Prospect
    inspector: Inspector
    journal: JournalPages
    queue: Queue
    pace: Pace
    timeout: Timeout

    def results(self, planned: Iterable[Finding]) -> Iterator[RepairResult]:
        """Yield what became of each device: registered only if its thing exists and has the device."""
        for batch in batches(planned, _AT_ONCE):
            waiting: list[_Sent] = []
            for found in batch:
                record = self.prospect.devices.identity(found.device_id or "")
                if record is None:
                    yield _ended(found, "not sent", _GONE)
                else:
                    waiting.append(self._send(_Sent(found, record, 0)))
            yield from self._outcomes(waiting)

    def _send(self, sent: _Sent) -> _Sent:
        self.pace.wait()
        ids = sent.record.ids
        activity = Activity(self.application_id, ids.device_id, ids.dev_eui, ids.join_eui or None)
        self.queue.send([OutgoingMessage(dump_activity(activity))])
        return replace(sent, at_s=self.timeout.clock())

    def _outcomes(self, waiting: list[_Sent]) -> Iterator[RepairResult]:
        def poll() -> list[RepairResult]:
            looked = list(map_concurrently(self._look, waiting))
            waiting[:] = [each for each in looked if isinstance(each, _Sent)]
            return [each for each in looked if isinstance(each, RepairResult)]

        for finished in self.timeout.polls(poll):
            yield from finished
            if not waiting:
                return
        yield from (_ended(sent.found, "in flight", sent.why) for sent in waiting)

    def _look(self, sent: _Sent) -> RepairResult | _Sent:
        """Return what became of the device; or what was sent, if nothing has yet."""
        owner = self.journal.owner(sent.record.ids.device_id)
        if owner is None or not owner.thing_id:
            return self._look_why(sent) if self.timeout.clock() - sent.at_s >= AGAIN_S else sent
        found = replace(sent.found, thing_name=owner.thing_name, thing_id=owner.thing_id)
        look = self.inspector.inspect_again(found)
        if look.status in ("rejected", "failed"):
            settled = self.journal.read(owner.thing_id).settled
            return RepairResult(found, look.status, settled.error_name if settled else None, look)
        is_there = look.device is not None and look.device.device_id == found.device_id
        result = RepairResult(found, "registered", None, look)
        return result if is_there and result.is_good else replace(sent, why=look.left.text if look.left else sent.why)

    def _look_why(self, sent: _Sent) -> RepairResult | _Sent:
        """Return why the device gets no thing; if nothing is in its way, send it again."""
        try:
            self.prospect.thing_name(sent.record)
        except (NoThingError, DeviceRefusedError, StackConfigurationError) as error:
            return _ended(sent.found, "rejected", str(error), type(error).__name__)
        return self._send(sent)


def _ended(found: Finding, outcome: ReplayOutcome, why: str, error_name: str | None = None) -> RepairResult:
    return RepairResult(found, outcome, error_name, Look(replace(found, text=why), None, None))
