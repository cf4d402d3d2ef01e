"""thingsync reconcile: things and journal in moto, devices in the simulator."""

import json

import pytest

from tests.bulk_samples import dev_eui
from tests.contract.operate.fleet import Fleet, rejection
from tests.journal_samples import accepted, change
from tests.samples import STACK
from tests.simulated_stack import started
from workflows.domain.device import DeviceIds, IdentityRecord, RadioSettings
from workflows.domain.facts import DeviceReleased, DeviceUpdated
from workflows.domain.mark import Mark
from workflows.schemas.message import read_message

OTHER_RADIO = RadioSettings("US_902_928_FSB_2", "MAC_V1_0_2", "PHY_V1_0_2_REV_B")


@pytest.fixture(scope="module")
def simulator(tmp_path_factory):
    with started(tmp_path_factory.mktemp("simulator") / "state.sqlite") as simulator:
        yield simulator


@pytest.fixture
def fleet(field, simulator):
    """``field`` has set the scene; its queues and tables are not used."""
    simulator.control("POST", "reset")
    return Fleet(simulator)


def found(fleet, *arguments, exit_code=1):
    lines = fleet.lines("reconcile", "reconcile", *arguments, exit_code=exit_code)
    return [(line["kind"], line["thingName"], line["deviceId"], line["repair"]) for line in lines]


def texts(fleet, *arguments):
    return [line["text"] for line in fleet.lines("reconcile", "reconcile", *arguments, exit_code=1)]


def theirs(device_id, number, attributes=None):
    return IdentityRecord(DeviceIds(device_id, dev_eui(number), "0000000000000001"), "Theirs", "", attributes or {})


def test_three_places_that_agree_are_well(fleet):
    for number in (1, 2, 3):
        fleet.registered(f"pump-{number}", dev_eui(number), name=f"Pump_{number}")

    assert found(fleet, exit_code=0) == []
    assert found(fleet, "--deep", exit_code=0) == []


def test_all_four_kinds_are_told(fleet):
    gone = fleet.registered("gone", dev_eui(1))
    edited = fleet.registered("edited", dev_eui(2))
    left = fleet.registered("left", dev_eui(3))
    fleet.devices.delete_identity(gone.device_id)
    fleet.devices.update_identity(edited.device_id, {"name": "by hand"})
    fleet.iot.delete_thing(thingName="left")
    fleet.devices.create_identity(theirs("theirs", 4))

    assert found(fleet) == [
        ("differing", "edited", edited.device_id, "write"),
        ("missing", "gone", gone.device_id, "write"),
        ("orphaned", "left", left.device_id, "remove"),
        ("foreign", None, "theirs", None),
    ]


def test_people_read_counts_and_lists_that_fit_their_terminal(fleet):
    gone = fleet.registered("gone", dev_eui(1))
    fleet.devices.delete_identity(gone.device_id)

    printed = fleet.printed("reconcile", exit_code=1)

    assert "      1 missing: things whose device is not there" in printed
    assert "      0 foreign" in printed
    assert f"missing  gone · {gone.device_id}: the Identity Server does not know the" in printed


def test_foreign_devices_alone_are_no_drift(fleet):
    fleet.devices.create_identity(theirs("theirs", 4))
    fleet.devices.create_identity(theirs("others", 5, Mark("another-stack", "id", "run").attributes()))

    assert found(fleet, exit_code=0) == [("foreign", None, "others", None), ("foreign", None, "theirs", None)]


def test_things_of_other_stacks_are_their_own_affair(fleet):
    fleet.create_thing("theirs", stackName="another-stack")

    assert found(fleet, exit_code=0) == []


def test_a_thing_whose_event_never_came_is_missing(fleet):
    fleet.create_thing("unheard")

    assert found(fleet) == [("missing", "unheard", None, "write")]


def test_a_thing_that_was_rejected_or_is_at_work_is_told_elsewhere(fleet):
    fleet.happened("rejected", *rejection(), thing_id=fleet.create_thing("rejected"))
    fleet.happened("at-work", accepted(device_id="eui-2"), thing_id=fleet.create_thing("at-work"))

    assert found(fleet, exit_code=0) == []


def test_a_thing_that_was_given_away_unheard_still_has_its_device(fleet):
    fleet.registered("moved", dev_eui(1))
    fleet.iot.update_thing(thingName="moved", attributePayload={"attributes": {"stackName": "another"}, "merge": True})

    [line] = fleet.lines("reconcile", "reconcile", exit_code=1)

    assert (line["kind"], line["repair"]) == ("orphaned", "write")
    assert "stackName is another now" in line["text"]


def test_a_device_that_was_left_on_purpose_is_no_orphan(fleet):
    device = fleet.registered("kept", dev_eui(1))
    thing_id = fleet.iot.describe_thing(thingName="kept")["thingId"]
    of = change("DELETED")
    fleet.happened("kept", accepted(of, device.device_id), thing_id=thing_id)
    fleet.happened("kept", DeviceReleased(of, device.device_id, "retained"), thing_id=thing_id)
    fleet.iot.delete_thing(thingName="kept")

    assert found(fleet, exit_code=0) == []


def test_a_device_with_our_mark_of_which_the_journal_knows_nothing_is_for_people_to_judge(fleet):
    fleet.devices.create_identity(theirs("stray", 1, Mark(STACK, "unknown", "run").attributes()))

    assert found(fleet) == [("orphaned", None, "stray", None)]


def test_a_thing_that_bears_the_name_of_one_that_is_gone_is_told_from_it(fleet):
    old = fleet.registered("pump", dev_eui(1))
    fleet.iot.delete_thing(thingName="pump")
    fleet.registered("pump", dev_eui(2))

    assert found(fleet) == [("orphaned", "pump", old.device_id, "remove")]


def test_only_the_deep_look_asks_the_other_servers(fleet):
    device = fleet.registered("pump", dev_eui(1))
    fleet.devices.delete_record("as", device.device_id)
    fleet.devices.set_network(device.ids, OTHER_RADIO)

    assert found(fleet, exit_code=0) == []
    assert texts(fleet, "--deep") == [
        "AS does not know the device; frequency plan: US_902_928_FSB_2 instead of EU_863_870_TTN; "
        "LoRaWAN version: MAC_V1_0_2 instead of MAC_V1_0_3; "
        "regional parameters: PHY_V1_0_2_REV_B instead of PHY_V1_0_3_REV_A"
    ]


def test_nothing_is_changed_unless_asked_for(fleet):
    device = fleet.registered("gone", dev_eui(1))
    fleet.devices.delete_identity(device.device_id)

    fleet.call("reconcile")
    declined = fleet.call("reconcile", "--apply", answers="n\n")

    assert (declined.exit_code, fleet.events()) == (4, [])


def test_repairs_are_events_as_aws_iot_raises_them(fleet):
    gone, _ = fleet.registered("gone", dev_eui(1)), fleet.registered("left", dev_eui(2))
    fleet.devices.delete_identity(gone.device_id)
    fleet.iot.delete_thing(thingName="left")

    done = fleet.call("reconcile", "--apply", "--yes", "--timeout", "0s")

    sent = {event["operation"]: (event, attributes) for event, attributes in fleet.events()}
    updated, run = sent["UPDATED"]
    assert done.exit_code == 1
    assert (updated["thingName"], updated["repair"], updated["attributes"]["devEUI"]) == ("gone", True, dev_eui(1))
    assert run["ExecutionArn"]["StringValue"].endswith(gone.run)
    assert (sent["DELETED"][0]["thingName"], "repair" in sent["DELETED"][0]) == ("left", False)
    assert read_message(json.dumps(updated))[1].repair


def test_repairs_are_followed_to_their_end(fleet):
    device = fleet.registered("gone", dev_eui(1))
    fleet.devices.delete_identity(device.device_id)
    thing_id = fleet.iot.describe_thing(thingName="gone")["thingId"]
    again = change("UPDATED", run=f"{thing_id}-v1-UPDATED")
    facts = [accepted(again, device.device_id), DeviceUpdated(again, device)]
    fleet.when_sent = lambda: fleet.happened("gone", *facts, thing_id=thing_id)

    lines = fleet.lines("reconcile", "reconcile", "--apply", "--yes")

    assert [line.get("status") for line in lines] == [None, "registered"]
