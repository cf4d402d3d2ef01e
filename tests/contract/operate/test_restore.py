"""thingsync restore makes deleted things again, and ends their held deletions."""

import json

import pytest

from tests.contract.operate.fleet import registration
from tests.journal_samples import accepted, change
from tests.samples import registered_device, registry_event
from workflows.domain.facts import DeviceAdopted, DeviceCreated, DeviceRemoved, EventFailed, EventRejected

RUN = {"ErrorName": "DeletionHeldError", "ExecutionArn": "arn:aws:states:eu-west-1:1:execution:thingsync:run"}
NO_KEY = "appKey: is missing (The Things Stack has no device with these EUIs)"


def device_of(number):
    ids = {"device_id": f"eui-70b3d57ed005000{number}", "dev_eui": f"70B3D57ED005000{number}"}
    return registered_device(**ids, named=ids["device_id"], run=f"v1-{number}")


def deleted(fleet, number, *, is_held):
    """A thing that is gone: its device too, or its deletion waits in the dead-letter queue."""
    name, device = f"pump-{number}", device_of(number)
    of = change("DELETED", 1, f"deletion-{number}")
    end = EventFailed(of, "DeletionHeldError") if is_held else DeviceRemoved(of, device.device_id)
    fleet.happened(name, *registration(device), end)
    if is_held:
        event = registry_event(operation="DELETED", thingId=f"id-of-{name}", thingName=name, attributes=None)
        fleet.bury(json.dumps(event), **RUN)


def pipeline(fleet):
    """What the pipeline does with the new things: the one whose device is still there gets it."""

    def follows(thing_name):
        number = int(thing_name[-1])
        device = device_of(number)
        if fleet.journal.owner(device.device_id) is None:
            return [accepted(device_id=device.device_id), EventRejected(change(), "InvalidThingError", message=NO_KEY)]
        fleet.journal.free(device.device_id, fleet.journal.owner(device.device_id), facts=3)
        return registration(device)

    return follows


@pytest.fixture
def lost(fleet):
    """Three things were deleted; two deletions are held."""
    for number in (1, 2, 3):
        deleted(fleet, number, is_held=number < 3)
    fleet.when_created = pipeline(fleet)
    return fleet


def things(fleet):
    return {each["thingName"]: each["attributes"] for each in fleet.iot.list_things()["things"]}


def test_all_held_things_are_made_again_and_their_deletions_go_back_to_the_queue(lost):
    document = lost.document("restore", "restore", "--held", "--yes")

    found = [(each["thingName"], each["outcome"], each["deviceWas"]) for each in document["things"]]
    assert sorted(found) == [("pump-1", "registered", "there"), ("pump-2", "registered", "there")]
    assert (document["deletionsSettled"], lost.waiting(lost.dead_letter_queue_url)) == (2, [])
    assert sorted(event["thingName"] for event, _ in lost.events()) == ["pump-1", "pump-2"]
    assert things(lost)["pump-1"] == {
        "stackName": "thingsync",
        "devEUI": "70B3D57ED0050001",
        "joinEUI": "EC656E0000000003",
        "name": "Pump 7",
        "description": "cellar",
        "frequencyPlanID": "EU_863_870_TTN",
        "lorawanVersion": "1.0.3",
        "regionalParametersVersion": "1.0.3-a",
    }


def test_who_restores_at_the_same_time_as_another_gets_the_results_too(lost):
    """The other one has settled the deletions between this one's look into the queue and its sending."""
    lost.when_sent = lambda: lost.sqs.purge_queue(QueueUrl=lost.dead_letter_queue_url)

    document = lost.document("restore", "restore", "--held", "--yes")

    assert [each["outcome"] for each in document["things"]] == ["registered", "registered"]
    assert document["deletionsSettled"] == 2


def test_what_was_restored_is_told_though_the_queue_fails(lost):
    lost.sqs.delete_queue(QueueUrl=lost.queue_url)

    done = lost.call("restore", "--held", "--yes", "--json")

    results, error = done.stdout.rstrip().rsplit("\n", 1)
    assert (done.exit_code, json.loads(error)["error"]["name"]) == (3, "RefusedError")
    assert [each["outcome"] for each in json.loads(results)["things"]] == ["registered", "registered"]
    assert json.loads(results)["deletionsSettled"] == 0


def test_the_message_of_a_settled_deletion_still_names_its_run(lost):
    lost.document("restore", "restore", "--held", "--yes")

    assert all(more["ExecutionArn"]["StringValue"] == RUN["ExecutionArn"] for _, more in lost.events())


def test_a_thing_whose_device_is_gone_is_named_with_the_command_that_gives_it_its_keys(lost):
    printed = lost.printed("restore", "pump-1", "pump-3", "--yes", exit_code=1)

    assert "thingsync set pump-3 appKey=…" in printed
    assert "thingsync set pump-1" not in printed
    assert "held deletions of 1 former thing are back" in printed


def test_a_device_that_was_there_before_its_thing_is_linked_again(fleet):
    deleted(fleet, 1, is_held=True)
    fleet.when_created = lambda _name: [
        accepted(),
        DeviceAdopted(change(), registered_device(method="adopted", run="")),
    ]

    document = fleet.document("restore", "restore", "pump-1", "--yes")

    assert [each["outcome"] for each in document["things"]] == ["adopted"]


def test_the_plan_comes_before_the_question_and_no_changes_nothing(lost):
    done = lost.call("restore", "pump-1", "pump-3", answers="n\n")

    assert (done.exit_code, things(lost)) == (4, {})
    printed = " ".join(done.stderr.split())
    assert "To be made again: 2 (with the device as it is: 1; without a device, until it gets its keys: 1)." in printed
    assert "Make 2 things again?" in printed


def test_a_thing_that_exists_is_skipped(lost):
    lost.when_created = None
    lost.create_thing("pump-1")

    document = lost.document("restore", "restore", "pump-1", "--yes", exit_code=1)

    assert document["things"] == []
    assert [each["thingName"] for each in document["notRestored"]] == ["pump-1"]


def test_one_device_is_given_to_one_thing(lost):
    of = change("DELETED", 1, "deletion-9")
    device = device_of(3)
    lost.happened("pump-9", DeviceCreated(change(run="v1-9"), device), DeviceRemoved(of, device.device_id))

    document = lost.document("restore", "restore", "pump-3", "pump-9", "--yes", exit_code=1)

    assert [each["reason"] for each in document["notRestored"]] == [
        f"device {device.device_id} is another thing's of this list"
    ]


def test_where_nothing_is_held_there_is_nothing_to_do(fleet):
    assert fleet.document("restore", "restore", "--held")["things"] == []


@pytest.mark.parametrize("arguments", [[], ["pump-1", "--held"]], ids=["neither", "both"])
def test_who_does_not_say_what_is_told(fleet, arguments):
    assert fleet.call("restore", *arguments).exit_code == 2


def test_who_does_not_wait_gets_the_names(lost):
    document = lost.document("restore", "restore", "pump-1", "--yes", "--no-wait")

    assert [each["outcome"] for each in document["things"]] == ["created"]
    assert document["deletionsSettled"] == 0
