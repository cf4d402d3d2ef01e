"""What one registry event asks for. Pure: the same event, state and stack always get the same decision."""

from dataclasses import dataclass, replace
from typing import Literal

from workflows.domain.event import Operation, Relevance
from workflows.domain.facts import BEFORE_ALL_EVENTS, RegisteredDevice, ReleaseReason
from workflows.domain.fold import Settled, ThingState, order_of
from workflows.domain.planning import PlannedDevice, StackDefaults, plan
from workflows.domain.thing import ExaminedThing
from workflows.domain.updating import PlannedUpdate, UpdateOptions, plan_update

Kind = Literal["create", "claim", "mirror", "update", "remove", "release", "skip"]


STAYS = "the device was there before its thing and stays"


@dataclass(frozen=True, slots=True)
class Policies:
    """``retains``: devices of deleted things stay (DeletePolicy Retain).

    ``writes_adopted``: a thing may change keys and radio of a device that was there before it (AdoptedDevices Write).
    """

    retains: bool = False
    writes_adopted: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """``reason`` is for the operator who reads the run.

    ``device_id`` is the device that the decision is about, None for a skip.
    ``policies`` are the stack's, for the step that comes upon a device.
    ``device`` goes with create and claim, ``update`` with update, with ``device`` if the thing has all it needs to be
    registered anew. ``device_ids`` goes with remove: all that may be there; ``known`` is the one that the
    journal knows as the thing's own, and with mirror the one that the thing was made from. ``leftovers`` are
    half-made devices of earlier attempts under other IDs.
    """

    kind: Kind
    reason: str
    device_id: str | None = None
    device: PlannedDevice | None = None
    update: PlannedUpdate | None = None
    device_ids: tuple[str, ...] = ()
    known: RegisteredDevice | None = None
    leftovers: tuple[str, ...] = ()
    release_reason: ReleaseReason | None = None
    policies: Policies = Policies()


@dataclass(frozen=True, slots=True)
class ValidatedEvent:
    """An event as the decision sees it; ``device_id`` is None where the thing's attributes do not give one.

    With ``repair`` a version that is settled is no duplicate, and the device is written whole. With ``overwrite`` so is
    one that was there before its thing, if the stack allows that.
    """

    operation: Operation
    version_number: int
    relevance: Relevance
    examined: ExaminedThing
    device_id: str | None
    repair: bool = False
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class StackRules:
    """The stack's parameters that decisions rest on."""

    stack_name: str
    defaults: StackDefaults
    policies: Policies = Policies()


def decide(
    event: ValidatedEvent, state: ThingState, rules: StackRules, *, reserved: RegisteredDevice | None = None
) -> Decision:
    """Choose what to do about ``event``, given all that happened to its thing.

    ``reserved`` is the device that the thing was made from, if the journal has no fact of that yet.

    Raises:
        InvalidThingError: the decision needs attributes that are missing or wrong; it lists all of them.
        ImmutableChangeError: an EUI or the device ID of a registered thing changed.
        StackConfigurationError: the stack's own defaults do not go together.
    """
    if outdated := why_outdated(event, state.settled):
        return Decision("skip", outdated)
    if event.operation == "DELETED":
        return end_of(state, rules, reserved=reserved)
    if event.relevance in ("other stack", "other thing type"):
        return _handed_over(state, event.relevance)
    if event.relevance == "not evidently ours" and state.facts == 0:
        return Decision("skip", f"ignored: {event.relevance}")
    if reserved is not None:
        return Decision("mirror", "the thing was made from its device", reserved.device_id, known=reserved)
    return replace(_sync(event, state, rules), policies=rules.policies)


def end_of(state: ThingState, rules: StackRules, *, reserved: RegisteredDevice | None = None) -> Decision:
    """Choose what becomes of the device of a thing that is gone."""
    return _removal(replace(state, device=state.device or reserved), retain=rules.policies.retains)


def _sync(event: ValidatedEvent, state: ThingState, rules: StackRules) -> Decision:
    if state.device is not None and not _is_to_register(event, state):
        return _update(event, state, state.device, rules)
    return _registration(event, state, rules.defaults)


def _is_to_register(event: ValidatedEvent, state: ThingState) -> bool:
    """Tell a thing whose device sent before the thing's first event came: it has not been registered yet."""
    linked_before = state.settled is not None and state.settled.version_number == BEFORE_ALL_EVENTS.version_number
    return linked_before and not event.examined.missing


def why_outdated(event: ValidatedEvent, settled: Settled | None) -> str | None:
    """Say why the event is out of date; one that failed or was rejected is not."""
    if settled is None:
        return None
    order, latest = order_of(event.operation, event.version_number), order_of(settled.operation, settled.version_number)
    if order < latest:
        return f"superseded: {settled.operation} of version {settled.version_number} is settled"
    if order == latest and settled.verdict in ("done", "skipped") and not event.repair:
        return f"duplicate: {event.operation} of version {event.version_number} is settled"
    return None


def _removal(state: ThingState, *, retain: bool) -> Decision:
    if not _device_ids(state):
        return Decision("skip", "the thing never had a device")
    if state.device is None or _may_be_made_anew(state, state.device):
        return _remove(state, "the thing was deleted")
    if state.device.method == "adopted":
        return _release(state.device, "adopted", STAYS)
    if retain:
        return _release(state.device, "retained", "the stack's DeletePolicy is Retain")
    return _remove(state, "the thing was deleted")


def _may_be_made_anew(state: ThingState, device: RegisteredDevice) -> bool:
    """Tell whether a device that was there before may have been lost since, and half-made by a run for the thing.

    That one is the thing's own, and only its mark tells it from the one that was there before.
    """
    return device.method == "adopted" and device.device_id in _attempted_ids(state)


def _handed_over(state: ThingState, whose: Relevance) -> Decision:
    if state.device is not None:
        return _release(state.device, "other stack", f"the thing is another's now ({whose})")
    if state.attempt is not None:
        return _remove(state, f"half-made, and the thing is another's now ({whose})")
    return Decision("skip", f"ignored: {whose}")


def _remove(state: ThingState, reason: str) -> Decision:
    device_ids = _device_ids(state)
    return Decision("remove", reason, device_ids[0], device_ids=device_ids, known=state.device)


def _release(device: RegisteredDevice, why: ReleaseReason, reason: str) -> Decision:
    return Decision("release", reason, device.device_id, release_reason=why)


def _registration(event: ValidatedEvent, state: ThingState, defaults: StackDefaults) -> Decision:
    kind, reason, device = plan(event.examined, event.device_id, defaults)
    leftovers = tuple(each for each in _attempted_ids(state) if each != device.device_id)
    return Decision(kind, reason, device.device_id, device=device, leftovers=leftovers)


def _update(event: ValidatedEvent, state: ThingState, device: RegisteredDevice, rules: StackRules) -> Decision:
    unfinished = state.attempt.fields if state.attempt else ()
    options = UpdateOptions(event.repair, event.overwrite, rules.policies.writes_adopted)
    update = plan_update(event.examined, event.device_id, device, unfinished=unfinished, options=options)
    if state.settled is not None and state.settled.verdict in ("rejected", "failed"):
        update = replace(update or PlannedUpdate(device, (), event.examined.missing), corrects=True)
    if update is None:
        return Decision("skip", "nothing changed that concerns the device")
    return Decision(
        "update", _aim(update), device.device_id, update=update, device=_anew(event, device, rules.defaults)
    )


def _aim(update: PlannedUpdate) -> str:
    fields = ", ".join(update.fields)
    if update.repair:
        return f"to repair: {fields or 'the device, if The Things Stack has lost it'}"
    if not update.may_write:
        return "nothing to write: the thing is as its device again"
    return f"to write: {fields or 'keys, if they changed'}"


def _anew(event: ValidatedEvent, device: RegisteredDevice, defaults: StackDefaults) -> PlannedDevice | None:
    """The device may have been removed in The Things Stack; then the thing needs all that a new one does."""
    if event.examined.missing:
        return None
    return replace(plan(event.examined, event.device_id, defaults)[2], device_id=device.device_id)


def _device_ids(state: ThingState) -> tuple[str, ...]:
    device_ids = (state.device.device_id,) if state.device else ()
    return tuple(dict.fromkeys((*device_ids, *_attempted_ids(state))))


def _attempted_ids(state: ThingState) -> tuple[str, ...]:
    return state.attempt.device_ids if state.attempt else ()
