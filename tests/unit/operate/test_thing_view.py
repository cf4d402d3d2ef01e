"""One thing as the command shows it: whether it is OK, and what to do if it is not."""

from dataclasses import replace

import pytest

from operate.views.status import ThingView, thing_json
from operate.views.waiting import QueueDepth, WaitingEvents, is_behind
from tests.journal_samples import CREATED, DELETION, START, accepted, change
from tests.samples import DEVICE_ID, THING_ID
from workflows.domain.facts import DeviceReleased, DeviceRemoved, EventFailed, EventSkipped
from workflows.domain.fold import fold, status_of
from workflows.ports.journal import Snapshot


def snapshot_of(facts):
    state = fold(facts)
    return Snapshot(THING_ID, "pump-7", START, status_of(state), state) if facts else None


def view(*facts, exists=True, **more):
    thing_id, version_number = (THING_ID, 1) if exists else (None, None)
    return ThingView("pump-7", exists, thing_id, version_number, snapshot_of(facts), None, None, **more)


REGISTERED = [accepted(), CREATED]
SKIPPED = [EventSkipped(change(), "ignored: other stack")]
REMOVED = [*REGISTERED, accepted(DELETION), DeviceRemoved(DELETION, DEVICE_ID)]
REPLAY, WAIT, UNKNOWN = "Run thingsync replay", "Wait: ", "No event of this thing has arrived, though"


@pytest.mark.parametrize(
    ("facts", "exists", "status", "advice"),
    [
        pytest.param(REGISTERED, True, "registered", None, id="it is there with its device"),
        pytest.param(REGISTERED, False, "registered", REPLAY, id="it is gone and its device is not"),
        pytest.param(SKIPPED, True, "skipped", None, id="it is there, of another stack"),
        pytest.param(SKIPPED, False, "skipped", None, id="it is gone, and was of another stack"),
        pytest.param(REMOVED, True, "removed", REPLAY, id="it is there and its device is removed"),
        pytest.param(REMOVED, False, "removed", None, id="both are gone"),
        pytest.param([accepted()], True, "in flight", WAIT, id="a run is at work"),
        pytest.param([EventFailed(change(), "AccessDeniedError")], True, "failed", REPLAY, id="it failed"),
        pytest.param([], True, "unknown", UNKNOWN, id="no event came"),
    ],
)
def test_a_thing_is_ok_if_its_device_is_where_it_is_and_else_there_is_advice(facts, exists, status, advice):
    shown = view(*facts, exists=exists)

    assert (shown.status, shown.is_ok) == (status, advice is None)
    assert advice is None or shown.what_to_do.startswith(advice)
    assert (thing_json(shown)["ok"], thing_json(shown)["whatToDo"]) == (advice is None, shown.what_to_do)


RELEASED = [*REGISTERED, DeviceReleased(change("UPDATED", 2), DEVICE_ID, "other stack")]


@pytest.mark.parametrize(
    ("facts", "version_number", "is_others", "expected"),
    [
        pytest.param(REGISTERED, 1, False, False, id="the present version is settled"),
        pytest.param(REGISTERED, 2, False, True, id="a later one is not"),
        pytest.param([*REGISTERED, accepted(change("UPDATED", 2))], 2, False, False, id="a run is at work on it"),
        pytest.param([accepted()], 2, False, True, id="a run is at work on an earlier one"),
        pytest.param(REGISTERED, None, False, True, id="it is gone"),
        pytest.param([*REGISTERED, accepted(DELETION)], None, False, False, id="a run is at work on its deletion"),
        pytest.param(REMOVED, None, False, False, id="its deletion is settled"),
        pytest.param(SKIPPED, None, False, False, id="it is gone, and never was ours"),
        pytest.param([], 1, False, True, id="no event came"),
        pytest.param([], 1, True, False, id="another stack's"),
        pytest.param(RELEASED, 3, True, False, id="another stack's, and its device was released"),
        pytest.param(REGISTERED, 2, True, True, id="another stack's, and its device was not released yet"),
    ],
)
def test_a_thing_is_behind_while_an_event_may_be_on_its_way(facts, version_number, is_others, expected):
    assert is_behind(snapshot_of(facts), version_number, is_others=is_others) == expected


@pytest.mark.parametrize(
    ("in_queue", "advice"),
    [pytest.param(1, "Wait, and look again.", id="perhaps its own"), pytest.param(0, UNKNOWN, id="none")],
)
def test_a_thing_without_an_event_waits_for_one_while_the_queue_has_any(in_queue, advice):
    waiting = WaitingEvents(QueueDepth(in_queue, 0), QueueDepth(0, 0))

    assert view(waiting=waiting).what_to_do.startswith(advice)


@pytest.mark.parametrize(
    ("facts", "exists", "command"),
    [
        (REMOVED, True, "thingsync replay -- --held: "),
        ([], True, "thingsync replay -- --held."),
    ],
)
def test_a_name_that_looks_like_an_option_is_none_in_the_advice(facts, exists, command):
    assert command in replace(view(*facts, exists=exists), thing_name="--held").what_to_do


@pytest.mark.parametrize(
    "waiting",
    [
        pytest.param(None, id="settled"),
        pytest.param(WaitingEvents(QueueDepth(0, 0), QueueDepth(0, 0)), id="its change has not arrived"),
    ],
)
def test_nobody_is_sent_to_take_the_device_from_a_thing_whose_stack_has_another_type_now(waiting):
    others, command = ("its thing type is lorawan, this stack's is other",), "aws iot update-thing"
    lost = replace(view(*REGISTERED, waiting=waiting), others=others, how_to_make_ours=f"If …: {command}")

    assert lost.what_to_do.startswith(f"If …: {command}")
    assert "lets its device go" in lost.what_to_do
