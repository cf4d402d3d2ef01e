"""thingsync reconcile: things and journal in moto, devices in the simulator."""

import json
from dataclasses import replace

import boto3
import pytest

from tests.bulk_samples import dev_eui
from tests.contract.operate.fleet import rejection
from tests.journal_samples import accepted, change
from tests.samples import STACK, identity_record, radio, registry_event
from workflows.domain.attributes import DeviceValues
from workflows.domain.device import DeviceIds, IdentityRecord
from workflows.domain.facts import (
    DeviceAdopted,
    DeviceReleased,
    DeviceUpdated,
    EventFailed,
    EventRejected,
    EventSkipped,
)
from workflows.domain.mark import Mark
from workflows.schemas.message import read_message

OTHER_RADIO = radio("US_902_928_FSB_2", "MAC_V1_0_2", "PHY_V1_0_2_REV_B")


def found(fleet, *arguments, exit_code=1):
    lines = fleet.lines("reconcile", "reconcile", *arguments, exit_code=exit_code)
    return [(line["kind"], line["thingName"], line["deviceId"], line["repair"]) for line in lines]


def texts(fleet, *arguments):
    return [line["text"] for line in fleet.lines("reconcile", "reconcile", *arguments, exit_code=1)]


def theirs(device_id, number, attributes=None):
    return identity_record(DeviceIds(device_id, dev_eui(number), "0000000000000001"), "Theirs", "", attributes or {})


def test_three_places_that_agree_are_well(fleet):
    for number in (1, 2, 3):
        fleet.registered(f"pump-{number}", dev_eui(number), name=f"Pump_{number}")

    assert found(fleet, exit_code=0) == []
    assert found(fleet, "--deep", exit_code=0) == []


def test_all_four_kinds_are_reported(fleet):
    gone = fleet.registered("gone", dev_eui(1))
    edited = fleet.registered("edited", dev_eui(2))
    left = fleet.registered("left", dev_eui(3))
    fleet.devices.delete_identity(gone.device_id)
    fleet.devices.update_identity(IdentityRecord(edited.ids, DeviceValues("by hand")), ["name"])
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

    assert "      1 missing: things whose device is missing" in printed
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


def test_things_whose_events_may_be_in_the_queue_are_no_drift_and_their_number_is_told(fleet):
    device = fleet.registered("lost", dev_eui(1))
    fleet.devices.delete_identity(device.device_id)
    fleet.create_thing("unheard")
    fleet.create_thing("unheard-too")
    boto3.client("sqs").send_message(QueueUrl=fleet.queue_url, MessageBody="the event of one of them")

    done = fleet.call("reconcile", "--json")
    of_one = fleet.call("reconcile", "unheard")

    assert [json.loads(line)["thingName"] for line in done.stdout.splitlines()] == ["lost"]
    assert "2 things wait for events that are in the queue, so they were not compared." in unwrapped(done.stderr)
    assert (done.exit_code, of_one.exit_code) == (1, 0)
    assert "unheard waits for an event that is in the queue, so nothing was compared." in unwrapped(of_one.stdout)


def test_a_thing_whose_event_arrives_while_its_fleet_is_compared_is_no_drift(fleet, monkeypatch):
    thing_id = fleet.create_thing("late")
    arrived = accepted(device_id="eui-2")
    monkeypatch.setattr("time.sleep", lambda seconds: fleet.happened("late", arrived, thing_id=thing_id))

    assert found(fleet, exit_code=0) == []


def unwrapped(text):
    return " ".join(text.split())


def test_a_thing_that_was_rejected_or_is_at_work_is_reported_elsewhere(fleet):
    fleet.happened("rejected", *rejection(), thing_id=fleet.create_thing("rejected"))
    fleet.happened("at-work", accepted(device_id="eui-2"), thing_id=fleet.create_thing("at-work"))

    assert found(fleet, exit_code=0) == []


TO_ANOTHER_STACK = {"attributePayload": {"attributes": {"stackName": "another"}, "merge": True}}


@pytest.mark.parametrize(
    ("changes", "kind", "repair", "text"),
    [
        pytest.param(TO_ANOTHER_STACK, "orphaned", "release", "stackName is another now", id="another stack"),
        pytest.param(
            {"thingTypeName": "lamp"}, "orphaned", "release", "has another type now (lamp)", id="another type"
        ),
        pytest.param({"removeThingType": True}, "differing", "retype", "lost its thing type, lorawan", id="no type"),
    ],
)
def test_a_thing_that_was_changed_unheard_is_not_taken_for_gone(fleet, changes, kind, repair, text):
    fleet.iot.create_thing_type(thingTypeName="lamp")
    fleet.registered("moved", dev_eui(1))
    fleet.changes("moved", **changes)

    [line] = fleet.lines("reconcile", "reconcile", exit_code=1)

    assert (line["kind"], line["repair"]) == (kind, repair)
    assert text in line["text"]


def test_a_changed_thing_type_of_the_stack_is_reported_once_and_nothing_is_sent_for_it(fleet):
    for number in range(3):
        fleet.registered(f"pump-{number}", dev_eui(number))
    fleet.iot.create_thing_type(thingTypeName="sensor")
    fleet.outputs["ThingTypeName"] = "sensor"

    [line] = fleet.lines("reconcile", "reconcile", "--apply", "--yes", exit_code=1)
    printed = fleet.printed("reconcile", exit_code=1)

    assert (line["kind"], line["thingName"], line["repair"]) == ("differing", None, None)
    assert line["text"].startswith("3 things have the type lorawan (pump-")
    assert "deploy with ThingTypeName=lorawan again" in line["text"]
    assert "differing  the fleet: 3 things have the type lorawan" in printed
    assert fleet.events() == []


def test_a_device_that_was_left_on_purpose_is_no_orphan(fleet):
    device = fleet.registered("retained", dev_eui(1))
    thing_id = fleet.iot.describe_thing(thingName="retained")["thingId"]
    of = change("DELETED")
    fleet.happened("retained", accepted(of, device.device_id), thing_id=thing_id)
    fleet.happened("retained", DeviceReleased(of, device.device_id, "retained"), thing_id=thing_id)
    fleet.iot.delete_thing(thingName="retained")

    assert found(fleet, exit_code=0) == []


def test_a_device_with_our_mark_of_which_the_journal_knows_nothing_is_for_people_to_judge(fleet):
    fleet.devices.create_identity(theirs("stray", 1, Mark(STACK, "unknown", "run").attributes()))

    assert found(fleet) == [("orphaned", None, "stray", None)]


def test_a_thing_that_has_the_name_of_one_that_is_gone_is_distinguished_from_it(fleet):
    old = fleet.registered("pump", dev_eui(1))
    fleet.iot.delete_thing(thingName="pump")
    fleet.registered("pump", dev_eui(2))

    assert found(fleet) == [("orphaned", "pump", old.device_id, "remove")]


def test_only_the_deep_comparison_asks_the_other_servers(fleet):
    device = fleet.registered("pump", dev_eui(1))
    fleet.devices.delete_record("as", device.device_id)
    fleet.devices.set_network(device.ids, OTHER_RADIO)

    assert found(fleet, exit_code=0) == []
    assert texts(fleet, "--deep") == [
        "the Application Server does not know the device; frequencyPlanID: US_902_928_FSB_2 instead of EU_863_870_TTN; "
        "lorawanVersion: 1.0.2 instead of 1.0.3; "
        "regionalParametersVersion: 1.0.2-b instead of 1.0.3-a"
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
    lost(fleet, DeviceUpdated, back=True)

    lines = fleet.lines("reconcile", "reconcile", "--apply", "--yes")

    assert [(line.get("status"), line.get("stillDiffers")) for line in lines] == [(None, None), ("registered", None)]


def lost(fleet, outcome, *, back=False):
    """Register a thing whose device is lost then; a repair ends in ``outcome``, and its device is ``back`` or not."""
    device = fleet.registered("gone", dev_eui(1))
    record = fleet.devices.identity(device.device_id)
    fleet.devices.delete_identity(device.device_id)
    thing_id = fleet.iot.describe_thing(thingName="gone")["thingId"]
    again = change("UPDATED", run=f"{thing_id}-v1-UPDATED-r1")

    def repaired():
        fleet.happened("gone", accepted(again, device.device_id), outcome(again, device), thing_id=thing_id)
        if back:
            fleet.devices.create_identity(record)

    fleet.when_sent = repaired


def test_people_read_last_what_was_repaired(fleet):
    lost(fleet, DeviceUpdated, back=True)

    printed = fleet.printed("reconcile", "--apply", "--yes")

    assert printed.splitlines()[-1] == "1 of 1 repaired (1 written)."


def linked(of, device):
    there = replace(device, method="adopted", run="", differences=("name: the device has 'theirs'",))
    return DeviceAdopted(of, there)


def test_a_thing_that_got_somebody_elses_device_is_linked_and_not_called_repaired(fleet):
    lost(fleet, linked, back=True)

    printed = " ".join(fleet.printed("reconcile", "--apply", "--yes").split())

    assert "linked with a device that was there before, and nothing of it written" in printed
    assert "the device has otherwise than the thing says: name: the device has 'theirs'" in printed
    assert "0 of 1 repaired; 1 linked with a device that was there before" in printed


def test_programs_read_that_a_thing_was_linked_and_how_the_device_differs(fleet):
    lost(fleet, linked, back=True)

    _, line = fleet.lines("reconcile", "reconcile", "--apply", "--yes")

    assert (line["status"], line["linked"]) == ("registered", True)
    assert line["differences"] == ["name: the device has 'theirs'"]


STANDS = "the Identity Server does not know the device"


@pytest.mark.parametrize(
    ("outcome", "status", "error"),
    [
        pytest.param(DeviceUpdated, "registered", None, id="registered"),
        pytest.param(lambda of, device: EventSkipped(of, "nothing changed"), "registered", None, id="skipped"),
        pytest.param(
            lambda of, device: EventRejected(of, "InvalidThingError"), "rejected", "InvalidThingError", id="rejected"
        ),
        pytest.param(lambda of, device: EventFailed(of, "AccessDeniedError"), "failed", "AccessDeniedError", id="no"),
    ],
)
def test_a_repair_after_which_the_difference_remains_is_none(fleet, outcome, status, error):
    lost(fleet, outcome)

    _, line = fleet.lines("reconcile", "reconcile", "--apply", "--yes", exit_code=1)

    assert (line["status"], line["error"]) == (status, error)
    # Of what failed or was rejected `thingsync failures` reports from now on.
    assert line["stillDiffers"] == (None if error else STANDS)


def test_people_read_what_still_differs(fleet):
    lost(fleet, lambda of, device: EventSkipped(of, "nothing changed"))

    printed = " ".join(fleet.printed("reconcile", "--apply", "--yes", exit_code=1).split())

    assert "gone: still differs: the Identity Server does not know the device (more: `thingsync status gone`" in printed
    assert printed.endswith("0 of 1 repaired; 1 not repaired, as shown above.")


def test_people_read_why_a_repair_was_rejected(fleet):
    lost(fleet, lambda of, device: EventRejected(of, "InvalidThingError"))

    printed = fleet.printed("reconcile", "--apply", "--yes", exit_code=1)

    assert "gone: rejected, InvalidThingError (more: `thingsync status gone`)" in printed


def dead(fleet):
    """Lose a device; the event of its repair goes to the dead-letter queue, and the journal hears nothing of it."""
    device = fleet.registered("gone", dev_eui(1))
    fleet.devices.delete_identity(device.device_id)

    def not_started():
        [(event, _)] = fleet.events()
        fleet.bury(json.dumps(event))

    fleet.when_sent = not_started


def test_a_repair_whose_event_is_in_the_dead_letter_queue_is_not_waited_for(fleet):
    dead(fleet)

    _, line = fleet.lines("reconcile", "reconcile", "--apply", "--yes", "--timeout", "5s", exit_code=1)

    assert (line["status"], line["error"], line["stillDiffers"]) == ("failed", "received 5 times", STANDS)
    assert line["whatToDo"] == "Run thingsync redrive: it starts the missing run."
    assert len(fleet.waiting(fleet.dead_letter_queue_url)) == 1


def test_people_read_which_command_helps_a_repair_in_the_dead_letter_queue(fleet):
    dead(fleet)

    printed = unwrapped(fleet.printed("reconcile", "--apply", "--yes", "--timeout", "5s", exit_code=1))

    said = "gone: failed, received 5 times; its event is in the dead-letter queue. Run thingsync redrive: it starts"
    assert said in printed


def test_an_earlier_repair_in_the_dead_letter_queue_is_not_taken_for_this_one(fleet):
    device = fleet.registered("gone", dev_eui(1))
    fleet.devices.delete_identity(device.device_id)
    thing = fleet.iot.describe_thing(thingName="gone")
    of_thing = {"operation": "UPDATED", "thingId": thing["thingId"], "thingName": "gone"}
    fleet.bury(json.dumps(registry_event(**of_thing, versionNumber=1, repair=True, timestamp=1)))

    done = fleet.call("reconcile", "--apply", "--yes", "--timeout", "0s", "--json")

    assert json.loads(done.stdout.splitlines()[-1])["status"] is None


def test_a_thing_gets_its_type_back(fleet):
    device = fleet.registered("pump", dev_eui(1))
    fleet.changes("pump", removeThingType=True)
    thing_id = fleet.iot.describe_thing(thingName="pump")["thingId"]
    of = change("UPDATED", 3)
    fleet.answers = {"UpdateThing": lambda: fleet.happened("pump", EventSkipped(of, "none"), thing_id=thing_id)}

    _, line = fleet.lines("reconcile", "reconcile", "--apply", "--yes")

    assert (line["repair"], line["status"], line["stillDiffers"]) == ("retype", "registered", None)
    assert fleet.iot.describe_thing(thingName="pump")["thingTypeName"] == "lorawan"
    assert (fleet.events(), fleet.devices.identity(device.device_id) is not None) == ([], True)


def left_behind(fleet, count):
    for number in range(count):
        fleet.registered(f"pump-{number:02}", dev_eui(number))
        fleet.iot.delete_thing(thingName=f"pump-{number:02}")


def test_more_than_a_few_removals_are_refused_even_after_a_yes(fleet):
    left_behind(fleet, 11)

    done = fleet.call("reconcile", "--apply", "--yes", "--json")

    assert (done.exit_code, fleet.events()) == (4, [])
    *findings, last = [json.loads(line) for line in done.stdout.splitlines()]
    assert (len(findings), last["error"]["name"]) == (11, "TooManyRemovalsError")
    error = " ".join(done.stderr.split())
    assert "Nothing was sent: 11 things would lose their devices (pump-" in error
    assert "add --allow-removals 11." in error


def test_a_list_without_any_thing_removes_nothing_however_small_the_fleet(fleet):
    left_behind(fleet, 1)

    done = fleet.call("reconcile", "--apply", "--yes")
    named = fleet.call("reconcile", "pump-00", "--apply", "--yes", "--timeout", "0s")

    assert (done.exit_code, "AWS IoT lists no thing of this stack's type" in " ".join(done.stderr.split())) == (4, True)
    assert (named.exit_code, [event["operation"] for event, _ in fleet.events()]) == (1, ["DELETED"])


def test_as_many_removals_as_are_allowed_are_sent_and_no_more(fleet):
    left_behind(fleet, 11)
    how = ("reconcile", "--apply", "--yes", "--timeout", "0s", "--rate", "100", "--allow-removals")

    fewer = fleet.call(*how, "10")
    done = fleet.call(*how, "11")

    assert (fewer.exit_code, done.exit_code) == (4, 1)
    assert "The limit is 10 at once (set by --allow-removals)" in " ".join(fewer.stderr.split())
    sent = [event["operation"] for _ in range(2) for event, _ in fleet.events()]
    assert sent == ["DELETED"] * 11
