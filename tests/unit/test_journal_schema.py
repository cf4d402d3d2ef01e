"""Facts and states as they are stored: what was written once is read for ever, what is unknown is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.journal_samples import FULL_DEVICE, ONE_OF_EACH, UPDATE, accepted, change
from workflows.domain.facts import DeviceClaimed, EventFailed, EventRejected, Fact
from workflows.domain.fold import Attempt, Settled, ThingState
from workflows.errors import UnknownFactError
from workflows.schemas.journal import dump_fact, dump_state, load_fact, load_state

STORED_CHANGE = {"operation": "CREATED", "version_number": 1, "run": change().run}
STORED_DEVICE = {
    "method": "claimed",
    "device_id": "eui-70b3d57ed0051234",
    "named": "pump-7",
    "dev_eui": "70B3D57ED0051234",
    "join_eui": "EC656E0000000003",
    "run": "",
    "values": {
        "name": "Pump 7",
        "description": "cellar",
        "frequency_plan_id": "EU_863_870_TTN",
        "lorawan_version": "MAC_V1_0_3",
        "lorawan_phy_version": "PHY_V1_0_3_REV_A",
    },
    "fingerprints": {"appKey": "c0ffee", "nwkKey": "beef"},
    "differences": ["name: the device has none"],
    "from_model": ["lorawanVersion"],
    "made_at": "2026-01-01T00:00:00.5Z",
}
CLAIMED = {"type": "DeviceClaimed", "version": 1, "change": STORED_CHANGE, "device": STORED_DEVICE}
ACCEPTED = {
    "type": "EventAccepted",
    "version": 1,
    "change": STORED_CHANGE,
    "thing_name": "pump-7",
    "device_id": "eui-70b3d57ed0051234",
    "fields": ["name", "description"],
    "dev_eui": "70B3D57ED0051234",
}
# What each fact has beside its type, its version and its change.
FIELDS = {
    "EventAccepted": {"thing_name", "device_id", "fields", "dev_eui"},
    "DeviceFound": {"device_id"},
    "DeviceCreated": {"device"},
    "DeviceClaimed": {"device"},
    "DeviceAdopted": {"device"},
    "DeviceMirrored": {"device"},
    "DeviceUpdated": {"device"},
    "DeviceRemoved": {"device_id", "absent_from"},
    "DeviceReleased": {"device_id", "reason"},
    "EventSkipped": {"reason"},
    "EventRejected": {"error_name", "undone", "message", "dev_eui"},
    "EventFailed": {"error_name", "found_by", "message", "dev_eui"},
}


@pytest.mark.parametrize(
    ("fact", "stored"),
    [
        pytest.param(DeviceClaimed(change(), FULL_DEVICE), CLAIMED, id="with-a-device"),
        pytest.param(accepted(fields=("name", "description"), dev_eui="70B3D57ED0051234"), ACCEPTED, id="with-a-list"),
    ],
)
def test_a_fact_is_stored_as_ever(fact, stored):
    assert dump_fact(fact) == stored
    assert load_fact(stored, where="fact 0") == fact


def test_every_fact_has_the_name_and_the_fields_it_always_had():
    stored = [dump_fact(fact) for fact in ONE_OF_EACH]

    assert {each["type"]: set(each) - {"type", "version", "change"} for each in stored} == FIELDS


def test_a_state_is_stored_as_ever():
    state = ThingState(
        facts=3,
        thing_name="pump-7",
        busy=UPDATE,
        settled=Settled("CREATED", 1, "rejected", "InvalidThingError", "appKey: is missing", UPDATE.run),
        device=FULL_DEVICE,
        attempt=Attempt(("pump-7",), ("name",), "pump-4"),
        latest_run=UPDATE.run,
        retained=("pump-6",),
        taken_over=("pump-5",),
        dev_eui="70B3D57ED0051234",
    )

    stored = dump_state(state)

    assert stored == {
        "version": 1,
        "facts": 3,
        "thing_name": "pump-7",
        "busy": {"operation": "UPDATED", "version_number": 2, "run": UPDATE.run},
        "settled": {
            "operation": "CREATED",
            "version_number": 1,
            "verdict": "rejected",
            "error_name": "InvalidThingError",
            "message": "appKey: is missing",
            "run": UPDATE.run,
        },
        "device": STORED_DEVICE,
        "attempt": {"device_ids": ["pump-7"], "fields": ["name"], "found": "pump-4"},
        "latest_run": UPDATE.run,
        "retained": ["pump-6"],
        "taken_over": ["pump-5"],
        "dev_eui": "70B3D57ED0051234",
    }
    assert load_state(stored, where="SNAPSHOT") == state


def test_what_is_absent_is_not_stored():
    texts = {"thing_name": "", "latest_run": "", "dev_eui": ""}
    assert dump_state(ThingState()) == {"version": 1, "facts": 0, **texts, "retained": [], "taken_over": []}


@given(st.from_type(Fact))
def test_every_fact_survives_the_journey_through_json(fact):
    assert load_fact(json.loads(json.dumps(dump_fact(fact))), where="fact 0") == fact


@given(st.from_type(ThingState))
def test_every_state_survives_the_journey_through_json(state):
    assert load_state(json.loads(json.dumps(dump_state(state))), where="SNAPSHOT") == state


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        pytest.param(CLAIMED | {"type": "DeviceBlessed"}, "fact 7 is of the type DeviceBlessed", id="new-type"),
        pytest.param({"version": 1}, "is of the type None", id="no-type"),
        pytest.param(CLAIMED | {"version": 2}, r"fact 7 is of version 2", id="newer"),
        pytest.param({"type": "EventFailed"}, "is of version None", id="no-version"),
        pytest.param(CLAIMED | {"mood": "good"}, r"fact 7 \(DeviceClaimed\) has a field mood", id="new-field"),
        pytest.param(
            CLAIMED | {"device": STORED_DEVICE | {"class": "C"}}, "DeviceClaimed.*, device has a field class", id="deep"
        ),
        pytest.param({"type": "DeviceClaimed", "version": 1}, "lacks the field change", id="lacking"),
        pytest.param(CLAIMED | {"device": "d"}, "device is no dict", id="text-for-a-record"),
        pytest.param(
            CLAIMED | {"change": STORED_CHANGE | {"version_number": "1"}}, "version_number is no int", id="text"
        ),
        pytest.param(
            CLAIMED | {"change": STORED_CHANGE | {"operation": "MOVED"}}, "operation is 'MOVED'", id="new-word"
        ),
        pytest.param(ACCEPTED | {"fields": "name"}, "fields is no list", id="text-for-a-list"),
        pytest.param(ACCEPTED | {"fields": [1]}, "fields is no str", id="numbers-in-a-list"),
    ],
)
def test_a_fact_that_is_unknown_is_refused_with_what_to_do(stored, reason):
    with pytest.raises(UnknownFactError, match=f"{reason}, which .* Deploy the newer version that wrote it"):
        load_fact(stored, where="fact 7")


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        pytest.param({"version": 2, "facts": 1}, "SNAPSHOT is of version 2", id="newer"),
        pytest.param({"version": 1, "facts": 1, "mood": "good"}, "SNAPSHOT has a field mood", id="new-field"),
        pytest.param({"version": 1, "busy": {"operation": "CREATED"}}, "SNAPSHOT, busy lacks the field", id="lacking"),
    ],
)
def test_a_state_that_is_unknown_is_refused_with_what_to_do(stored, reason):
    with pytest.raises(UnknownFactError, match=f"{reason}.* Deploy the newer version that wrote it"):
        load_state(stored, where="SNAPSHOT")


OLD_ACCEPTED = {key: value for key, value in ACCEPTED.items() if key != "dev_eui"}
OLDER_ACCEPTED = {key: value for key, value in OLD_ACCEPTED.items() if key != "fields"}
OLD_REJECTED = {"type": "EventRejected", "version": 1, "change": STORED_CHANGE, "error_name": "X", "undone": True}
OLD_FAILED = {"type": "EventFailed", "version": 1, "change": STORED_CHANGE, "error_name": "X", "found_by": ""}


@pytest.mark.parametrize(
    ("older", "fact"),
    [
        pytest.param(OLDER_ACCEPTED, accepted(), id="accepted-without-fields"),
        pytest.param(OLD_ACCEPTED, accepted(fields=("name", "description")), id="accepted-without-a-dev-eui"),
        pytest.param(OLD_REJECTED, EventRejected(change(), "X", undone=True), id="rejected-without-a-message"),
        pytest.param(OLD_FAILED, EventFailed(change(), "X"), id="failed-without-a-message"),
    ],
)
def test_a_field_with_a_default_may_be_younger_than_what_was_stored(older, fact):
    assert load_fact(older, where="fact 0") == fact


def test_a_snapshot_may_be_older_than_the_names_of_errors_in_it():
    older = {"version": 1, "facts": 2, "settled": {"operation": "CREATED", "version_number": 1, "verdict": "failed"}}

    assert load_state(older, where="SNAPSHOT") == ThingState(facts=2, settled=Settled("CREATED", 1, "failed"))
