"""What AWS IoT, the journal and The Things Stack say of one thing or device ► where they differ. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from operate.drift.comparison import Depth, SeenSnapshot, SeenThing, Sight
from operate.views.events import Ours
from workflows.domain.attributes import differing
from workflows.domain.device import IdentityRecord
from workflows.domain.facts import RegisteredDevice
from workflows.domain.fold import ThingState, status_of
from workflows.domain.mark import mark_in

Kind = Literal["missing", "differing", "orphaned", "foreign"]
Repair = Literal["write", "release", "remove", "retype"]

# What takes a device from its thing, so that the brake counts it.
TAKES_AWAY: tuple[Repair, ...] = ("release", "remove")
OWN = ("created", "claimed")
_UNOWNED = (
    "it bears this stack's mark, but the journal has no thing for it; "
    "only you can tell whether it is wanted: if not, delete it in The Things Stack"
)
_THEIRS = "the device was there before its thing, so Thingsync leaves it as it is"
_ENDED = (
    "the journal has its deletion as settled, and the thing is there, so that nothing that happens to it counts any "
    "more: delete the thing and create it again"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """``repair`` is what `--apply` does.

    ``write`` the device as the thing says, ``release`` it since the thing is another's now, ``remove`` what a gone
    thing left, or give the thing its type back (``retype``). ``other_type`` is the type of a thing of another type.
    """

    kind: Kind
    text: str
    thing_name: str | None
    thing_id: str | None
    device_id: str | None
    repair: Repair | None = None
    other_type: str | None = None


def finding(sight: Sight, ours: Ours) -> Finding | None:
    """Tell how the three differ; None if they agree, or if a run or a failed event has yet to be served."""
    if sight.thing is not None and ours.whose(sight.thing.event) == "ours":
        return _of_living(sight, sight.thing, ours)
    if sight.snapshot is not None and _owns(sight.snapshot.state):
        return _of_left(sight, sight.snapshot, ours)
    if sight.record is not None:
        return _of_unowned(sight, sight.record, ours.stack_name)
    return None


def _owns(state: ThingState) -> bool:
    return state.device is not None or state.attempt is not None


def _is_unsettled(snapshot: SeenSnapshot) -> bool:
    """Tell whether the thing is at work, or told of among the failures."""
    return status_of(snapshot.state) in ("in flight", "rejected", "failed")


def _of_living(sight: Sight, thing: SeenThing, ours: Ours) -> Finding | None:
    if sight.snapshot is not None and _is_unsettled(sight.snapshot):
        return None
    if thing.type_name is None:
        return _of_untyped(sight, ours)
    return _amiss(sight, thing) or _of_device(sight, ours)


def _of_untyped(sight: Sight, ours: Ours) -> Finding | None:
    """A thing that never had a device was never known to be of the stack's type."""
    if sight.snapshot is None or not _owns(sight.snapshot.state):
        return None
    text = f"the thing has lost its thing type, {ours.thing_type_name}, so that none of its changes arrives"
    return _found("differing", text, sight, repair="retype")


def _amiss(sight: Sight, thing: SeenThing) -> Finding | None:
    """Tell what keeps thing and device from being compared: events that never came, or no device."""
    settled = sight.snapshot.state.settled if sight.snapshot else None
    if settled is None:
        return _found("missing", "no event of this thing has arrived", sight, repair="write")
    if settled.operation == "DELETED":
        return _found("missing", _ENDED, sight)
    if settled.version_number < thing.version:
        text = f"version {thing.version} of the thing has not arrived, the last was {settled.version_number}"
        return _found("differing", text, sight, repair="write")
    if sight.device is None or sight.record is None:
        text = "the Identity Server does not know the device" if sight.device else "the thing has no device"
        return _found("missing", text, sight, repair="write")
    return None


def _of_device(sight: Sight, ours: Ours) -> Finding | None:
    if sight.device is None or sight.record is None:
        return None
    details = tuple(_differences(sight, sight.device, sight.record, ours.stack_name))
    if not details:
        return None
    if sight.device.method in OWN:
        return _found("differing", "; ".join(details), sight, repair="write")
    return _found("differing", "; ".join((*details, _THEIRS)), sight)


def _of_left(sight: Sight, snapshot: SeenSnapshot, ours: Ours) -> Finding | None:
    if _is_unsettled(snapshot):
        return None
    thing = sight.thing
    if thing is None:
        return _found("orphaned", "the thing is gone, and the journal still has its device", sight, repair="remove")
    whose = ours.whose(thing.event)
    if whose == "other thing type":
        return _of_other_type(sight, thing, snapshot)
    text = f"the thing's stackName is {thing.stack_name or 'none'} now, and its device is still linked"
    return _found("orphaned", text, sight, repair="release" if whose == "other stack" else "write")


def _of_other_type(sight: Sight, thing: SeenThing, snapshot: SeenSnapshot) -> Finding:
    """A thing of the very version that was settled has not changed: then the stack's type has."""
    settled = snapshot.state.settled
    is_as_settled = settled is not None and settled.version_number == thing.version
    told = "is still of another type than the stack" if is_as_settled else "is of another type now"
    return _found(
        "orphaned",
        f"the thing {told} ({thing.type_name}), and its device is still linked",
        sight,
        repair=None if is_as_settled else "release",
        other_type=thing.type_name,
    )


def of_changed_type(type_name: str, count: int, first: Sequence[str], ours: Ours) -> Finding:
    """Tell once of all things that kept the type which the stack had before; ``first`` names some of them."""
    names = ", ".join((*first, *(("…",) if count > len(first) else ())))
    text = (
        f"{count} {'thing is' if count == 1 else 'things are'} of type {type_name} ({names}), and the stack's "
        f"ThingTypeName is {ours.thing_type_name} now, so that none of their changes arrives. Nothing is released for "
        f"that: deploy with ThingTypeName={type_name} again, or give the things the type {ours.thing_type_name} "
        "(aws iot update-thing --thing-type-name)"
    )
    return Finding("differing", text, None, None, None)


def _of_unowned(sight: Sight, record: IdentityRecord, stack_name: str) -> Finding | None:
    mark = mark_in(record.attributes)
    if mark is None or mark.stack_name != stack_name:
        owner = f"it bears the mark of stack {mark.stack_name}" if mark else "it bears no mark of Thingsync"
        return _found("foreign", owner, sight)
    return None if sight.retained else _found("orphaned", _UNOWNED, sight)


def _differences(sight: Sight, device: RegisteredDevice, record: IdentityRecord, stack_name: str) -> Iterator[str]:
    if (record.ids.dev_eui, record.ids.join_eui) != (device.dev_eui, device.join_eui):
        yield f"EUIs: {record.ids.dev_eui}, {record.ids.join_eui} instead of {device.dev_eui}, {device.join_eui}"
    if device.method in OWN:
        yield from _own_differences(sight, device, record, stack_name)
    if sight.depth:
        yield from _deep_differences(sight.depth, device)


def _own_differences(sight: Sight, device: RegisteredDevice, record: IdentityRecord, stack_name: str) -> Iterator[str]:
    mark = mark_in(record.attributes)
    thing_id = sight.snapshot.thing_id if sight.snapshot else ""
    if mark is None or (mark.stack_name, mark.thing_id, mark.run) != (stack_name, thing_id, device.run):
        yield "mark: the attributes aws-stack, aws-thing-id and aws-run are not this thing's"
    yield from _other_values(differing(device.values, record.values, "is", is_own=True))
    if record.claimed != (device.method == "claimed"):
        yield f"it is {'claimed' if record.claimed else 'not claimed'}, though it was {device.method}"


def _deep_differences(depth: Depth, device: RegisteredDevice) -> Iterator[str]:
    for server in depth.absent:
        yield f"{server.upper()} does not know the device"
    if device.method == "claimed" and not depth.claimed:
        yield "its claim has been taken back"
    if depth.network is not None:
        yield from _other_values(differing(device.values, depth.network.values, "ns"))


def _other_values(found: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    return (f"{attribute}: {there} instead of {said}" for attribute, (there, said) in found.items())


def _found(
    kind: Kind, text: str, sight: Sight, *, repair: Repair | None = None, other_type: str | None = None
) -> Finding:
    snapshot, thing, record = sight.snapshot, sight.thing, sight.record
    return Finding(
        kind=kind,
        text=text,
        thing_name=sight.thing_name or None,
        thing_id=snapshot.thing_id if snapshot else thing.thing_id if thing else None,
        device_id=record.ids.device_id if record else sight.device.device_id if sight.device else None,
        repair=repair,
        other_type=other_type,
    )
