"""One thing, asked about in all three places and repaired alone: status THING and reconcile THING."""

from dataclasses import replace

import boto3
import pytest

from tests.bulk_samples import dev_eui
from tests.contract.operate.fleet import rejection
from tests.contract.operate.test_reconcile import OTHER_RADIO, lost
from tests.journal_samples import accepted, change
from workflows.domain.attributes import DeviceValues
from workflows.domain.device import IdentityRecord
from workflows.domain.facts import DeviceAdopted, DeviceUpdated, EventRejected, EventSkipped


@pytest.fixture
def pump(fleet):
    return fleet.registered("pump", dev_eui(1), name="Pump")


def checked(fleet, exit_code=0, name="pump"):
    return fleet.document("thing", "status", name, exit_code=exit_code)["theThingsStack"]


def unwrapped(text):
    return " ".join(text.split())


def test_a_device_that_is_as_it_should_be_is_reported_so(fleet, pump):
    assert checked(fleet) == {"differences": [], "repairable": False, "notReachable": []}
    assert "The Things Stack has the device as it should be" in fleet.printed("status", "pump")
    assert fleet.printed("reconcile", "pump") == "pump: AWS IoT, the journal and The Things Stack agree.\n"


def gone(fleet, device):
    fleet.devices.delete_identity(device.device_id)


def edited(fleet, device):
    fleet.devices.update_identity(IdentityRecord(device.ids, DeviceValues("by hand")), ["name"])


def other_radio(fleet, device):
    fleet.devices.set_network(device.ids, OTHER_RADIO)


def gone_from_one_server(fleet, device):
    fleet.devices.delete_record("as", device.device_id)


@pytest.mark.parametrize(
    ("done_by_hand", "text"),
    [
        (gone, "the Identity Server does not know the device"),
        (edited, "name: 'by hand' instead of 'Pump'"),
        (other_radio, "frequencyPlanID: US_902_928_FSB_2 instead of EU_863_870_TTN"),
        (gone_from_one_server, "the Application Server does not know the device"),
    ],
)
def test_what_was_done_by_hand_is_seen_at_once_with_the_command_that_repairs_it(fleet, pump, done_by_hand, text):
    done_by_hand(fleet, pump)

    assert text in checked(fleet, exit_code=1)["differences"]
    printed = unwrapped(fleet.printed("status", "pump", exit_code=1))
    assert text in printed
    assert "thingsync reconcile --apply pump" in printed
    [line] = fleet.lines("reconcile", "reconcile", "pump", exit_code=1)
    assert (text in line["text"], line["thingName"], line["repair"]) == (True, "pump", "write")


def test_a_difference_of_an_adopted_device_is_for_its_owner_to_correct(fleet):
    device = fleet.registered("pump", dev_eui(1))
    thing_id = fleet.iot.describe_thing(thingName="pump")["thingId"]
    of = change("UPDATED")
    adopted = DeviceAdopted(of, replace(device, method="adopted"))
    fleet.happened("pump", accepted(of, device.device_id), adopted, thing_id=thing_id)
    gone_from_one_server(fleet, device)

    assert checked(fleet, exit_code=1)["repairable"] is False
    assert "Thingsync does not change this device" in unwrapped(fleet.printed("status", "pump", exit_code=1))


@pytest.mark.parametrize(
    ("path", "server"),
    [("^/ns/", "Network Server"), ("^/js/", "Join Server"), ("^/as/", "Application Server")],
)
def test_a_server_that_does_not_answer_is_named_and_the_others_are_asked(fleet, pump, path, server):
    edited(fleet, pump)
    fleet.simulator.control("POST", "faults", action="503", path=path, times=9)

    found = checked(fleet, exit_code=1)

    assert found["differences"] == ["name: 'by hand' instead of 'Pump'"]
    assert [each.startswith(f"{server} not reachable: ") for each in found["notReachable"]] == [True]


def test_an_outage_of_the_things_stack_does_not_fail_the_command(fleet, pump):
    fleet.simulator.control("POST", "faults", action="503", times=9)

    found = checked(fleet)

    assert (found["differences"], len(found["notReachable"])) == ([], 1)
    assert "unchecked" in fleet.printed("status", "pump")


def test_a_refused_key_does_not_fail_the_command_either(fleet, pump):
    secrets = boto3.client("secretsmanager")
    secrets.put_secret_value(SecretId=fleet.outputs["ApplicationApiKeySecretArn"], SecretString="NNSXS.WRONG.WRONG")

    assert checked(fleet)["notReachable"][0].startswith("The Things Stack refused the API key: ")


def test_who_may_not_read_the_key_is_told_what_was_not_asked(fleet, pump):
    fleet.outputs["ApplicationApiKeySecretArn"] += "-of-another"

    assert checked(fleet)["notReachable"][0].startswith("The Things Stack was not asked: ")


def test_the_things_stack_is_not_asked_while_the_device_need_not_be_as_the_thing_is(fleet):
    fleet.happened("rejected", *rejection(), thing_id=fleet.create_thing("rejected"))
    fleet.registered("updated", dev_eui(2))
    fleet.changes("updated", attributePayload={"attributes": {"name": "New"}, "merge": True})

    assert checked(fleet, exit_code=1, name="rejected") is None
    assert checked(fleet, name="updated") is None
    assert "version 2 has not been processed yet" in unwrapped(fleet.printed("status", "updated"))
    assert "rejected is rejected, so nothing was compared" in fleet.printed("reconcile", "rejected", exit_code=1)


def test_a_thing_is_repaired_alone_and_it_is_said_what_was_repaired(fleet):
    lost(fleet, DeviceUpdated, back=True)
    other = fleet.registered("other", dev_eui(2))
    fleet.devices.delete_identity(other.device_id)

    printed = unwrapped(fleet.printed("reconcile", "gone", "--apply", "--yes"))

    assert "gone · eui-70b3d57ed0000001: written (the Identity Server does not know the device)" in printed
    assert "1 of 1 repaired (1 written)." in printed
    assert [event["thingName"] for event, _ in fleet.events()] == ["gone"]


def test_a_repair_of_one_thing_asks_before_and_says_what_still_differs(fleet):
    lost(fleet, lambda of, device: EventSkipped(of, "nothing changed"))

    assert fleet.call("reconcile", "gone", "--apply", answers="n\n").exit_code == 4
    printed = unwrapped(fleet.printed("reconcile", dev_eui(1), "--apply", "--yes", exit_code=1))
    assert "gone: still differs: the Identity Server does not know the device" in printed


def test_no_list_is_read_for_one_thing(fleet, pump):
    asked = []
    fleet.answers = {"ListThings": lambda: asked.append("ListThings")}

    fleet.call("reconcile", "pump")

    assert asked == []


def test_a_thing_that_is_gone_and_left_its_device_is_seen_alone(fleet, pump):
    fleet.iot.delete_thing(thingName="pump")

    [line] = fleet.lines("reconcile", "reconcile", "pump", exit_code=1)

    assert (line["kind"], line["repair"]) == ("orphaned", "remove")


def test_a_thing_of_another_stack_has_nothing_to_compare(fleet):
    fleet.create_thing("theirs", stackName="another-stack")

    assert "theirs has no device of this stack" in fleet.printed("reconcile", "theirs")
    assert fleet.call("reconcile", "nobody").exit_code == 2


def test_the_status_of_one_thing_is_shown_again(fleet, pump):
    printed = fleet.printed("status", "pump", "--watch", "--every", "0s", "--rounds", "2")

    assert printed.count("registered") == 2


def test_the_status_of_the_fleet_is_shown_again(field):
    assert field.printed("status", "--watch", "--every", "0s", "--rounds", "2").count("dead-lettered") == 2
    assert field.call("status", "--watch", "--json").exit_code == 2


def test_the_command_that_corrects_a_thing_is_on_a_line_that_can_be_copied(fleet):
    name = "a-thing-with-a-name-that-needs-most-of-a-line-of-eighty-characters"
    rejected = EventRejected(change(), "InvalidThingError", message="frequencyPlanID: must be 1 to 64 characters")
    fleet.happened(name, rejected, thing_id=fleet.create_thing(name))

    screen = fleet.printed("status", name, exit_code=1)

    assert f"→ thingsync set {name} frequencyPlanID=…\n" in screen
