"""The state of a thing is the fold of its facts."""

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce
from typing import Literal

from workflows.domain.device import DeviceIds
from workflows.domain.event import Operation
from workflows.domain.facts import (
    Change,
    DeviceFound,
    DeviceReleased,
    DeviceRemoved,
    EventAccepted,
    EventFailed,
    EventRejected,
    EventSkipped,
    Fact,
    Registered,
    RegisteredDevice,
    Underway,
)
from workflows.errors import JournalSequenceError, UnknownFactError
from workflows.values import value

Verdict = Literal["done", "skipped", "rejected", "failed"]
Status = Literal["in flight", "registered", "removed", "skipped", "rejected", "failed"]


@value
class Settled:
    """The latest change of a thing that has an outcome.

    ``error_name``, ``message`` and ``run`` are those of a change that failed or was rejected. A snapshot that an older
    Thingsync wrote has none of them: then only the fact knows.
    """

    operation: Operation
    version_number: int
    verdict: Verdict
    error_name: str = ""
    message: str = ""
    run: str = ""


@value
class Attempt:
    """What accepted events that did not succeed may have left: half-made devices, half-written fields.

    ``found`` is a device that was there before them. The thing owns its ID, but no undo or deletion may remove it.
    """

    device_ids: tuple[str, ...]
    fields: tuple[str, ...]
    found: str | None = None


@value
class ThingState:
    """``facts`` counts the facts, so it is the number of the next one.

    ``busy`` is the accepted change that has no outcome yet; ``settled`` is the latest change that has one.
    ``attempt`` is what unsuccessful events may have left. ``latest_run`` wrote the last fact.
    ``retained`` are devices that the thing released and that stay in The Things Stack; ``taken_over`` are devices
    that another thing took over. ``former`` is the device that the thing had until it was removed or released; a thing
    that is made again may take it up. ``dev_eui`` is the latest that the thing gave, in upper case.
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
    dev_eui: str = ""
    former: RegisteredDevice | None = None


def order_of(operation: Operation, version_number: int) -> tuple[bool, int]:
    """Order the changes of one thing by version; DELETED always comes last."""
    return operation == "DELETED", version_number


def is_superseded(change: Change, settled: Settled | None) -> bool:
    """Return whether a later change of the thing is settled."""
    return settled is not None and order_of(settled.operation, settled.version_number) > order_of(
        change.operation, change.version_number
    )


def fold(facts: Iterable[Fact]) -> ThingState:
    return reduce(lambda state, numbered: evolve(state, *numbered), enumerate(facts), ThingState())


def evolve(state: ThingState, number: int, fact: Fact) -> ThingState:
    """Return the state after ``fact``, the stream's ``number``.

    Raises:
        JournalSequenceError: the number is not the next one.
        UnknownFactError: this version does not know the fact.
    """
    if number != state.facts:
        raise JournalSequenceError(f"Fact {number} does not follow {state.facts} facts.")
    dev_eui = _dev_eui(fact) or state.dev_eui
    return replace(_after(state, fact), facts=number + 1, latest_run=_writer(fact), dev_eui=dev_eui)


def _dev_eui(fact: Fact) -> str:
    if isinstance(fact, Registered):
        return fact.device.dev_eui
    return fact.dev_eui if isinstance(fact, EventAccepted | EventRejected | EventFailed) else ""


def _writer(fact: Fact) -> str:
    return (fact.found_by if isinstance(fact, EventFailed) else "") or fact.change.run


def _after(state: ThingState, fact: Fact) -> ThingState:
    match fact:
        case EventAccepted() | DeviceFound():
            return _under_way(state, fact)
        case DeviceRemoved() | DeviceReleased():
            former = state.device or state.former
            gone = replace(_settled(state, fact.change, "done"), device=None, attempt=None, former=former)
            return replace(gone, retained=_retained(state, fact), taken_over=_taken_over(state, fact))
        case EventSkipped():
            return _skipped(state, fact.change)
        case EventRejected():
            return _rejected(state, fact)
        case EventFailed():
            return _settled(state, fact.change, "failed", fact)
        case _ if isinstance(fact, Registered):
            retained = tuple(device_id for device_id in state.retained if device_id != fact.device.device_id)
            return replace(
                _settled(state, fact.change, "done"), device=fact.device, attempt=None, retained=retained, former=None
            )
    raise UnknownFactError(f"This version does not know the fact {type(fact).__name__}.")


def _under_way(state: ThingState, fact: EventAccepted | DeviceFound) -> ThingState:
    before = state.attempt or Attempt((), ())
    if isinstance(fact, DeviceFound):
        return replace(state, attempt=replace(before, found=fact.device_id))
    attempt = Attempt(
        device_ids=_with(before.device_ids, fact.device_id),
        fields=tuple(dict.fromkeys((*before.fields, *fact.fields))),
        found=before.found if before.found != fact.device_id else None,
    )
    return replace(state, busy=fact.change, thing_name=fact.thing_name, attempt=attempt)


def _retained(state: ThingState, end: DeviceRemoved | DeviceReleased) -> tuple[str, ...]:
    is_retained = isinstance(end, DeviceReleased) and end.reason != "taken over"
    return _with(state.retained, end.device_id) if is_retained else state.retained


def _taken_over(state: ThingState, end: DeviceRemoved | DeviceReleased) -> tuple[str, ...]:
    was_taken = isinstance(end, DeviceReleased) and end.reason == "taken over"
    return _with(state.taken_over, end.device_id) if was_taken else state.taken_over


def _with(device_ids: tuple[str, ...], device_id: str) -> tuple[str, ...]:
    return device_ids if device_id in device_ids else (*device_ids, device_id)


def _skipped(state: ThingState, change: Change) -> ThingState:
    """If an accepted event is skipped, there was nothing to write: nothing is unfinished."""
    finished = state.busy == change
    return replace(_settled(state, change, "skipped"), attempt=None if finished else state.attempt)


def _rejected(state: ThingState, fact: EventRejected) -> ThingState:
    """An undone registration leaves nothing; a rejected update may be half written."""
    nothing_left = fact.undone and state.busy == fact.change and state.device is None
    return replace(_settled(state, fact.change, "rejected", fact), attempt=None if nothing_left else state.attempt)


def _settled(
    state: ThingState, change: Change, verdict: Verdict, error: EventRejected | EventFailed | None = None
) -> ThingState:
    settled = Settled(change.operation, change.version_number, verdict)
    if error is not None:
        settled = replace(settled, error_name=error.error_name, message=error.message, run=change.run)
    if state.settled and _outranks(state.settled, settled, is_held=state.busy == change):
        settled = state.settled
    return replace(state, settled=settled, busy=None if state.busy == change else state.busy)


def _outranks(before: Settled, settled: Settled, *, is_held: bool) -> bool:
    """Return whether ``before`` stays the settled change.

    It outranks older changes. If it succeeded, it also outranks the same change in a run that does not hold the thing.
    """
    old, new = (order_of(each.operation, each.version_number) for each in (before, settled))
    return old > new or (old == new and before.verdict in ("done", "skipped") and not is_held)


def may_have_left(state: ThingState, device_id: str) -> bool:
    """Return whether the thing may have put its mark on this device; on any other device the mark is a copy."""
    return device_id in _made(state) or device_id in state.taken_over


def has_found(state: ThingState, device_id: str) -> bool:
    """Return whether a run found this device and may have put the thing's mark on it."""
    return state.attempt is not None and state.attempt.found == device_id


def owned(state: ThingState) -> frozenset[str]:
    """Return the device IDs that the thing owns: its device's, those of half-made devices, and the one it found."""
    found = {state.attempt.found} if state.attempt and state.attempt.found else set()
    return _made(state) | found


def registered_device(state: ThingState, device_id: str) -> DeviceIds | None:
    """Return the thing's device if it is the one with this ID; None if the thing has not registered that one."""
    device = state.device
    return device.ids if device is not None and device.device_id == device_id else None


def _made(state: ThingState) -> frozenset[str]:
    device_ids = {state.device.device_id} if state.device else set()
    return frozenset(device_ids | set(state.attempt.device_ids if state.attempt else ()))


def gained(before: ThingState, after: ThingState, fact: Fact) -> frozenset[str]:
    """Return the device IDs that the thing must own after ``fact``: the new ones, and always the one in ``fact``."""
    named = {fact.device_id} if isinstance(fact, Underway) else set()
    if isinstance(fact, Registered):
        named = {fact.device.device_id}
    return (owned(after) - owned(before)) | named


def device_concerned(before: ThingState, fact: Fact) -> str | None:
    """Return the ID of the device that ``fact`` is about; None if the thing has got as far as no device."""
    if isinstance(fact, Registered):
        return fact.device.device_id
    if not isinstance(fact, EventSkipped | EventRejected | EventFailed):
        return fact.device_id
    if before.device is not None:
        return before.device.device_id
    return before.attempt.device_ids[-1] if before.attempt and before.attempt.device_ids else None


def freed(before: ThingState, after: ThingState, fact: Fact) -> frozenset[str]:
    """Return the device IDs that the thing releases with ``fact``, without one that another thing took over."""
    taken = {fact.device_id} if isinstance(fact, DeviceReleased) and fact.reason == "taken over" else set()
    return owned(before) - owned(after) - taken


def dev_eui_of(state: ThingState) -> str:
    """Return the DevEUI of the thing's device, else the latest that the thing gave; empty if it gave none."""
    return state.device.dev_eui if state.device else state.dev_eui


def status_of(state: ThingState) -> Status:
    """Return the thing's status, for the index that operators read."""
    if state.busy is not None:
        return "in flight"
    if state.settled is None or state.settled.verdict == "skipped":
        return "registered" if state.device else "skipped"
    if state.settled.verdict == "done":
        return "registered" if state.device else "removed"
    return state.settled.verdict
