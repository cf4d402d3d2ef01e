"""What of a deleted thing is made again: what the journal has of it, as people write it, without keys."""

from dataclasses import replace

import pytest

from operate.views.restoring import DeletedThing, NotRestored, RestoreResult, attributes_of, is_held, plan_restore
from tests.fakes.journal import FakeJournal
from tests.journal_samples import (
    DELETION,
    FULL_DEVICE,
    OTHER_THING_ID,
    append,
    change,
    device,
)
from tests.samples import DEV_EUI, DEVICE_ID, JOIN_EUI, STACK, altered, planned, planned_abp, registered_device
from workflows.domain.facts import (
    DeviceCreated,
    DeviceReleased,
    DeviceRemoved,
    EventFailed,
    EventSkipped,
)
from workflows.domain.fold import ThingState, fold
from workflows.ports.journal import Owner

MADE = DeviceCreated(change(), registered_device())
REMOVED, HELD = DeviceRemoved(DELETION, DEVICE_ID), EventFailed(DELETION, "DeletionHeldError")


def planned_restore(*facts, owner=None, older=None):
    """``older``: an older Thingsync wrote the snapshot, which lacks the former device."""
    journal = FakeJournal()
    append(journal, *facts)
    snapshots = list(journal.named("pump-7"))
    if older:
        snapshots = [replace(each, state=replace(each.state, former=None)) for each in snapshots]
    return plan_restore(
        "pump-7", snapshots, stack_name=STACK, latest_first=journal.recent, owner=lambda _device_id: owner
    )


@pytest.mark.parametrize(
    ("facts", "whereabouts"),
    [
        pytest.param([MADE, HELD], "there", id="held"),
        pytest.param([MADE], "there", id="no-event-of-the-deletion-yet"),
        pytest.param([MADE, DeviceReleased(DELETION, DEVICE_ID, "retained")], "there", id="retained"),
        pytest.param([MADE, REMOVED], "gone", id="removed"),
    ],
)
@pytest.mark.parametrize("older", [False, True], ids=["", "older"])
def test_the_journal_knows_where_the_device_is(facts, whereabouts, older):
    found = planned_restore(*facts, older=older)

    assert isinstance(found, DeletedThing)
    assert (found.device, found.whereabouts) == (MADE.device, whereabouts)


def test_a_device_that_another_thing_has_is_that_things():
    found = planned_restore(MADE, HELD, owner=Owner(OTHER_THING_ID, "pump-8"))

    assert found == NotRestored("pump-7", f"device {DEVICE_ID} belongs to thing pump-8 now")


@pytest.mark.parametrize("facts", [[], [EventSkipped(DELETION, "never had one")]], ids=["unknown", "without-a-device"])
def test_a_thing_that_never_had_a_device_is_not_known(facts):
    assert "ever had a device" in planned_restore(*facts).reason


def test_the_attributes_are_written_as_people_write_them():
    assert attributes_of(registered_device(planned(description=None)), STACK) == {
        "stackName": STACK,
        "devEUI": DEV_EUI,
        "joinEUI": JOIN_EUI,
        "name": "Pump 7",
        "frequencyPlanID": "EU_863_870_TTN",
        "lorawanVersion": "1.0.3",
        "regionalParametersVersion": "1.0.3-a",
    }


def test_an_id_of_its_own_and_a_join_eui_of_none_are_written_out():
    found = attributes_of(device(device_id="pump-a", join_eui=""), STACK)

    assert (found["deviceID"], found["joinEUI"]) == ("pump-a", "0" * 16)


def test_all_that_the_thing_said_is_written_and_nothing_that_its_model_gave():
    said = planned_abp(
        name=None, description=None, labels={"room": "12"}, latitude=-33.8, longitude=151.25, class_c_timeout="60s"
    )
    by_model = {"lorawanVersion", "regionalParametersVersion", "supportsClassC"}

    found = attributes_of(registered_device(altered(said, supports_class_c=True), from_model=tuple(by_model)), STACK)

    assert found == {
        "stackName": STACK,
        "devEUI": DEV_EUI,
        "frequencyPlanID": "EU_863_870_TTN",
        "label:room": "12",
        "latitude": "-33.8",
        "longitude": "151.25",
        "classCTimeout": "60",
        "devAddr": said.values.dev_addr,
    }


@pytest.mark.parametrize(
    ("of", "command"),
    [
        pytest.param(registered_device(), "appKey=…", id="created"),
        pytest.param(registered_device(fingerprints={"appKey": "a", "nwkKey": "b"}), "appKey=… nwkKey=…", id="1.1"),
        pytest.param(FULL_DEVICE, "claimAuthenticationCode=…", id="claimed"),
        pytest.param(registered_device(planned_abp()), "appSKey=… nwkSKey=…", id="ABP"),
        pytest.param(
            registered_device(planned_abp(), fingerprints=dict.fromkeys(("appSKey", "nwkSKey", "sNwkSIntKey"), "a")),
            "appSKey=… nwkSKey=… sNwkSIntKey=…",
            id="ABP with more keys",
        ),
        pytest.param(
            device(method="mirrored"), "appKey=… lorawanVersion=… regionalParametersVersion=…", id="without-versions"
        ),
    ],
)
def test_the_command_names_what_the_thing_needs(of, command):
    thing = DeletedThing("pump-7", "id", of, "gone", {})
    rejected = RestoreResult(thing, "rejected", "InvalidThingError: appKey: is missing")

    assert thing.command == f"thingsync set pump-7 {command}"
    assert rejected.what_to_do == thing.command
    assert RestoreResult(thing, "failed", "AccessDeniedError").what_to_do == "thingsync status pump-7"
    assert RestoreResult(thing, "adopted").what_to_do is None


@pytest.mark.parametrize(
    ("facts", "held"),
    [
        pytest.param([MADE, HELD], True, id="held"),
        pytest.param([MADE, replace(HELD, error_name="AccessDeniedError")], False, id="another-error"),
        pytest.param([MADE, EventFailed(change("UPDATED", 2), "DeletionHeldError")], False, id="no-deletion"),
        pytest.param([MADE, HELD, REMOVED], False, id="carried-out"),
        pytest.param([], False, id="nothing"),
    ],
)
def test_a_held_deletion_is_known_by_its_error(facts, held):
    assert is_held(fold(facts) if facts else ThingState()) == held
