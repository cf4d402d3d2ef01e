"""The state of a thing is the fold of its facts."""

from dataclasses import dataclass, replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.journal_samples import CREATED, DELETION, OTHER_DEVICE_ID, UPDATE, accepted, change, device
from tests.journal_streams import facts, streams
from tests.samples import DEV_EUI, DEVICE_ID
from workflows.domain.facts import (
    Change,
    DeviceFound,
    DeviceReleased,
    DeviceRemoved,
    DeviceUpdated,
    EventFailed,
    EventRejected,
    EventSkipped,
    Registered,
)
from workflows.domain.fold import Attempt, Settled, Status, ThingState, dev_eui_of, evolve, fold, order_of, status_of
from workflows.errors import JournalSequenceError, UnknownFactError

FAILED = EventFailed(change(), "RegistryUnavailableError", message="no answer")
NOT_CREATED = Settled("CREATED", 1, "failed", "RegistryUnavailableError", "no answer", change().run)
NOT_UPDATED = replace(NOT_CREATED, operation="UPDATED", version_number=2, run=UPDATE.run)
REMOVED = DeviceRemoved(DELETION, DEVICE_ID)
UNDONE = EventRejected(change(), "ClaimRejectedError", undone=True, message="wrong code")
REJECTED_UPDATE = EventRejected(UPDATE, "InvalidThingError")
UPDATED = DeviceUpdated(UPDATE, device(name="Pump 7"))
TAKEN_OVER = DeviceReleased(DELETION, DEVICE_ID, "taken over")
RETAINED = DeviceReleased(DELETION, DEVICE_ID, "retained")
FOUND = DeviceFound(change(), OTHER_DEVICE_ID)


@dataclass(frozen=True)
class DeviceBlessed:
    change: Change


def update(*fields):
    return accepted(UPDATE, fields=fields)


@pytest.mark.parametrize(
    ("stream", "changes"),
    [
        pytest.param(
            [accepted()],
            {"busy": change(), "thing_name": "pump-7", "attempt": Attempt((DEVICE_ID,), ())},
            id="accepted-is-busy",
        ),
        pytest.param(
            [accepted(), accepted(UPDATE, thing_name="pump-8")],
            {"busy": UPDATE, "thing_name": "pump-8", "attempt": Attempt((DEVICE_ID,), ())},
            id="a-later-one-takes-the-thing-over",
        ),
        pytest.param(
            [accepted(), accepted(UPDATE, OTHER_DEVICE_ID)],
            {"busy": UPDATE, "thing_name": "pump-7", "attempt": Attempt((DEVICE_ID, OTHER_DEVICE_ID), ())},
            id="devices-of-all-attempts-are-remembered",
        ),
        pytest.param(
            [accepted(), FOUND, replace(FAILED, error_name="Timeout", message="")],
            {
                "thing_name": "pump-7",
                "settled": Settled("CREATED", 1, "failed", "Timeout", run=change().run),
                "attempt": Attempt((DEVICE_ID,), (), OTHER_DEVICE_ID),
            },
            id="found-is-not-half-made",
        ),
        pytest.param(
            [accepted(), FOUND, FAILED, accepted(UPDATE)],
            {
                "thing_name": "pump-7",
                "busy": UPDATE,
                "settled": NOT_CREATED,
                "attempt": Attempt((DEVICE_ID,), (), OTHER_DEVICE_ID),
            },
            id="found-before-is-remembered",
        ),
        pytest.param(
            [accepted(), FOUND, FAILED, accepted(UPDATE, OTHER_DEVICE_ID)],
            {
                "thing_name": "pump-7",
                "busy": UPDATE,
                "settled": NOT_CREATED,
                "attempt": Attempt((DEVICE_ID, OTHER_DEVICE_ID), ()),
            },
            id="found-and-now-asked-for-by-its-id",
        ),
        pytest.param(
            [accepted(), FOUND, UNDONE],
            {
                "thing_name": "pump-7",
                "settled": Settled("CREATED", 1, "rejected", "ClaimRejectedError", "wrong code", change().run),
            },
            id="found-and-undone-left-nothing",
        ),
        pytest.param(
            [accepted(), CREATED],
            {"thing_name": "pump-7", "settled": Settled("CREATED", 1, "done"), "device": device()},
            id="registered",
        ),
        pytest.param(
            [accepted(), FAILED],
            {
                "thing_name": "pump-7",
                "settled": NOT_CREATED,
                "attempt": Attempt((DEVICE_ID,), ()),
            },
            id="failed-may-be-half-made",
        ),
        pytest.param(
            [accepted(), UNDONE],
            {
                "thing_name": "pump-7",
                "settled": Settled("CREATED", 1, "rejected", "ClaimRejectedError", "wrong code", change().run),
            },
            id="rejected-and-undone-left-nothing",
        ),
        pytest.param(
            [accepted(), replace(UNDONE, undone=False)],
            {
                "thing_name": "pump-7",
                "settled": Settled("CREATED", 1, "rejected", "ClaimRejectedError", "wrong code", change().run),
                "attempt": Attempt((DEVICE_ID,), ()),
            },
            id="rejected-and-not-undone-may-be-half-made",
        ),
        pytest.param(
            [accepted(), replace(UNDONE, change=UPDATE)],
            {
                "thing_name": "pump-7",
                "busy": change(),
                "settled": Settled("UPDATED", 2, "rejected", "ClaimRejectedError", "wrong code", UPDATE.run),
                "attempt": Attempt((DEVICE_ID,), ()),
            },
            id="another-change-rejected-undoes-nothing",
        ),
        pytest.param(
            [accepted(), CREATED, REMOVED],
            {"thing_name": "pump-7", "settled": Settled("DELETED", 2, "done"), "former": device()},
            id="removed",
        ),
        pytest.param(
            [accepted(), CREATED, TAKEN_OVER],
            {
                "thing_name": "pump-7",
                "settled": Settled("DELETED", 2, "done"),
                "taken_over": (DEVICE_ID,),
                "former": device(),
            },
            id="taken-over",
        ),
        pytest.param(
            [accepted(), CREATED, RETAINED],
            {
                "thing_name": "pump-7",
                "settled": Settled("DELETED", 2, "done"),
                "retained": (DEVICE_ID,),
                "former": device(),
            },
            id="released-and-retained",
        ),
        pytest.param(
            [CREATED, replace(RETAINED, device_id="pump-6"), RETAINED, CREATED],
            {"settled": Settled("DELETED", 2, "done"), "device": device(), "retained": ("pump-6",)},
            id="registered-again-is-retained-no-more",
        ),
        pytest.param(
            [EventSkipped(change(), "ignored")], {"settled": Settled("CREATED", 1, "skipped")}, id="skipped-at-first"
        ),
        pytest.param(
            [CREATED, update("name"), UPDATED],
            {"thing_name": "pump-7", "settled": Settled("UPDATED", 2, "done"), "device": device(name="Pump 7")},
            id="updated",
        ),
        pytest.param(
            [CREATED, update("name"), replace(FAILED, change=UPDATE), update("description", "name")],
            {
                "thing_name": "pump-7",
                "busy": UPDATE,
                "settled": NOT_UPDATED,
                "device": device(),
                "attempt": Attempt((DEVICE_ID,), ("name", "description")),
            },
            id="fields-of-all-attempts-are-remembered",
        ),
        pytest.param(
            [CREATED, update("name"), replace(REJECTED_UPDATE, undone=True)],
            {
                "thing_name": "pump-7",
                "settled": Settled("UPDATED", 2, "rejected", "InvalidThingError", run=UPDATE.run),
                "device": device(),
                "attempt": Attempt((DEVICE_ID,), ("name",)),
            },
            id="a-rejected-update-may-be-half-written",
        ),
        pytest.param(
            [CREATED, update(), EventSkipped(UPDATE, "nothing to write")],
            {"thing_name": "pump-7", "settled": Settled("UPDATED", 2, "skipped"), "device": device()},
            id="an-accepted-event-skipped-is-finished",
        ),
        pytest.param(
            [CREATED, update("name"), EventSkipped(change(version_number=0), "superseded")],
            {
                "thing_name": "pump-7",
                "busy": UPDATE,
                "settled": Settled("CREATED", 1, "done"),
                "device": device(),
                "attempt": Attempt((DEVICE_ID,), ("name",)),
            },
            id="an-older-one-skipped-changes-nothing",
        ),
        pytest.param(
            [REMOVED, EventFailed(UPDATE, "Timeout")],
            {"settled": Settled("DELETED", 2, "done")},
            id="nothing-comes-after-a-deletion",
        ),
        pytest.param(
            [FAILED, EventRejected(change(), "InvalidThingError")],
            {"settled": Settled("CREATED", 1, "rejected", "InvalidThingError", run=change().run)},
            id="the-same-change-again-has-its-latest-verdict",
        ),
    ],
)
def test_a_stream_gives_a_state(stream, changes):
    known = {"dev_eui": DEV_EUI} if any(isinstance(fact, Registered) for fact in stream) else {}
    assert fold(stream) == ThingState(facts=len(stream), latest_run=stream[-1].change.run, **known, **changes)


@pytest.mark.parametrize(
    ("stream", "dev_eui"),
    [
        pytest.param([accepted(dev_eui=DEV_EUI)], DEV_EUI, id="accepted"),
        pytest.param([replace(FAILED, dev_eui=DEV_EUI)], DEV_EUI, id="failed"),
        pytest.param([replace(UNDONE, dev_eui=DEV_EUI)], DEV_EUI, id="rejected"),
        pytest.param([CREATED], DEV_EUI, id="registered"),
        pytest.param([CREATED, REMOVED], DEV_EUI, id="removed"),
        pytest.param([CREATED, accepted(UPDATE), replace(REJECTED_UPDATE)], DEV_EUI, id="a-change-without-one"),
        pytest.param([CREATED, replace(REJECTED_UPDATE, dev_eui="0" * 15 + "7")], "0" * 15 + "7", id="another-one"),
    ],
)
def test_the_latest_dev_eui_that_a_thing_gave_is_known(stream, dev_eui):
    assert fold(stream).dev_eui == dev_eui


def test_an_error_that_is_corrected_is_no_reason_any_more():
    assert fold([replace(FAILED), CREATED]).settled == Settled("CREATED", 1, "done")


def test_a_stream_without_facts_gives_the_empty_state():
    assert fold([]) == ThingState()


@given(streams)
def test_whatever_is_known_can_be_folded(stream):
    state = fold(stream)

    assert state.facts == len(stream)
    assert state.latest_run == (stream[-1].change.run if stream else "")


@given(streams, facts, st.integers())
def test_a_fact_that_is_not_the_next_one_is_refused(stream, fact, number):
    state = fold(stream)
    number = number if number != state.facts else number + 1

    with pytest.raises(JournalSequenceError, match=f"Fact {number} does not follow {state.facts} facts"):
        evolve(state, number, fact)


def test_a_fact_that_nobody_knows_is_refused():
    with pytest.raises(UnknownFactError, match="does not know the fact DeviceBlessed"):
        evolve(ThingState(), 0, DeviceBlessed(change()))


@given(streams, facts)
def test_what_is_settled_never_goes_back(stream, fact):
    before = fold(stream)

    assert place(evolve(before, before.facts, fact).settled) >= place(before.settled)


@pytest.mark.parametrize(
    ("stream", "status"),
    [
        pytest.param([], "skipped", id="nothing"),
        pytest.param([accepted()], "in flight", id="accepted"),
        pytest.param([CREATED, update("name")], "in flight", id="accepted-again"),
        pytest.param([accepted(), CREATED], "registered", id="created"),
        pytest.param([CREATED, EventSkipped(UPDATE, "nothing changed")], "registered", id="registered-and-skipped"),
        pytest.param([EventSkipped(change(), "ignored")], "skipped", id="skipped"),
        pytest.param([CREATED, REMOVED], "removed", id="removed"),
        pytest.param([CREATED, REJECTED_UPDATE], "rejected", id="rejected"),
        pytest.param([accepted(), FAILED], "failed", id="failed"),
    ],
)
def test_a_thing_has_a_status(stream, status):
    assert status_of(fold(stream)) == status


@given(streams)
def test_every_stream_has_a_status_and_one_without_a_device_when_it_says_so(stream):
    state = fold(stream)

    assert status_of(state) in get_args(Status)
    assert state.device is None or status_of(state) not in ("removed", "skipped")


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        pytest.param(("CREATED", 1), ("UPDATED", 2), id="by-version"),
        pytest.param(("UPDATED", 9), ("UPDATED", 10), id="as-numbers"),
        pytest.param(("UPDATED", 9), ("DELETED", 2), id="deleted-is-last"),
    ],
)
def test_changes_of_a_thing_have_an_order(earlier, later):
    assert order_of(*earlier) < order_of(*later)


def place(settled):
    return order_of(settled.operation, settled.version_number) if settled else (False, -1)


def test_the_dev_eui_of_a_thing_is_its_devices_else_the_latest_that_it_gave():
    rejected = EventRejected(UPDATE, "ImmutableChangeError", dev_eui="70B3D57ED0000009")

    assert dev_eui_of(fold([accepted(), CREATED, rejected])) == DEV_EUI
    assert dev_eui_of(fold([accepted(), CREATED, DeviceRemoved(DELETION, DEVICE_ID)])) == DEV_EUI
    assert dev_eui_of(fold([rejected])) == "70B3D57ED0000009"
    assert dev_eui_of(fold([])) == ""
