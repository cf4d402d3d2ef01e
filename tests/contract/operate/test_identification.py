"""A thing is found by its name, its device ID and its DevEUI, in AWS IoT and in the journal."""

import pytest

from tests.journal_samples import CREATED, DELETION, accepted, change, device
from tests.samples import DEV_EUI, DEVICE_ID
from workflows.domain.facts import DeviceAdopted, DeviceRemoved, EventRejected


def names(field, text, exit_code=0):
    return field.document("thing", "status", text, exit_code=exit_code)["thingName"]


@pytest.mark.parametrize(
    "text", ["pump-7", DEVICE_ID, DEV_EUI, DEV_EUI.lower(), "-".join(DEV_EUI[at : at + 2] for at in range(0, 16, 2))]
)
def test_a_registered_thing_is_found_by_whatever_people_call_it(field, text):
    field.happened("pump-7", accepted(), CREATED, thing_id=field.create_thing("pump-7"))

    assert names(field, text) == "pump-7"
    assert field.document("history", "history", text)["thingName"] == "pump-7"
    assert [each["thingName"] for each in field.document("replay", "replay", text)["things"]] == ["pump-7"]


@pytest.mark.parametrize("text", ["cellar", DEV_EUI.lower()])
def test_a_thing_whose_device_has_another_id_is_found_by_both(field, text):
    """The thing may spell its DevEUI as it likes: the journal has one spelling."""
    mixed = f"{DEV_EUI[:8].lower()}{DEV_EUI[8:]}"
    adopted = DeviceAdopted(change(), device(device_id="cellar", method="adopted"))
    thing_id = field.create_thing("pump-7", devEUI=mixed)
    field.happened("pump-7", accepted(device_id="cellar"), adopted, thing_id=thing_id)

    assert names(field, text) == "pump-7"


@pytest.mark.parametrize("spelling", [DEV_EUI, DEV_EUI.lower()])
def test_a_thing_of_which_no_event_has_arrived_is_found_by_its_attribute(field, spelling):
    field.create_thing("pump-7", devEUI=spelling)

    assert names(field, DEV_EUI, exit_code=1) == "pump-7"


@pytest.mark.parametrize("text", ["pump-7", DEVICE_ID, DEV_EUI])
def test_a_deleted_thing_is_found(field, text):
    field.happened("pump-7", accepted(), CREATED, accepted(DELETION), DeviceRemoved(DELETION, DEVICE_ID))

    assert names(field, text) == "pump-7"


def test_a_thing_that_never_got_a_device_is_found_by_what_it_gave(field):
    """AWS IoT is asked for two spellings only."""
    mixed = f"{DEV_EUI[:8].lower()}{DEV_EUI[8:]}"
    rejected = EventRejected(change(), "InvalidThingError", dev_eui=DEV_EUI)
    field.happened("pump-7", rejected, thing_id=field.create_thing("pump-7", devEUI=mixed))

    assert names(field, DEV_EUI, exit_code=1) == "pump-7"


def test_a_thing_that_is_called_like_a_dev_eui_is_found_in_its_own_letters_first(field):
    field.happened("pump-7", accepted(), CREATED, thing_id=field.create_thing("pump-7"))
    field.happened(DEV_EUI, EventRejected(change(), "DeviceConflictError"), thing_id=field.create_thing(DEV_EUI))

    assert names(field, DEV_EUI, exit_code=1) == DEV_EUI


def test_if_a_dev_eui_has_two_things_both_are_named(field):
    for name, join_eui in (("pump-7", "0000000000000001"), ("pump-8", "0000000000000002")):
        registered = DeviceAdopted(change(), device(method="adopted", device_id=name, join_eui=join_eui))
        field.happened(name, accepted(device_id=name), registered, thing_id=field.create_thing(name))

    done = field.call("status", DEV_EUI)

    assert (done.exit_code, done.stdout) == (2, "")
    for text in ("pump-7", "pump-8", "0000000000000001", "0000000000000002", "Give the name of one"):
        assert text in done.stderr


@pytest.mark.parametrize("command", ["status", "history", "replay"])
def test_what_nobody_knows_is_a_wrong_call_that_says_where_it_was_looked_for(field, command):
    done = field.call(command, "70b3d57ed0009999")

    assert (done.exit_code, done.stdout) == (2, "")
    assert "the journal of thingsync know no thing 70b3d57ed0009999" in done.stderr
    assert "no DevEUI 70B3D57ED0009999" in done.stderr


def test_of_several_things_to_replay_none_is_sent_if_one_is_unknown(field):
    field.create_thing("pump-7")

    done = field.call("replay", "pump-7", "pump-9", "--yes", "--no-wait")

    assert (done.exit_code, field.waiting(field.queue_url)) == (2, [])
    assert "no thing pump-9" in done.stderr


def test_a_thing_of_another_stack_is_told_from_one_whose_events_were_lost(field):
    field.create_thing("typo", stackName="thingsynk")
    field.create_thing("lost")

    printed = field.printed("status", "typo", exit_code=1)

    assert "its stackName is thingsynk, this stack is thingsync" in printed
    assert "If it should be this stack's: thingsync set typo stackName=thingsync" in printed
    assert "thingsync replay lost" in " ".join(field.printed("status", "lost", exit_code=1).split())
    [planned] = field.document("replay", "replay", "typo", exit_code=1)["things"]
    assert (planned["plan"], planned["reason"]) == ("not ours", "its stackName is thingsynk, this stack is thingsync")


def test_a_misspelled_attribute_is_named(field):
    thing_id = field.create_thing("typo")
    field.iot.update_thing(
        thingName="typo", attributePayload={"attributes": {"devEUI": "", "DevEui": DEV_EUI}, "merge": True}
    )
    field.happened("typo", EventRejected(change(), "InvalidThingError"), thing_id=thing_id)

    assert field.document("thing", "status", "typo", exit_code=1)["notes"] == ["it has DevEui: you meant devEUI"]
    assert "it has DevEui: you meant devEUI" in field.printed("status", "typo", exit_code=1)
