"""Whatever call a run breaks off at, the next run completes the device, and a rejection leaves nothing."""

from itertools import product

import pytest

from tests.fakes.broken_connection import BrokenConnection
from tests.fakes.things_stack import FakeThingsStack, Held
from tests.registering import registration
from tests.samples import (
    CODE,
    DEV_EUI,
    DEVICE_ID,
    JOIN_EUI,
    MARK,
    NWK_KEY,
    RETRY_MARK,
    identity_of,
    network_of,
    planned,
    planned_claim,
    radio,
)
from workflows.domain.attributes import NO_VALUES, DeviceKeys
from workflows.domain.device import DeviceIds, NetworkRecord
from workflows.errors import ClaimRejectedError, InvalidThingError, RegistryUnavailableError
from workflows.steps import registration as registering
from workflows.steps import undo
from workflows.steps.undo import undo_device

DEVICES = {"create": planned(), "claim": planned_claim()}
DONE = {"create": "created", "claim": "claimed"}
OLD_RADIO = radio("US_902_928_FSB_2", "MAC_V1_0_2", "PHY_V1_0_2_REV_B")

# What earlier devices, deleted on the Identity Server alone, may have left on the others.
LEFT_OVER = {
    "nothing": None,
    "this-device": DeviceIds(DEVICE_ID, DEV_EUI, JOIN_EUI),
    "other-euis": DeviceIds(DEVICE_ID, "70B3D57ED0059999", JOIN_EUI),
    "other-id": DeviceIds("pump-7", DEV_EUI, JOIN_EUI),
}


def stack_with(left_over):
    ids = LEFT_OVER[left_over]
    settings = {"js": DeviceKeys(NWK_KEY), "ns": NetworkRecord(OLD_RADIO), "as": NO_VALUES}
    stack = FakeThingsStack(codes={(JOIN_EUI, DEV_EUI): CODE})
    for server in stack.records if ids else ():
        stack.records[server]["demo-app", ids.device_id] = Held(ids, settings[server])
    return stack


def register(way, registry, mark):
    run = registration(registry, DEVICES[way], mark)
    return run.create() if way == "create" else run.claim()


def broken_off(way, left_over, at, moment):
    """The Things Stack as a first run leaves it whose connection breaks at call number ``at``."""
    stack = stack_with(left_over)
    connection = BrokenConnection(stack.application(), at=at, moment=moment)
    with pytest.raises(RegistryUnavailableError, match="the connection broke"):
        register(way, connection, MARK)
    return stack


def calls_of(way, left_over):
    connection = BrokenConnection(stack_with(left_over).application())
    register(way, connection, MARK)
    return connection.calls


# A row for each call of each way: the connection breaks before it takes effect, or after it did.
BREAKS = [
    pytest.param(way, left_over, at, moment, id=f"{way}-{moment}-{at}-{call}-with-{left_over}-left-over")
    for way, left_over in product(DEVICES, LEFT_OVER)
    for at, call in enumerate(calls_of(way, left_over), start=1)
    for moment in ("before", "after")
]
each_break = pytest.mark.parametrize(("way", "left_over", "at", "moment"), BREAKS)


def servers_of(way, mark):
    """What the servers hold of a complete device."""
    device = DEVICES[way]
    join = {"js": Held(device.ids, device.keys)} if way == "create" else {}
    identity = identity_of(device, mark, claimed=way == "claim")
    return {"is": identity, **join, "ns": Held(device.ids, network_of(device)), "as": Held(device.ids)}


def seems_complete(way, stack):
    """Whether a next run finds every part there, and so leaves the mark of the run before."""
    joined = "js" in stack.held(DEVICE_ID) or bool(stack.claims)
    return joined and stack.held(DEVICE_ID).keys() >= {"is", "ns", "as"}


@each_break
def test_the_next_run_completes_the_device_and_marks_it(way, left_over, at, moment):
    stack = broken_off(way, left_over, at, moment)
    expected_mark = MARK if seems_complete(way, stack) else RETRY_MARK
    connection = BrokenConnection(stack.application())

    outcome = register(way, connection, RETRY_MARK)

    assert (outcome.kind, outcome.device_id) == (DONE[way], DEVICE_ID)
    assert stack.held(DEVICE_ID) == servers_of(way, expected_mark)
    assert stack.claims == ({(JOIN_EUI, DEV_EUI): "demo-app"} if way == "claim" else {})
    assert len(connection.calls) <= registering.CALLS_AT_MOST


@each_break
def test_a_retry_of_the_same_run_completes_the_device(way, left_over, at, moment):
    stack = broken_off(way, left_over, at, moment)

    register(way, stack.application(), MARK)

    assert stack.held(DEVICE_ID) == servers_of(way, MARK)


def rejected(way, stack, mark):
    """Run on a Things Stack that has lost the plan and the code meanwhile."""
    stack.plans, stack.codes = frozenset(), {}
    with pytest.raises((InvalidThingError, ClaimRejectedError), match=r"plan|does not know"):
        register(way, stack.application(), mark)


@each_break
def test_a_rejected_retry_that_is_undone_leaves_nothing(way, left_over, at, moment):
    stack = broken_off(way, left_over, at, moment)
    rejected(way, stack, MARK)
    connection = BrokenConnection(stack.application())

    undone = undo_device(connection, DEVICE_ID, MARK)

    assert undone
    assert stack.held(DEVICE_ID) == {}
    assert stack.claims == {}
    assert len(connection.calls) <= undo.CALLS_AT_MOST


@each_break
def test_a_rejected_redrive_that_is_undone_leaves_only_what_seemed_complete(way, left_over, at, moment):
    stack = broken_off(way, left_over, at, moment)
    seemed_complete = seems_complete(way, stack)
    rejected(way, stack, RETRY_MARK)

    undone = undo_device(stack.application(), DEVICE_ID, RETRY_MARK)

    assert undone is not seemed_complete
    assert (stack.held(DEVICE_ID) == {}) is not seemed_complete


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize(
    ("way", "at"), [("create", at) for at in range(1, 6)] + [("claim", at) for at in range(1, undo.CALLS_AT_MOST)]
)
def test_an_undo_that_broke_off_is_finished_by_the_next(way, at, moment):
    stack = stack_with("nothing")
    register(way, stack.application(), MARK)
    connection = BrokenConnection(stack.application(), at=at, moment=moment)
    with pytest.raises(RegistryUnavailableError, match="the connection broke"):
        undo_device(connection, DEVICE_ID, MARK)

    undo_device(stack.application(), DEVICE_ID, MARK)

    assert stack.held(DEVICE_ID) == {}
    assert stack.claims == {}
