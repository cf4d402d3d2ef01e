"""What AWS IoT, the journal and The Things Stack say of one thing or device ► where they differ. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from workflows.domain.device import IdentityRecord, RadioSettings
from workflows.domain.facts import RegisteredDevice
from workflows.domain.fold import ThingState, status_of
from workflows.domain.mark import mark_in
from workflows.ports import Server

Kind = Literal["missing", "differing", "orphaned", "foreign"]
Repair = Literal["write", "remove"]

OWN = ("created", "claimed")
_UNOWNED = (
    "it bears this stack's mark, but the journal has no thing for it; "
    "only you can tell whether it is wanted: if not, delete it in The Things Stack"
)
_THEIRS = "the device was there before its thing, so Thingsync leaves it as it is"


@dataclass(frozen=True, slots=True)
class SeenThing:
    """``thing_id`` is None from a list, which does not tell it."""

    name: str
    version: int
    stack_name: str | None
    thing_id: str | None = None


@dataclass(frozen=True, slots=True)
class SeenHead:
    thing_id: str
    thing_name: str
    state: ThingState


@dataclass(frozen=True, slots=True)
class Depth:
    """What the other servers hold; ``absent`` names those that do not know the device."""

    radio: RadioSettings | None
    absent: tuple[Server, ...]
    claimed: bool


@dataclass(frozen=True, slots=True)
class Sight:
    """A thing, what the journal knows of it, and its device's record; at least one of them.

    ``kept``: the journal says that the device was left in The Things Stack on purpose, or that it is at work on it.
    """

    thing: SeenThing | None
    head: SeenHead | None
    record: IdentityRecord | None
    depth: Depth | None = None
    kept: bool = False

    @property
    def device(self) -> RegisteredDevice | None:
        return self.head.state.device if self.head else None


@dataclass(frozen=True, slots=True)
class Finding:
    """``repair`` is what `--apply` does: ``write`` the device as the thing says, or ``remove`` what the thing left."""

    kind: Kind
    text: str
    thing_name: str | None
    thing_id: str | None
    device_id: str | None
    repair: Repair | None = None


def finding(sight: Sight, stack_name: str) -> Finding | None:
    """Tell how the three differ; None if they agree, or if a run or a failed event has yet to be served."""
    if sight.thing is not None and sight.thing.stack_name == stack_name:
        return _of_living(sight, stack_name)
    if sight.head is not None and _owns(sight.head.state):
        return _of_left(sight, sight.head)
    if sight.record is not None:
        return _of_unowned(sight, sight.record, stack_name)
    return None


def _owns(state: ThingState) -> bool:
    return state.device is not None or state.attempt is not None


def _is_unsettled(head: SeenHead) -> bool:
    """Tell whether the thing is at work, or told of among the failures."""
    return status_of(head.state) in ("in flight", "rejected", "failed")


def _of_living(sight: Sight, stack_name: str) -> Finding | None:
    if sight.thing is None or (sight.head is not None and _is_unsettled(sight.head)):
        return None
    if untold := _untold(sight.thing, sight.head):
        return _found(*untold, sight, repair="write")
    if sight.device is None or sight.record is None:
        missing = "the Identity Server does not know the device" if sight.device else "the thing has no device"
        return _found("missing", missing, sight, repair="write")
    details = tuple(_differences(sight, sight.device, sight.record, stack_name))
    if not details:
        return None
    if sight.device.method in OWN:
        return _found("differing", "; ".join(details), sight, repair="write")
    return _found("differing", "; ".join((*details, _THEIRS)), sight)


def _untold(thing: SeenThing, head: SeenHead | None) -> tuple[Kind, str] | None:
    """Tell whether the thing has changed without the pipeline being told."""
    settled = head.state.settled if head else None
    if settled is None:
        return "missing", "no event of this thing has arrived"
    if settled.version_number < thing.version:
        text = f"version {thing.version} of the thing has not arrived, the last was {settled.version_number}"
        return "differing", text
    return None


def _of_left(sight: Sight, head: SeenHead) -> Finding | None:
    if _is_unsettled(head):
        return None
    if sight.thing is not None:
        text = f"the thing's stackName is {sight.thing.stack_name or 'none'} now, and its device is still linked"
        return _found("orphaned", text, sight, repair="write")
    return _found("orphaned", "the thing is gone, and the journal still has its device", sight, repair="remove")


def _of_unowned(sight: Sight, record: IdentityRecord, stack_name: str) -> Finding | None:
    mark = mark_in(record.attributes)
    if mark is None or mark.stack_name != stack_name:
        owner = f"it bears the mark of stack {mark.stack_name}" if mark else "it bears no mark of Thingsync"
        return _found("foreign", owner, sight)
    return None if sight.kept else _found("orphaned", _UNOWNED, sight)


def _differences(sight: Sight, device: RegisteredDevice, record: IdentityRecord, stack_name: str) -> Iterator[str]:
    if (record.ids.dev_eui, record.ids.join_eui) != (device.dev_eui, device.join_eui):
        yield f"EUIs: {record.ids.dev_eui}, {record.ids.join_eui} instead of {device.dev_eui}, {device.join_eui}"
    if device.method in OWN:
        yield from _own_differences(sight, device, record, stack_name)
    if sight.depth:
        yield from _deep_differences(sight.depth, device)


def _own_differences(sight: Sight, device: RegisteredDevice, record: IdentityRecord, stack_name: str) -> Iterator[str]:
    mark = mark_in(record.attributes)
    thing_id = sight.head.thing_id if sight.head else ""
    if mark is None or (mark.stack_name, mark.thing_id, mark.run) != (stack_name, thing_id, device.run):
        yield "mark: the attributes aws-stack, aws-thing-id and aws-run are not this thing's"
    if record.name != device.name:
        yield f"name: {record.name!r} instead of {device.name!r}"
    if record.description != device.description:
        yield f"description: {record.description!r} instead of {device.description!r}"
    if record.claimed != (device.method == "claimed"):
        yield f"it is {'claimed' if record.claimed else 'not claimed'}, though it was {device.method}"


def _deep_differences(depth: Depth, device: RegisteredDevice) -> Iterator[str]:
    for server in depth.absent:
        yield f"{server.upper()} does not know the device"
    if device.method == "claimed" and not depth.claimed:
        yield "its claim has been taken back"
    if depth.radio is None:
        return
    known = {
        "frequency plan": (depth.radio.frequency_plan_id, device.frequency_plan_id),
        "LoRaWAN version": (depth.radio.lorawan_version, device.lorawan_version),
        "regional parameters": (depth.radio.lorawan_phy_version, device.lorawan_phy_version),
    }
    for what, (there, told) in known.items():
        if told is not None and there != told:
            yield f"{what}: {there or 'none'} instead of {told}"


def _found(kind: Kind, text: str, sight: Sight, *, repair: Repair | None = None) -> Finding:
    head, thing, record = sight.head, sight.thing, sight.record
    return Finding(
        kind=kind,
        text=text,
        thing_name=thing.name if thing else head.thing_name if head else None,
        thing_id=head.thing_id if head else thing.thing_id if thing else None,
        device_id=record.ids.device_id if record else sight.device.device_id if sight.device else None,
        repair=repair,
    )
