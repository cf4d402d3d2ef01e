"""The state of a thing is the fold of its facts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from typing import Literal

from workflows.domain.event import Operation
from workflows.domain.facts import (
    Change,
    DeviceReleased,
    DeviceRemoved,
    EventAccepted,
    EventFailed,
    EventRejected,
    EventSkipped,
    Fact,
    Registered,
    RegisteredDevice,
)
from workflows.errors import JournalSequenceError, UnknownFactError

Verdict = Literal["done", "skipped", "rejected", "failed"]
Status = Literal["in flight", "registered", "removed", "skipped", "rejected", "failed"]


@dataclass(frozen=True, slots=True)
class Settled:
    """The latest change of a thing that has an outcome."""

    operation: Operation
    version_number: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Attempt:
    """What accepted events without a good end may have left behind: half-made devices, half-written fields."""

    device_ids: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ThingState:
    """``facts`` is how many there are, and so the number of the next one; ``busy`` has no outcome yet.

    ``latest_run`` wrote the last fact. ``retained`` are the devices that the thing had and released, and that stay in
    The Things Stack; ``taken_over`` are those that another thing took over.
    """

    facts: int = 0
    thing_name: str = ""
    busy: Change | None = None
    settled: Settled | None = None
    device: RegisteredDevice | None = None
    attempt: Attempt | None = None
    latest_run: str = ""
    retained: tuple[str, ...] = ()
    taken_over: tuple[str, ...] = ()


def order_of(operation: Operation, version_number: int) -> tuple[bool, int]:
    """Order the changes of one thing: DELETED comes after everything, whatever its number."""
    return operation == "DELETED", version_number


def is_superseded(change: Change, settled: Settled | None) -> bool:
    """Tell whether a later change of the thing is settled."""
    return settled is not None and order_of(settled.operation, settled.version_number) > order_of(
        change.operation, change.version_number
    )


def fold(facts: Iterable[Fact]) -> ThingState:
    return reduce(lambda state, numbered: evolve(state, *numbered), enumerate(facts), ThingState())


def evolve(state: ThingState, number: int, fact: Fact) -> ThingState:
    """Return the state after ``fact``, the stream's ``number``.

    Raises:
        JournalSequenceError: it is not the next one.
        UnknownFactError: this version knows no such fact.
    """
    if number != state.facts:
        raise JournalSequenceError(f"Fact {number} does not follow {state.facts} facts.")
    return replace(_after(state, fact), facts=number + 1, latest_run=_writer(fact))


def _writer(fact: Fact) -> str:
    return (fact.found_by if isinstance(fact, EventFailed) else "") or fact.change.run


def _after(state: ThingState, fact: Fact) -> ThingState:
    match fact:
        case EventAccepted():
            return replace(state, busy=fact.change, thing_name=fact.thing_name, attempt=_attempted(state, fact))
        case DeviceRemoved() | DeviceReleased():
            gone = replace(_settled(state, fact.change, "done"), device=None, attempt=None)
            return replace(gone, retained=_retained(state, fact), taken_over=_taken_over(state, fact))
        case EventSkipped():
            return _skipped(state, fact.change)
        case EventRejected():
            return _rejected(state, fact)
        case EventFailed():
            return _settled(state, fact.change, "failed")
        case _ if isinstance(fact, Registered):
            retained = tuple(device_id for device_id in state.retained if device_id != fact.device.device_id)
            return replace(_settled(state, fact.change, "done"), device=fact.device, attempt=None, retained=retained)
    raise UnknownFactError(f"No such fact is known here: {type(fact).__name__}.")


def _attempted(state: ThingState, accepted: EventAccepted) -> Attempt:
    before = state.attempt or Attempt((), ())
    return Attempt(
        device_ids=_with(before.device_ids, accepted.device_id),
        fields=tuple(dict.fromkeys((*before.fields, *accepted.fields))),
    )


def _retained(state: ThingState, end: DeviceRemoved | DeviceReleased) -> tuple[str, ...]:
    stays = isinstance(end, DeviceReleased) and end.reason != "taken over"
    return _with(state.retained, end.device_id) if stays else state.retained


def _taken_over(state: ThingState, end: DeviceRemoved | DeviceReleased) -> tuple[str, ...]:
    was_taken = isinstance(end, DeviceReleased) and end.reason == "taken over"
    return _with(state.taken_over, end.device_id) if was_taken else state.taken_over


def _with(device_ids: tuple[str, ...], device_id: str) -> tuple[str, ...]:
    return device_ids if device_id in device_ids else (*device_ids, device_id)


def _skipped(state: ThingState, change: Change) -> ThingState:
    """An accepted event is skipped when there turns out to be nothing to write, so nothing is unfinished."""
    finished = state.busy == change
    return replace(_settled(state, change, "skipped"), attempt=None if finished else state.attempt)


def _rejected(state: ThingState, fact: EventRejected) -> ThingState:
    """A registration that was undone leaves nothing behind; an update that was rejected may be half written."""
    nothing_left = fact.undone and state.busy == fact.change and state.device is None
    return replace(_settled(state, fact.change, "rejected"), attempt=None if nothing_left else state.attempt)


def _settled(state: ThingState, change: Change, verdict: Verdict) -> ThingState:
    settled = Settled(change.operation, change.version_number, verdict)
    if state.settled and _outranks(state.settled, settled, is_held=state.busy == change):
        settled = state.settled
    return replace(state, settled=settled, busy=None if state.busy == change else state.busy)


def _outranks(before: Settled, settled: Settled, *, is_held: bool) -> bool:
    """What was settled stands against older changes, and once good against the same in a run without the thing."""
    was, comes = (order_of(each.operation, each.version_number) for each in (before, settled))
    return was > comes or (was == comes and before.verdict in ("done", "skipped") and not is_held)


def may_have_left(state: ThingState, device_id: str) -> bool:
    """Tell whether a device may bear the thing's mark since the thing had it; any other's mark is a copy."""
    return device_id in owned(state) or device_id in state.taken_over


def owned(state: ThingState) -> frozenset[str]:
    """Return the device IDs that the thing owns: its device's, and those of what may be half-made."""
    device_ids = {state.device.device_id} if state.device else set()
    return frozenset(device_ids | set(state.attempt.device_ids if state.attempt else ()))


def gained(before: ThingState, after: ThingState, fact: Fact) -> frozenset[str]:
    """Return the device IDs that must be the thing's with ``fact``: the one it is about, even if it was before."""
    aimed_at = {fact.device_id} if isinstance(fact, EventAccepted) else set()
    if isinstance(fact, Registered):
        aimed_at = {fact.device.device_id}
    return (owned(after) - owned(before)) | aimed_at


def freed(before: ThingState, after: ThingState, fact: Fact) -> frozenset[str]:
    """Return the device IDs that the thing gives up with ``fact``; one that was taken over is another's already."""
    lost = {fact.device_id} if isinstance(fact, DeviceReleased) and fact.reason == "taken over" else set()
    return owned(before) - owned(after) - lost


def status_of(state: ThingState) -> Status:
    """Return where the thing stands, for the index that operators read."""
    if state.busy is not None:
        return "in flight"
    if state.settled is None or state.settled.verdict == "skipped":
        return "registered" if state.device else "skipped"
    if state.settled.verdict == "done":
        return "registered" if state.device else "removed"
    return state.settled.verdict
