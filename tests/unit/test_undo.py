import pytest

from tests.fakes.broken_connection import BrokenConnection
from tests.fakes.journal import FakeJournal
from tests.fakes.things_stack import FakeThingsStack, Held
from tests.journal_samples import CREATED, OTHER_DEVICE_ID, UPDATE, accepted, append, change
from tests.samples import (
    DEV_EUI,
    DEVICE_ID,
    JOIN_EUI,
    MARK,
    OTHER_STACK,
    OTHER_THING,
    RETRY_MARK,
    identity_of,
    network_of,
    planned,
)
from workflows.domain.facts import DeviceFound
from workflows.domain.mark import Mark
from workflows.steps.undo import undo_device, undo_if_held

UPDATE_MARK = Mark(MARK.stack_name, MARK.thing_id, UPDATE.run)


def stack_with(mark, *, claimed=False):
    """A device on all servers, claimed or not."""
    device = planned()
    stack = FakeThingsStack()
    key = ("demo-app", DEVICE_ID)
    stack.identities[key] = identity_of(device, mark, claimed=claimed)
    stack.records["js"][key] = Held(device.ids, device.keys)
    stack.records["ns"][key] = Held(device.ids, network_of(device))
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

    undone = undo_device(connection, DEVICE_ID, MARK)

    assert undone
    assert connection.calls == expected
    assert stack.held(DEVICE_ID) == {}
    assert stack.claims == {}


@pytest.mark.parametrize(
    ("mark", "undone"),
    [
        pytest.param(None, True, id="adopted, nobody's, and nothing of this thing's"),
        pytest.param(OTHER_STACK, True, id="another stack's, though the run has the same name"),
        pytest.param(OTHER_THING, True, id="another thing's"),
        pytest.param(RETRY_MARK, False, id="another run's of this thing, which is left"),
    ],
)
@pytest.mark.parametrize("claimed", [pytest.param(False, id="created"), pytest.param(True, id="claimed")])
def test_what_another_made_stays_and_it_is_reported_whether_that_is_this_things(mark, undone, claimed):
    stack = stack_with(mark, claimed=claimed)
    before, claims = stack.held(DEVICE_ID), dict(stack.claims)

    answer = undo_device(stack.application(), DEVICE_ID, MARK)

    assert answer is undone
    assert (stack.held(DEVICE_ID), stack.claims) == (before, claims)


def test_a_run_that_was_rejected_before_it_made_anything_has_nothing_to_undo():
    stack = FakeThingsStack()
    stack.records["ns"]["demo-app", DEVICE_ID] = Held(planned().ids)

    undone = undo_device(stack.application(), DEVICE_ID, MARK)

    assert undone
    assert stack.held(DEVICE_ID).keys() == {"ns"}


def test_a_claim_that_never_went_through_is_no_obstacle():
    stack = stack_with(MARK, claimed=True)
    stack.claims = {(JOIN_EUI, DEV_EUI): "other-app"}

    undo_device(stack.application(), DEVICE_ID, MARK)

    assert stack.held(DEVICE_ID) == {}
    assert stack.claims == {(JOIN_EUI, DEV_EUI): "other-app"}


def test_a_run_that_holds_its_thing_undoes():
    journal, stack = FakeJournal(), stack_with(MARK)
    append(journal, accepted())

    undone = undo_if_held(journal, stack.application(), DEVICE_ID, MARK)

    assert undone
    assert stack.held(DEVICE_ID) == {}


@pytest.mark.parametrize(
    ("mark", "undone"),
    [
        pytest.param(OTHER_THING, True, id="its former thing's mark"),
        pytest.param(MARK, False, id="this run's mark"),
        pytest.param(RETRY_MARK, False, id="the mark of another run of this thing"),
    ],
)
def test_a_device_that_was_found_stays_and_it_is_reported_whether_it_has_the_things_mark(mark, undone):
    journal, stack = FakeJournal(), stack_with(mark)
    append(journal, accepted(device_id=OTHER_DEVICE_ID), DeviceFound(change(), DEVICE_ID))
    before = stack.held(DEVICE_ID)

    assert undo_if_held(journal, stack.application(), OTHER_DEVICE_ID, MARK) is undone
    assert stack.held(DEVICE_ID) == before


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param([], id="nobody has accepted anything"),
        pytest.param([accepted(), accepted(UPDATE)], id="another run has taken the thing over"),
    ],
)
def test_a_run_that_does_not_hold_its_thing_leaves_all_and_asks_nothing(facts):
    journal, stack = FakeJournal(), stack_with(MARK)
    append(journal, *facts)
    connection = BrokenConnection(stack.application())

    undone = undo_if_held(journal, connection, DEVICE_ID, MARK)

    assert not undone
    assert connection.calls == []


def test_what_the_journal_had_as_registered_before_this_run_is_never_removed():
    journal, stack = FakeJournal(), stack_with(UPDATE_MARK)
    append(journal, accepted(), CREATED, accepted(UPDATE))
    before = stack.held(DEVICE_ID)

    assert undo_if_held(journal, stack.application(), DEVICE_ID, UPDATE_MARK) is False
    assert stack.held(DEVICE_ID) == before
