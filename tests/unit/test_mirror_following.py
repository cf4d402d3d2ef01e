"""A device that was deleted and registered again under another ID stays its thing's: its EUIs are its identity."""

import pytest

from tests.journal_samples import OTHER_THING_ID, UPDATE, accepted, append, change, device
from tests.mirroring import IDS, Mirroring
from tests.ports.mirrored_things import ATTRIBUTES, THING
from tests.samples import DEV_EUI, DEVICE_ID, JOIN_EUI, MARK, OTHER_STACK, STACK, THING_ID, altered
from workflows.domain.activity import Activity
from workflows.domain.facts import (
    BEFORE_ALL_EVENTS,
    DeviceAdopted,
    DeviceClaimed,
    DeviceCreated,
    DeviceMirrored,
    EventFailed,
    EventRejected,
)
from workflows.domain.fold import status_of
from workflows.domain.mirroring import RegistryThing
from workflows.ports.journal import Owner, Reservation

NEW = altered(IDS, device_id="pump-new")
ACTIVITY = Activity("demo-app", NEW.device_id, DEV_EUI, JOIN_EUI)
MADE = altered(THING, thing_id=THING_ID)
OWN = RegistryThing("pump-7", "lorawan", {"devEUI": DEV_EUI, "stackName": STACK, "joinEUI": JOIN_EUI}, THING_ID)
GIVEN = {"name": "Pump_7", "frequency_plan_id": "EU_863_870_TTN", "fingerprints": {"appKey": "c0ffee"}}


def registered(thing, *facts, ids=NEW, **record):
    """The thing has its device by these facts, and The Things Stack has it under the new ID alone."""
    mirroring = Mirroring(thing).register(ids, **record)
    append(mirroring.journal, *facts, thing_name=thing.thing_name)
    return mirroring


def mirrored(**record):
    fact = DeviceMirrored(change(), device(method="mirrored", **GIVEN))
    return registered(MADE, fact, **record)


def test_a_mirrored_thing_is_the_new_device_s_as_it_was_the_old_one_s():
    mirroring = mirrored()

    result = mirroring.deliver(ACTIVITY)

    follows = device(method="mirrored", device_id="pump-new", **GIVEN | {"name": None})
    assert (result.status, result.thing_name) == ("linked", DEV_EUI)
    assert mirroring.facts(THING_ID)[1:] == [DeviceMirrored(BEFORE_ALL_EVENTS, follows)]
    assert mirroring.journal.owner("pump-new") == Owner(THING_ID, DEV_EUI)
    assert mirroring.journal.owner(DEVICE_ID) is None


def test_the_id_that_we_wrote_on_such_a_thing_becomes_the_new_one():
    mirroring = mirrored()

    mirroring.deliver(ACTIVITY)

    assert mirroring.things.things == {DEV_EUI: altered(MADE, attributes=ATTRIBUTES | {"deviceID": "pump-new"})}


@pytest.mark.parametrize("is_written", [True, False])
def test_such_a_thing_follows_again_and_again(is_written):
    """``is_written``: whether the thing got the second ID before its device had the third."""
    mirroring = mirrored()
    mirroring.deliver(ACTIVITY)
    if not is_written:
        mirroring.things.things[DEV_EUI] = MADE
    del mirroring.tts.identities["demo-app", NEW.device_id]
    mirroring.register(altered(IDS, device_id="pump-third"))

    result = mirroring.deliver(altered(ACTIVITY, device_id="pump-third"))

    now = mirroring.journal.read(THING_ID).device
    assert (result.status, now.device_id) == ("linked", "pump-third")
    assert now.named == ("pump-new" if is_written else DEVICE_ID)
    assert mirroring.things.things[DEV_EUI].attributes["deviceID"] == "pump-third"


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param([accepted(), DeviceCreated(change(), device(**GIVEN))], id="created"),
        pytest.param([accepted(), DeviceClaimed(change(), device(method="claimed", **GIVEN))], id="claimed"),
        pytest.param([accepted(), DeviceAdopted(change(), device(method="adopted", **GIVEN))], id="adopted"),
    ],
)
def test_any_other_thing_meets_a_device_that_was_there_before(facts):
    """So that a removal of the thing leaves what somebody has registered."""
    mirroring = registered(OWN, *facts)

    result = mirroring.deliver(ACTIVITY)

    follows = device(method="adopted", device_id="pump-new", **GIVEN)
    assert (result.status, result.thing_name) == ("linked", "pump-7")
    assert mirroring.facts(THING_ID)[2:] == [DeviceAdopted(BEFORE_ALL_EVENTS, follows)]
    assert mirroring.things.things == {"pump-7": OWN}


def test_the_thing_s_log_and_shadow_report_it():
    mirroring = mirrored()

    mirroring.deliver(ACTIVITY)

    [line] = mirroring.thing_log.lines[DEV_EUI]
    assert (line["outcome"], line["method"], line["deviceId"]) == ("registered", "mirrored", "pump-new")
    assert line["reason"].startswith(f"device {DEVICE_ID} is gone, and device pump-new with the same EUIs sent")
    expected = {"status": "registered", "deviceId": "pump-new", "versionNumber": 1}
    assert mirroring.shadow.shadows[DEV_EUI].reported.items() >= expected.items()


@pytest.mark.parametrize(
    "fact",
    [
        pytest.param(EventRejected(UPDATE, "InvalidThingError"), id="rejected"),
        pytest.param(EventFailed(UPDATE, "RegistryUnavailableError"), id="failed"),
    ],
)
def test_a_change_that_waits_to_be_corrected_or_run_again_still_does(fact):
    mirroring = mirrored()
    before = append(mirroring.journal, accepted(UPDATE), fact, thing_name=DEV_EUI)

    mirroring.deliver(ACTIVITY)

    state = mirroring.journal.read(THING_ID)
    assert (state.settled, status_of(state)) == (before.settled, status_of(before))
    assert (state.device.device_id, mirroring.shadow.shadows) == ("pump-new", {})


def test_its_mark_by_an_earlier_thing_is_remembered():
    mirroring = mirrored(attributes=MARK.attributes())

    mirroring.deliver(ACTIVITY)

    assert mirroring.journal.read(THING_ID).device.run == MARK.run


def test_an_old_id_that_is_another_thing_s_by_now_stays_that_one_s():
    mirroring = mirrored()
    mirroring.journal.free(DEVICE_ID, Owner(THING_ID, DEV_EUI), facts=1)
    append(mirroring.journal, accepted(), thing_id=OTHER_THING_ID, thing_name="pump-8")

    assert mirroring.deliver(ACTIVITY).status == "linked"
    assert mirroring.journal.owner(DEVICE_ID) == Owner(OTHER_THING_ID, "pump-8")


def test_an_old_id_that_another_device_got_is_no_reason_to_wait():
    mirroring = mirrored().register(altered(IDS, dev_eui="70B3D57ED0059999"))

    assert mirroring.deliver(ACTIVITY).status == "linked"


def test_two_devices_of_the_same_euis_are_reported_and_the_first_keeps_its_thing():
    """The Things Stack takes a DevEUI twice if there is no JoinEUI beside it."""
    alone, again = altered(IDS, join_eui=""), altered(NEW, join_eui="")
    thing = altered(OWN, attributes={"devEUI": DEV_EUI, "stackName": STACK})
    mirroring = registered(thing, DeviceAdopted(change(), device(method="adopted", join_eui="")), ids=again)
    mirroring.tts.identities["demo-app", DEVICE_ID] = altered(
        mirroring.tts.identities["demo-app", "pump-new"], ids=alone
    )

    result = mirroring.deliver(altered(ACTIVITY, join_eui=None))

    [line] = mirroring.thing_log.lines["pump-7"]
    assert result.status == "refused"
    assert line["error"]["name"] == "MismatchingDeviceError"
    assert f"has device {DEVICE_ID}" in line["error"]["message"]
    assert len(mirroring.facts(THING_ID)) == 1


def test_the_thing_that_has_the_device_comes_before_one_that_has_none():
    rejected = altered(OWN, thing_name="a", thing_id=OTHER_THING_ID)
    mirroring = registered(OWN, accepted(), DeviceCreated(change(), device()))
    mirroring.things.things["a"] = rejected
    append(mirroring.journal, EventRejected(change(), "DeviceConflictError"), thing_id=OTHER_THING_ID, thing_name="a")

    assert mirroring.deliver(ACTIVITY).thing_name == "pump-7"


def test_a_thing_that_is_known_by_its_name_and_the_journal_alone_follows_and_gets_back_what_it_lost():
    mirroring = mirrored()
    mirroring.things.things[DEV_EUI] = RegistryThing(DEV_EUI, None, {"cellar": "north"}, THING_ID)

    result = mirroring.deliver(ACTIVITY)

    whole = ATTRIBUTES | {"deviceID": "pump-new", "cellar": "north"}
    assert result.status == "linked"
    assert mirroring.things.things == {DEV_EUI: RegistryThing(DEV_EUI, "lorawan", whole, THING_ID)}


def test_a_thing_at_work_is_left_to_its_run():
    mirroring = mirrored()
    append(mirroring.journal, accepted(UPDATE), thing_name=DEV_EUI)

    assert mirroring.deliver(ACTIVITY).status == "underway"
    assert len(mirroring.facts(THING_ID)) == 2


def test_a_thing_whose_own_event_has_yet_to_be_processed_is_left_to_that():
    """It was made from the device under its old ID, and the journal has no fact of it."""
    mirroring = Mirroring(MADE).register(NEW)
    mirroring.journal.reserve(Reservation("", DEV_EUI, IDS))
    mirroring.journal.bind(Reservation(THING_ID, DEV_EUI, IDS))

    before = mirroring.deliver(ACTIVITY)
    append(mirroring.journal, DeviceMirrored(change(), device(method="mirrored")), thing_name=DEV_EUI)

    assert (before.status, mirroring.deliver(ACTIVITY).status) == ("underway", "linked")
    assert mirroring.journal.read(THING_ID).device.device_id == "pump-new"


def test_a_message_of_the_old_device_that_comes_late_changes_nothing():
    mirroring = mirrored()
    mirroring.deliver(ACTIVITY)

    result = mirroring.deliver(altered(ACTIVITY, device_id=DEVICE_ID))

    assert result.status == "stale"
    assert mirroring.journal.read(THING_ID).device.device_id == "pump-new"


def test_a_device_that_another_stack_has_marked_does_not_follow():
    mirroring = mirrored(attributes=altered(OTHER_STACK, thing_id=OTHER_THING_ID).attributes())

    assert mirroring.deliver(ACTIVITY).status == "refused"
    assert mirroring.journal.read(THING_ID).device.device_id == DEVICE_ID
