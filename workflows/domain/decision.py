"""Decides what to do about one registry event. Pure: the same event, state and stack give the same decision."""

from dataclasses import replace
from typing import Literal

from workflows.domain.event import Operation, Relevance
from workflows.domain.facts import BEFORE_ALL_EVENTS, RegisteredDevice, ReleaseReason
from workflows.domain.fold import Settled, ThingState, order_of
from workflows.domain.planning import PlannedDevice, RegistrationKind, StackDefaults, plan, plan_without_keys
from workflows.domain.thing import ExaminedThing
from workflows.domain.updating import PlannedUpdate, UpdateOptions, plan_update
from workflows.values import value

Kind = Literal["create", "claim", "mirror", "update", "remove", "release", "skip"]


STAYS = "the device existed before its thing, so it stays"


@value
class Policies:
    """``retains``: devices of deleted things stay (DeletePolicy Retain).

    ``writes_adopted``: a thing may change keys and radio settings of an adopted device (AdoptedDevices Write).
    """

    retains: bool = False
    writes_adopted: bool = False


@value
class Decision:
    """``reason`` is for the operator who reads the run.

    ``device_id`` is the device to work on; None for a skip.
    ``device`` is set for create and claim. It is also set for update, if the thing has all that a new device needs.
    ``update`` is set for update.
    ``device_ids`` is set for remove: every device that may exist.
    ``known`` is set for remove: the thing's device in the journal; and for mirror: the device the thing was made from.
    ``leftovers`` are half-made devices of earlier attempts under other IDs.
    ``policies`` are the stack's, for the step that finds an existing device.
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

    @property
    def may_write(self) -> tuple[str, ...]:
        """Name the attributes that may be half written if the work breaks off."""
        described = self.update or self.device
        return described.may_write if described else ()


@value
class ValidatedEvent:
    """An event with its examined thing; ``device_id`` is None if the thing's attributes give none.

    ``repair``: a settled version is no duplicate, and the whole device is written.
    ``overwrite``: an adopted device is written, too, if the stack allows that.
    ``occurred_at_ms`` is epoch time; None if the event does not say it.
    """

    operation: Operation
    version_number: int
    relevance: Relevance
    examined: ExaminedThing
    device_id: str | None
    repair: bool = False
    overwrite: bool = False
    occurred_at_ms: int | None = None


@value
class StackRules:
    """The stack's parameters for decisions.

    ``deletions_per_hour``: how many devices of deleted things are removed in an hour; 0 means any number.
    """

    stack_name: str
    defaults: StackDefaults
    policies: Policies = Policies()
    deletions_per_hour: int = 0


def decide(
    event: ValidatedEvent, state: ThingState, rules: StackRules, *, reserved: RegisteredDevice | None = None
) -> Decision:
    """Decide what to do about ``event``, given the state of its thing.

    ``reserved`` is the device from which the thing was made, if the journal has no fact of it yet.

    Raises:
        InvalidThingError: attributes that the decision needs are missing or wrong; it lists all of them.
        ImmutableChangeError: an EUI or the device ID of a registered thing changed.
        StackConfigurationError: the stack's own defaults do not fit together.
    """
    if outdated := why_outdated(event, state.settled):
        return Decision("skip", outdated)
    if event.operation == "DELETED":
        return decide_deletion(state, rules, reserved=reserved)
    if event.relevance in ("other stack", "other thing type"):
        return _handed_over(state, event.relevance)
    if event.relevance == "not evidently ours" and state.facts == 0:
        return Decision("skip", f"ignored: {event.relevance}")
    if reserved is not None:
        return Decision("mirror", "the thing was made from its device", reserved.device_id, known=reserved)
    return replace(_sync(event, state, rules), policies=rules.policies)


def decide_deletion(state: ThingState, rules: StackRules, *, reserved: RegisteredDevice | None = None) -> Decision:
    """Decide what to do with the device of a deleted thing."""
    return _removal(replace(state, device=state.device or reserved), retain=rules.policies.retains)


def _sync(event: ValidatedEvent, state: ThingState, rules: StackRules) -> Decision:
    if state.device is not None and not _is_to_register(event, state):
        return _update(event, state, state.device, rules)
    return _registration(event, state, rules.defaults)


def _is_to_register(event: ValidatedEvent, state: ThingState) -> bool:
    """Return whether the device was linked before the thing's first event came: then it is not registered yet."""
    linked_before = state.settled is not None and state.settled.version_number == BEFORE_ALL_EVENTS.version_number
    return linked_before and not event.examined.missing


def why_outdated(event: ValidatedEvent, settled: Settled | None) -> str | None:
    """Return why the event is out of date, or None. An event that failed or was rejected may run again."""
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
    if state.device is None or _may_be_made_again(state, state.device):
        return _remove(state, "the thing was deleted")
    if state.device.method == "adopted":
        return _release(state.device, "adopted", STAYS)
    if retain:
        return _release(state.device, "retained", "the stack's DeletePolicy is Retain")
    return _remove(state, "the thing was deleted")


def _may_be_made_again(state: ThingState, device: RegisteredDevice) -> bool:
    """Return whether a run for the thing may have half-made a device that was there before and got lost since.

    That device is the thing's own. Only its mark distinguishes it from the one that was there before.
    """
    return device.method == "adopted" and device.device_id in _attempted_ids(state)


def _handed_over(state: ThingState, why: Relevance) -> Decision:
    if state.device is not None:
        return _release(state.device, "other stack", f"the thing no longer belongs to this stack ({why})")
    if state.attempt is not None:
        return _remove(state, f"half-made, and the thing no longer belongs to this stack ({why})")
    return Decision("skip", f"ignored: {why}")


def _remove(state: ThingState, reason: str) -> Decision:
    device_ids = _device_ids(state)
    return Decision("remove", reason, device_ids[0], device_ids=device_ids, known=state.device)


def _release(device: RegisteredDevice, why: ReleaseReason, reason: str) -> Decision:
    return Decision("release", reason, device.device_id, release_reason=why)


def _registration(event: ValidatedEvent, state: ThingState, defaults: StackDefaults) -> Decision:
    kind, reason, device = _planned(event, defaults)
    leftovers = tuple(each for each in _attempted_ids(state) if each != device.device_id)
    device = replace(device, unfinished=state.attempt.fields if state.attempt else ())
    return Decision(kind, reason, device.device_id, device=device, leftovers=leftovers)


def _planned(event: ValidatedEvent, defaults: StackDefaults) -> tuple[RegistrationKind, str, PlannedDevice]:
    if device := plan_without_keys(event.examined, event.device_id):
        return "create", "the thing has no key and no code: a device that is there is taken up", device
    return plan(event.examined, event.device_id, defaults)


def _update(event: ValidatedEvent, state: ThingState, device: RegisteredDevice, rules: StackRules) -> Decision:
    unfinished = state.attempt.fields if state.attempt else ()
    options = UpdateOptions(event.repair, event.overwrite, rules.policies.writes_adopted)
    update = plan_update(event.examined, event.device_id, device, unfinished=unfinished, options=options)
    if state.settled is not None and state.settled.verdict in ("rejected", "failed"):
        update = replace(update or PlannedUpdate(device, (), event.examined.missing), corrects=True)
    if update is None:
        return Decision("skip", "no change concerns the device")
    new = _new_device(event, device, rules.defaults)
    if new is not None:  # an earlier run may have registered the device again with what is unfinished now
        new = replace(new, unfinished=update.may_write)
    return Decision("update", _update_reason(update), device.device_id, update=update, device=new)


def _update_reason(update: PlannedUpdate) -> str:
    fields = ", ".join(update.named(update.fields))
    if update.repair:
        return f"to repair: {fields or 'the device, if The Things Stack lost it'}"
    if not update.may_write:
        return "nothing to write: the thing matches its device again"
    return f"to write: {fields or 'keys, if they changed'}"


def _new_device(event: ValidatedEvent, device: RegisteredDevice, defaults: StackDefaults) -> PlannedDevice | None:
    """Plan a new device, in case somebody removed this one in The Things Stack; None if attributes are missing."""
    if event.examined.missing:
        return None
    planned = plan(event.examined, event.device_id, defaults)[2]
    return replace(planned, device_id=device.device_id, join_eui=planned.join_eui or device.join_eui)


def _device_ids(state: ThingState) -> tuple[str, ...]:
    device_ids = (state.device.device_id,) if state.device else ()
    return tuple(dict.fromkeys((*device_ids, *_attempted_ids(state))))


def _attempted_ids(state: ThingState) -> tuple[str, ...]:
    return state.attempt.device_ids if state.attempt else ()
