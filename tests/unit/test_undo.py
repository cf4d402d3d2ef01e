import pytest

from tests.fakes.broken_connection import BrokenConnection
from tests.fakes.things_stack import FakeThingsStack, Held
from tests.samples import (
    DEV_EUI,
    DEVICE_ID,
    JOIN_EUI,
    MARK,
    OTHER_STACK,
    RETRY_MARK,
    STACK,
    identity_of,
    keys_of,
    planned,
)
from workflows.steps.undo import undo_device


def stack_with(mark, *, claimed=False):
    """A device on all servers, claimed or not."""
    device = planned()
    stack = FakeThingsStack()
    key = ("demo-app", DEVICE_ID)
    stack.identities[key] = identity_of(device, mark, claimed=claimed)
    stack.records["js"][key] = Held(device.ids, keys_of(device))
    stack.records["ns"][key] = Held(device.ids, device.radio)
    stack.records["as"][key] = Held(device.ids)
    stack.claims = {(JOIN_EUI, DEV_EUI): "demo-app"} if claimed else {}
    return stack


@pytest.mark.parametrize(
    ("claimed", "expected"),
    [
        pytest.param(False, ["identity", *["delete_record"] * 3, "delete_identity"], id="created"),
        pytest.param(True, ["identity", "unclaim", *["delete_record"] * 3, "delete_identity"], id="claimed"),
    ],
)
def test_what_this_run_made_is_removed_the_identity_last(claimed, expected):
    stack = stack_with(MARK, claimed=claimed)
    connection = BrokenConnection(stack.application())

    removed = undo_device(connection, DEVICE_ID, stack_name=STACK, run=MARK.run)

    assert removed
    assert connection.calls == expected
    assert stack.held(DEVICE_ID) == {}
    assert stack.claims == {}


@pytest.mark.parametrize(
    "mark",
    [
        pytest.param(None, id="adopted, nobody's"),
        pytest.param(OTHER_STACK, id="another stack's, though the run has the same name"),
        pytest.param(RETRY_MARK, id="another run's of this thing"),
    ],
)
@pytest.mark.parametrize("claimed", [pytest.param(False, id="created"), pytest.param(True, id="claimed")])
def test_what_another_made_stays(mark, claimed):
    stack = stack_with(mark, claimed=claimed)
    before, claims = stack.held(DEVICE_ID), dict(stack.claims)

    removed = undo_device(stack.application(), DEVICE_ID, stack_name=STACK, run=MARK.run)

    assert not removed
    assert (stack.held(DEVICE_ID), stack.claims) == (before, claims)


def test_a_run_that_was_rejected_before_it_made_anything_has_nothing_to_undo():
    stack = FakeThingsStack()
    stack.records["ns"]["demo-app", DEVICE_ID] = Held(planned().ids)

    removed = undo_device(stack.application(), DEVICE_ID, stack_name=STACK, run=MARK.run)

    assert not removed
    assert stack.held(DEVICE_ID).keys() == {"ns"}


def test_a_claim_that_never_went_through_is_no_obstacle():
    stack = stack_with(MARK, claimed=True)
    stack.claims = {(JOIN_EUI, DEV_EUI): "other-app"}

    undo_device(stack.application(), DEVICE_ID, stack_name=STACK, run=MARK.run)

    assert stack.held(DEVICE_ID) == {}
    assert stack.claims == {(JOIN_EUI, DEV_EUI): "other-app"}
