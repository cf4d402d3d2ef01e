"""What `thingsync status` and `thingsync doctor` show: the fleet, one thing, the checks. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from operate.views.counts import METHODS, STATUSES, FleetCounts
from operate.views.failures import FailedThing, device_id_of
from operate.views.last_run import LastRun, summary_json
from operate.views.retrying import Retry, Retrying, retry_json, retrying_json
from operate.views.times import iso
from operate.views.values import shown_texts
from operate.views.waiting import QueueDepth, WaitingEvents, queue_json, waiting_json
from workflows.domain.correction import Correction, argument
from workflows.domain.fold import Status
from workflows.ports.journal import Snapshot
from workflows.values import value

_IN_FLIGHT = "Wait: a run is working on it."
_RETRIES = (
    "Wait: the run repeats its try by itself. If it fails in the end, fix the cause (thingsync doctor), then run "
    "thingsync redrive."
)
_UNKNOWN = (
    "No event of this thing has arrived, though its thing type and stackName are this stack's. Run thingsync doctor to "
    "find the cause, then thingsync replay {name}."
)
_BEHIND = "its version {version} has not been processed yet; what is shown here is of an earlier one"
_BEHIND_DELETION = "its deletion has not been processed yet; what is shown here is of before"
_REPAIR = "Repair the device: thingsync reconcile --apply {name}"
_NOT_REPAIRED = "Thingsync does not change this device. Correct it in The Things Stack, or the thing in AWS IoT."
_RESTORE = "Deleted by mistake? thingsync restore {name}"
_RELEASES = "{how}. If not: thingsync replay {name}, which lets its device go; the device stays in The Things Stack."
_UNEXPECTED = "Run thingsync replay {name}: it sends the thing through the pipeline again."


@value
class Alarm:
    name: str
    meaning: str
    since: datetime


@value
class Fleet:
    """``retrying``: what runs wait for; ``unread`` says why that could not be read.

    ``reconcile``: what became of the last run of Reconcile; its alarms say what is wrong.
    """

    stack_name: str
    region: str
    counts: FleetCounts
    queue: QueueDepth
    dead_letters: QueueDepth
    alarms: tuple[Alarm, ...]
    reconcile: LastRun
    retrying: Retrying | None = None
    unread: str = ""

    @property
    def is_ok(self) -> bool:
        wrong = self.counts.things["failed"] or self.counts.things["rejected"]
        return not (wrong or self.dead_letters.total or self.alarms)


def fleet_json(fleet: Fleet) -> dict[str, object]:
    return {
        "stack": fleet.stack_name,
        "region": fleet.region,
        "ok": fleet.is_ok,
        "things": {_camel(status): fleet.counts.things[status] for status in STATUSES},
        "registered": {method: fleet.counts.methods.get(method, 0) for method in METHODS},
        "estimated": fleet.counts.is_estimated,
        "precision": {_camel(status): fleet.counts.precision(status) for status in STATUSES},
        "queue": queue_json(fleet.queue),
        "deadLetterQueue": queue_json(fleet.dead_letters),
        "retrying": retrying_json(fleet.retrying),
        "reconcile": summary_json(fleet.reconcile),
        "alarms": [{"name": each.name, "meaning": each.meaning, "since": iso(each.since)} for each in fleet.alarms],
    }


def _camel(status: Status) -> str:
    return "inFlight" if status == "in flight" else status


@value
class DeviceCheck:
    """What The Things Stack has of a thing's device now: how it differs, and which servers could not be asked."""

    differences: tuple[str, ...] = ()
    unreachable: tuple[str, ...] = ()
    is_repairable: bool = False


@value
class ThingView:
    """``exists``: AWS IoT has a thing of this name, with the ID ``thing_id``.

    ``snapshot`` is that of the thing that has the name now, else of the last one that had it; None if no event
    arrived. ``reported`` comes from its shadow, which the device may have written. ``others`` is what a thing has that
    belongs to another stack; empty for one of this stack. ``misspelled``: attributes that Thingsync reads otherwise.
    ``check`` is None if The Things Stack was not asked, as there is no device that should be as the thing is now.
    ``retry``: what the run that is working on it waits for.
    ``waiting``: where an event may be that the journal does not know yet; None if it knows the latest.
    """

    thing_name: str
    exists: bool
    thing_id: str | None
    version_number: int | None
    snapshot: Snapshot | None
    failure: FailedThing | None
    reported: Mapping[str, object] | None
    others: tuple[str, ...] = ()
    how_to_make_ours: str = ""
    misspelled: tuple[str, ...] = ()
    check: DeviceCheck | None = None
    retry: Retry | None = None
    waiting: WaitingEvents | None = None

    @property
    def status(self) -> str:
        return self.snapshot.status if self.snapshot else "unknown"

    @property
    def device_id(self) -> str | None:
        return device_id_of(self.snapshot) if self.snapshot else None

    @property
    def differences(self) -> tuple[str, ...]:
        """Values of the thing that its adopted device does not have."""
        device = self.snapshot.state.device if self.snapshot else None
        return device.differences if device else ()

    @property
    def message(self) -> str | None:
        return self.failure.message or None if self.failure else None

    @property
    def is_ok(self) -> bool:
        """A thing that another stack has now is well once this one has let its device go."""
        is_here = self.exists and not self.others
        if (self.check and self.check.differences) or (self.waiting and self.waiting.dead_lettered):
            return False
        return self.status in (("registered", "skipped") if is_here else ("removed", "skipped"))

    @property
    def correction(self) -> Correction | None:
        """What the user has to correct; None while an event or a run may still change the outcome."""
        return self.failure.correction if self.failure and self.is_latest else None

    @property
    def is_latest(self) -> bool:
        """Return whether what is shown is the outcome of the thing as it is now."""
        return self.status != "in flight" and self.waiting is None

    @property
    def undo(self) -> str | None:
        """A removed thing is well, so this is nothing to do; but nobody should have to look for it."""
        is_removed = not self.exists and self.status == "removed"
        return _RESTORE.format(name=argument(self.thing_name)) if is_removed else None

    @property
    def notes(self) -> tuple[str, ...]:
        return (*self.others, *self.misspelled, *self._behind)

    @property
    def _behind(self) -> tuple[str, ...]:
        if self.waiting is None or self.snapshot is None:
            return ()
        return (_BEHIND.format(version=self.version_number) if self.exists else _BEHIND_DELETION,)

    @property
    def _has_lost_its_stack(self) -> bool:
        """Return whether a replay would take the device from the thing, perhaps as the stack's own type has changed."""
        is_others = self.exists and bool(self.others) and bool(self.how_to_make_ours)
        return is_others and self.status == "registered" and not (self.waiting and self.waiting.dead_lettered)

    @property
    def what_to_do(self) -> str | None:
        if self.status == "in flight":
            return _RETRIES if self.retry else _IN_FLIGHT
        if self._has_lost_its_stack:
            return _RELEASES.format(how=self.how_to_make_ours, name=argument(self.thing_name))
        if self.waiting and (self.snapshot or self.waiting.dead_lettered or self.waiting.queue.total):
            return self.waiting.what_to_do(self.thing_name)
        if self.snapshot is None and not self.failure:
            return self.how_to_make_ours or _UNKNOWN.format(name=argument(self.thing_name))
        return self.failure.what_to_do if self.failure else self._what_to_do_when_settled

    @property
    def _what_to_do_when_settled(self) -> str | None:
        if self.check and self.check.differences:
            return (_REPAIR if self.check.is_repairable else _NOT_REPAIRED).format(name=argument(self.thing_name))
        return None if self.is_ok else _UNEXPECTED.format(name=argument(self.thing_name))


def thing_json(view: ThingView) -> dict[str, object]:
    snapshot = view.snapshot
    device = snapshot.state.device if snapshot else None
    return {
        "thingName": view.thing_name,
        "exists": view.exists,
        "thingId": view.thing_id,
        "versionNumber": view.version_number,
        "status": view.status,
        "ok": view.is_ok,
        "method": device.method if device else None,
        "deviceId": view.device_id,
        "values": shown_texts(device.values) if device else None,
        "differences": list(view.differences),
        "notes": list(view.notes),
        "since": iso(snapshot.at) if snapshot else None,
        "run": snapshot.state.latest_run if snapshot else None,
        "error": view.failure.error_name if view.failure else None,
        "whatToDo": view.what_to_do,
        "retry": retry_json(view.retry) if view.retry else None,
        "shadow": view.reported,
        "theThingsStack": _check_json(view.check) if view.check else None,
        "waiting": waiting_json(view.waiting) if view.waiting else None,
    }


def _check_json(check: DeviceCheck) -> dict[str, object]:
    return {
        "differences": list(check.differences),
        "repairable": check.is_repairable,
        "notReachable": list(check.unreachable),
    }


@value
class Check:
    """``found`` is the state that the check found; ``fix`` says what to do, None if all is right or not checked."""

    name: str
    found: str
    fix: str | None = None
    is_checked: bool = True

    @property
    def is_ok(self) -> bool:
        return self.is_checked and self.fix is None


def unchecked(name: str, because: str) -> Check:
    """Return a check that could not be made because of another problem, which another check names."""
    return Check(name, f"not checked, {because}", is_checked=False)


def checks_json(checks: Iterable[Check], configured: Sequence[str] | None) -> dict[str, object]:
    """``configured``: what ``--configure`` did; None without it."""
    listed = [{"name": each.name, "ok": each.is_ok, "found": each.found, "fix": each.fix} for each in checks]
    done = None if configured is None else list(configured)
    return {"ok": all(each["ok"] for each in listed), "checks": listed, "configured": done}
