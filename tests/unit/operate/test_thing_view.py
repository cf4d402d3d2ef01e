"""One thing as the command shows it: whether it is OK, and what to do if it is not."""

import pytest

from operate.views.status import ThingView, thing_json
from tests.journal_samples import CREATED, DELETION, START, accepted, change
from tests.samples import DEVICE_ID, THING_ID
from workflows.domain.facts import DeviceRemoved, EventFailed, EventSkipped
from workflows.domain.fold import fold, status_of
from workflows.ports.journal import Snapshot


def view(*facts, exists=True):
    state = fold(facts)
    snapshot = Snapshot(THING_ID, "pump-7", START, status_of(state), state) if facts else None
    return ThingView("pump-7", exists, THING_ID if exists else None, 1 if exists else None, snapshot, None, None)


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
