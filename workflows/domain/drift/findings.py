"""A comparison of one thing or device ► the finding, if the registries differ. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Literal

from workflows.domain.attribute import Server
from workflows.domain.attributes import VALUES, differing
from workflows.domain.correction import argument
from workflows.domain.device import IdentityRecord
from workflows.domain.drift.comparison import ComparedSnapshot, ComparedThing, Comparison, ServerState
from workflows.domain.facts import Method, RegisteredDevice
from workflows.domain.fold import Status, ThingState, status_of
from workflows.domain.mark import Mark, has_lost_its_mark, mark_in
from workflows.domain.scope import StackScope
from workflows.values import value

FindingKind = Literal["missing", "differing", "orphaned", "foreign"]
RepairKind = Literal["write", "release", "remove", "retype", "mirror"]

# The thing loses its device: the brake counts these.
REMOVING: tuple[RepairKind, ...] = ("release", "remove")
OWN = ("created", "claimed")
UNSETTLED: tuple[Status, ...] = ("in flight", "rejected", "failed")
_SERVERS: Mapping[Server, str] = {"js": "Join Server", "ns": "Network Server", "as": "Application Server"}
_ACTIVATED = {True: "a device that joins (OTAA)", False: "activated by personalization (ABP)"}
_HELD_BY_SEVERAL = {row.name for row in VALUES if len(row.servers) > 1}
_WITHOUT_THING = "it has this stack's mark, but the journal has no thing for it"
_UNNEEDED = (
    "delete it in The Things Stack, if no thing has its DevEUI (thingsync status {dev_eui}) and no stack of this name "
    "in another account or region has it"
)
_NEEDED = "keep it, because a thing has its DevEUI. What to do about that thing: thingsync status {thing_name}"
_ADOPTED = "the device existed before its thing, so a repair writes nothing to it"
_NOT_KNOWN = (
    "{whose}; {details}. Thingsync writes nothing to it. If it is the thing's device, give it these attributes in The "
    "Things Stack, beside its own: {marks}. A repair may then write the thing's values and keys to it. If it is "
    "another device, delete it there, then: thingsync reconcile --apply {thing_name}"
)
_DELETED = (
    "the thing exists, but the journal has its deletion as settled, so all its events are skipped: delete the thing "
    "and create it again"
)


@value
class Finding:
    """``repair`` is what `--apply` does; None if it does nothing.

    ``write`` the values of the thing to its device; ``release`` the device of a thing that is not ours any more;
    ``remove`` the device of a thing that is gone; ``retype``: restore the thing's type; ``mirror``: make
    a thing of a device that has none. ``other_type`` is the type of
    a thing of another type. ``method`` is how the journal has the thing's device, before any repair. ``awaited``: the
    thing has changed since its last event, so the next one may still be in the queue.
    """

    kind: FindingKind
    text: str
    thing_name: str | None
    thing_id: str | None
    device_id: str | None
    repair: RepairKind | None = None
    other_type: str | None = None
    method: Method | None = field(default=None, compare=False)
    awaited: bool = field(default=False, compare=False)


def find_difference(comparison: Comparison, scope: StackScope) -> Finding | None:
    """Return how the three differ; None if they agree, if a run is working on it, or if its event failed."""
    if comparison.thing is not None and scope.relevance(comparison.thing.event) == "ours":
        return _of_thing(comparison, comparison.thing, scope)
    if comparison.snapshot is not None and _owns(comparison.snapshot.state):
        return _of_lost_device(comparison, comparison.snapshot, scope)
    if comparison.record is not None:
        return _of_unowned(comparison, comparison.record, scope.stack_name)
    return None


def _owns(state: ThingState) -> bool:
    return state.device is not None or state.attempt is not None


def _is_under_way(snapshot: ComparedSnapshot) -> bool:
    """Return whether a run is working on the thing, or its event waits in the dead-letter queue."""
    return status_of(snapshot.state) in ("in flight", "failed")


def _waits_for_its_user(snapshot: ComparedSnapshot, thing: ComparedThing) -> bool:
    """Return whether the thing was rejected as it is now. If it has changed since, that event never arrived."""
    settled = snapshot.state.settled
    return status_of(snapshot.state) == "rejected" and settled is not None and settled.version_number >= thing.version


def _is_behind(snapshot: ComparedSnapshot, thing: ComparedThing) -> bool:
    settled = snapshot.state.settled
    return settled is None or settled.version_number < thing.version


def _of_thing(comparison: Comparison, thing: ComparedThing, scope: StackScope) -> Finding | None:
    snapshot = comparison.snapshot
    if snapshot is not None and (_is_under_way(snapshot) or _waits_for_its_user(snapshot, thing)):
        return None
    if thing.type_name is None:
        return _of_untyped(comparison, scope)
    return _unregistered(comparison, thing) or _of_device(comparison, scope)


def _of_untyped(comparison: Comparison, scope: StackScope) -> Finding | None:
    """Only a thing that had a device is known to have been of the stack's type."""
    if comparison.snapshot is None or not _owns(comparison.snapshot.state):
        return None
    text = f"the thing has lost its thing type, {scope.thing_type_name}, so none of its changes arrives"
    return _finding("differing", text, comparison, repair="retype")


def _unregistered(comparison: Comparison, thing: ComparedThing) -> Finding | None:
    """Return why thing and device cannot be compared: events never arrived, or there is no device."""
    settled = comparison.snapshot.state.settled if comparison.snapshot else None
    if settled is None:
        return _finding("missing", "no event of this thing has arrived", comparison, repair="write", awaited=True)
    if settled.operation == "DELETED":
        return _finding("missing", _DELETED, comparison)
    if settled.version_number < thing.version:
        text = f"version {thing.version} of the thing has not arrived, the last was {settled.version_number}"
        return _finding("differing", text, comparison, repair="write", awaited=True)
    if comparison.device is None or comparison.record is None:
        text = "the Identity Server does not know the device" if comparison.device else "the thing has no device"
        return _finding("missing", text, comparison, repair="write")
    return None


def _of_device(comparison: Comparison, scope: StackScope) -> Finding | None:
    device, record = comparison.device, comparison.record
    details = tuple(_differences(comparison, device, record, scope.stack_name)) if device and record else ()
    if not details or device is None:
        return None
    if device.method not in OWN:
        return _finding("differing", "; ".join((*details, _ADOPTED)), comparison)
    if record is not None and (whose := _marked_otherwise(comparison, device, record, scope.stack_name)):
        wanted = _mark(comparison, device, scope.stack_name)
        return _finding("differing", _not_known(comparison, wanted, whose, details), comparison)
    return _finding("differing", "; ".join(details), comparison, repair="write")


def _marked_otherwise(
    comparison: Comparison, device: RegisteredDevice, record: IdentityRecord, stack_name: str
) -> str | None:
    """Return whose the device may be; None if it is the thing's: then a repair writes its mark again.

    A repair would link any other like a device that was there before its thing, and write nothing.
    """
    wanted, found = _mark(comparison, device, stack_name), mark_in(record.attributes)
    if has_lost_its_mark(device, record) or (found and found.is_of_same_thing(wanted)):
        return None
    if found:
        return f"it has the mark of stack {found.stack_name} for the thing with the ID {found.thing_id}"
    if device.made_at:
        return f"it was registered again at {record.made_at}, and the thing's was at {device.made_at}"
    return "nobody noted when the thing's was registered, so this may be another"


def _not_known(comparison: Comparison, wanted: Mark, whose: str, details: Sequence[str]) -> str:
    """Say the cause first."""
    marks = ", ".join(f"{name}={value}" for name, value in wanted.attributes().items())
    name = argument(comparison.thing_name)
    return _NOT_KNOWN.format(whose=whose, details="; ".join(details), marks=marks, thing_name=name)


def _mark(comparison: Comparison, device: RegisteredDevice, stack_name: str) -> Mark:
    return Mark(stack_name, comparison.snapshot.thing_id if comparison.snapshot else "", device.run)


def _of_lost_device(comparison: Comparison, snapshot: ComparedSnapshot, scope: StackScope) -> Finding | None:
    if _is_under_way(snapshot):
        return None
    thing = comparison.thing
    if thing is None:
        text = "the thing is gone, but the journal still has its device"
        return _finding("orphaned", text, comparison, repair="remove", awaited=True)
    relevance = scope.relevance(thing.event)
    if relevance == "other thing type":
        return _of_other_type(comparison, thing, snapshot)
    if relevance == "not evidently ours" and _waits_for_its_user(snapshot, thing):
        return None
    text = f"the thing's stackName is {thing.stack_name or 'none'} now, but its device is still linked"
    return _finding(
        "orphaned",
        text,
        comparison,
        repair="release" if relevance == "other stack" else "write",
        awaited=_is_behind(snapshot, thing),
    )


def _of_other_type(comparison: Comparison, thing: ComparedThing, snapshot: ComparedSnapshot) -> Finding:
    """If the thing has the version that was settled, the thing has not changed: the stack's type has."""
    settled = snapshot.state.settled
    is_as_settled = settled is not None and settled.version_number == thing.version
    text = "still has another type than the stack" if is_as_settled else "has another type now"
    return _finding(
        "orphaned",
        f"the thing {text} ({thing.type_name}), but its device is still linked",
        comparison,
        repair=None if is_as_settled else "release",
        other_type=thing.type_name,
        awaited=_is_behind(snapshot, thing),
    )


def changed_type_finding(type_name: str, count: int, first: Sequence[str], scope: StackScope) -> Finding:
    """Sum up all things with the stack's former type in one finding; ``first`` names some of them."""
    names = ", ".join((*first, *(("…",) if count > len(first) else ())))
    text = (
        f"{count} {'thing has' if count == 1 else 'things have'} the type {type_name} ({names}), but the stack's "
        f"ThingTypeName is {scope.thing_type_name} now, so none of their changes arrives. Nothing is released: "
        f"deploy with ThingTypeName={type_name} again, or give the things the type {scope.thing_type_name} "
        "(aws iot update-thing --thing-type-name)"
    )
    return Finding("differing", text, None, None, None)


def stopped_scrub_finding(error: str) -> Finding:
    text = f"the comparison on all servers stopped, and the next run begins it here again: {error}"
    return Finding("differing", text, None, None, None)


def _of_unowned(comparison: Comparison, record: IdentityRecord, stack_name: str) -> Finding | None:
    mark = mark_in(record.attributes)
    if mark is None or mark.stack_name != stack_name:
        owner = f"it has the mark of stack {mark.stack_name}" if mark else "it has no mark of Thingsync"
        return _finding("foreign", owner, comparison)
    if comparison.retained:
        return None
    needed = _NEEDED.format(thing_name=argument(comparison.wanted_by)) if comparison.wanted_by else ""
    text = f"{_WITHOUT_THING}; {needed or _UNNEEDED.format(dev_eui=record.ids.dev_eui)}"
    return _finding("orphaned", text, comparison)


def _differences(
    comparison: Comparison, device: RegisteredDevice, record: IdentityRecord, stack_name: str
) -> Iterator[str]:
    if not record.ids.euis_match(device.ids):
        there, wanted = (", ".join(filter(None, (ids.dev_eui, ids.join_eui))) for ids in (record.ids, device.ids))
        yield f"EUIs: {there or 'none'} instead of {wanted}"
    if device.method in OWN:
        yield from _own_differences(comparison, device, record, stack_name)
    if comparison.servers:
        yield from _deep_differences(comparison.servers, device)


def _own_differences(
    comparison: Comparison, device: RegisteredDevice, record: IdentityRecord, stack_name: str
) -> Iterator[str]:
    if mark_in(record.attributes) != _mark(comparison, device, stack_name):
        yield "mark: the attributes aws-stack, aws-thing-id and aws-run are not this thing's"
    yield from _other_values(differing(device.values, record.values, "is", is_own=True))
    yield from _other_way_of_joining(device, record)


def has_root_keys(device: RegisteredDevice) -> bool:
    """Return whether its keys are on the cluster's Join Server; an ABP device and a claimed one have none there."""
    return device.method == "created" and not device.is_abp


def _other_way_of_joining(device: RegisteredDevice, record: IdentityRecord) -> Iterator[str]:
    """The Identity Server shows a claimed device and one that never joins alike: with no Join Server."""
    if record.without_join_server != has_root_keys(device):
        return
    if device.is_abp:
        yield "it has a Join Server, though it is activated by personalization (ABP)"
    else:
        yield f"it is {'claimed' if record.without_join_server else 'not claimed'}, though it was {device.method}"


def _deep_differences(servers: ServerState, device: RegisteredDevice) -> Iterator[str]:
    for server in servers.absent:
        yield f"the {_SERVERS[server]} does not know the device"
    if device.method == "claimed" and not servers.claimed:
        yield "its claim is lost"
    if servers.network is not None:
        if device.method in OWN and servers.network.joins == device.is_abp:
            yield f"it is {_ACTIVATED[servers.network.joins]} at the Network Server, though it was registered otherwise"
        yield from _other_values(differing(device.values, servers.network.values, "ns"), "ns")
    if servers.application is not None:
        yield from _other_values(differing(device.values, servers.application, "as"), "as")
    yield from _two_sessions(servers, device)


def _two_sessions(servers: ServerState, device: RegisteredDevice) -> Iterator[str]:
    """Of a device that never joins, both servers were given the DevAddr by hand; nobody else compares them."""
    if servers.network is None or servers.network.joins or device.is_abp:
        return
    there = [values.dev_addr or "none" for values in (servers.network.values, servers.application) if values]
    if len(set(there)) > 1:
        yield f"devAddr: {there[0]} at the Network Server, but {there[1]} at the Application Server"


def _other_values(found: Mapping[str, tuple[str, str]], server: Server | None = None) -> Iterator[str]:
    """Name the server where several hold the attribute, and one may differ alone."""
    for attribute, (actual, wanted) in found.items():
        where = f" at the {_SERVERS[server]}" if server and attribute in _HELD_BY_SEVERAL else ""
        yield f"{attribute}: {actual} instead of {wanted}{where}"


def _finding(
    kind: FindingKind,
    text: str,
    comparison: Comparison,
    *,
    repair: RepairKind | None = None,
    other_type: str | None = None,
    awaited: bool = False,
) -> Finding:
    snapshot, thing, record = comparison.snapshot, comparison.thing, comparison.record
    return Finding(
        kind=kind,
        text=text,
        thing_name=comparison.thing_name or None,
        thing_id=snapshot.thing_id if snapshot else thing.thing_id if thing else None,
        device_id=record.ids.device_id if record else comparison.device.device_id if comparison.device else None,
        repair=repair,
        other_type=other_type,
        method=comparison.device.method if comparison.device else None,
        awaited=awaited,
    )
