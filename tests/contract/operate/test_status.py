"""The fleet and one thing, as people and programs read them."""

import pytest

from tests.journal_samples import CREATED, DELETION, accepted, append, change, device
from tests.samples import DEVICE_ID
from workflows.domain.facts import DeviceAdopted, DeviceReleased, DeviceRemoved, EventFailed, EventRejected


def test_a_fleet_that_is_well_is_reported_so_to_people_and_programs(field):
    field.happened("pump-7", accepted(), CREATED)
    field.happened(
        "pump-8", accepted(device_id="pump-8"), DeviceAdopted(change(), device(device_id="pump-8", method="adopted"))
    )

    document = field.document("status", "status")

    assert document["ok"] is True
    assert document["things"] | {"registered": 2} == document["things"]
    assert document["registered"] == {"created": 1, "claimed": 0, "adopted": 1, "mirrored": 0}
    assert "2   1 created, 1 adopted" in field.printed("status")


def test_what_is_wrong_in_the_fleet_is_counted_and_makes_the_exit_code(field):
    field.happened("failed", accepted(device_id="d-1"), EventFailed(change(), "AccessDeniedError"))
    field.happened("rejected", accepted(device_id="d-2"), EventRejected(change(), "InvalidThingError"))
    field.happened("busy", accepted(device_id="d-3"))
    field.bury("<html>")

    document = field.document("status", "status", exit_code=1)

    assert document["ok"] is False
    assert document["things"] == {
        "inFlight": 1,
        "registered": 0,
        "removed": 0,
        "skipped": 0,
        "rejected": 1,
        "failed": 1,
    }
    assert document["deadLetterQueue"]["waiting"] == 1
    assert document["deadLetterQueue"]["oldestAgeSeconds"] >= 0
    assert "thingsync failures" in field.printed("status", exit_code=1)


def test_an_alarm_in_force_is_reported_with_what_it_means(field):
    field.alarms.put_metric_alarm(
        AlarmName="thingsync-DeadLettersAlarm-1",
        AlarmDescription="Events wait in the dead-letter queue.",
        MetricName="any",
        Namespace="AWS/SQS",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        Statistic="Sum",
    )
    field.alarms.set_alarm_state(AlarmName="thingsync-DeadLettersAlarm-1", StateValue="ALARM", StateReason="test")

    document = field.document("status", "status", exit_code=1)

    assert [alarm["meaning"] for alarm in document["alarms"]] == ["Events wait in the dead-letter queue."]
    assert "Events wait in the" in field.printed("status", exit_code=1)


def test_reading_the_dead_letters_leaves_them_there(field):
    field.bury("<html>")

    field.call("status")

    assert field.waiting(field.dead_letter_queue_url) == ["<html>"]


def test_a_registered_thing_is_shown_with_its_device_and_shadow(field):
    thing_id = field.create_thing("pump-7")
    field.happened("pump-7", accepted(), CREATED, thing_id=thing_id)
    field.shadows.update_thing_shadow(
        thingName="pump-7", shadowName="registration", payload=b'{"state": {"reported": {"status": "registered"}}}'
    )

    document = field.document("thing", "status", "pump-7")

    assert (document["status"], document["deviceId"], document["method"]) == ("registered", DEVICE_ID, "created")
    assert document["shadow"] == {"status": "registered"}
    assert document["whatToDo"] is None
    assert DEVICE_ID in field.printed("status", "pump-7")


def test_what_a_thing_says_and_its_device_does_not_have_is_shown_line_by_line(field):
    differences = ("name: the device has 'Theirs'", "frequencyPlanID: the device has EU_863_870")
    theirs = device(method="adopted", differences=differences)
    field.happened("pump-7", accepted(), DeviceAdopted(change(), theirs), thing_id=field.create_thing("pump-7"))

    lines = [line.split() for line in field.printed("status", "pump-7").splitlines()]

    assert field.document("thing", "status", "pump-7")["differences"] == list(differences)
    assert lines.index(["differs", *differences[0].split()]) + 1 == lines.index(differences[1].split())


def test_a_failed_thing_is_shown_with_the_error_and_what_to_do(field):
    thing_id = field.create_thing("pump-7")
    failed = EventFailed(change(), "AccessDeniedError", message="The key has expired.")
    field.happened("pump-7", accepted(), failed, thing_id=thing_id)

    document = field.document("thing", "status", "pump-7", exit_code=1)

    assert document["error"] == "AccessDeniedError"
    assert "The key has expired." in field.printed("status", "pump-7", exit_code=1)
    assert "thingsync key rotate" in document["whatToDo"]


def test_a_thing_of_which_no_event_has_arrived_is_shown_as_unknown(field):
    field.create_thing("pump-7")

    assert field.document("thing", "status", "pump-7", exit_code=1)["status"] == "unknown"
    assert "No event of this thing has arrived" in field.printed("status", "pump-7", exit_code=1)


def test_a_deleted_thing_is_well_once_its_device_is_removed(field):
    field.happened("pump-7", accepted(), CREATED, accepted(DELETION), DeviceRemoved(DELETION, DEVICE_ID))

    document = field.document("thing", "status", "pump-7")

    assert (document["exists"], document["status"], document["ok"]) == (False, "removed", True)
    assert "Deleted by mistake? thingsync restore pump-7" in field.printed("status", "pump-7")


def test_a_thing_that_another_stack_has_now_is_well_and_it_is_said_whose_it_is(field):
    thing_id = field.create_thing("pump-7", stackName="another-stack")
    released = DeviceReleased(change("UPDATED", 2), DEVICE_ID, "other stack")
    field.happened("pump-7", accepted(), CREATED, accepted(change("UPDATED", 2)), released, thing_id=thing_id)

    document = field.document("thing", "status", "pump-7")

    assert (document["status"], document["ok"], document["whatToDo"]) == ("removed", True, None)
    assert document["notes"] == ["its stackName is another-stack, this stack is thingsync"]
    assert "its stackName is another-stack" in field.printed("status", "pump-7")


def test_a_name_that_was_given_again_lists_the_thing_that_has_it_now(field):
    field.happened("pump-7", accepted(), EventFailed(change(), "AccessDeniedError"), thing_id="before")
    thing_id = field.create_thing("pump-7")
    append(field.journal, accepted(device_id="new"), thing_id=thing_id, thing_name="pump-7")

    assert field.document("thing", "status", "pump-7", exit_code=1)["status"] == "in flight"


def test_a_thing_that_nobody_knows_is_reported_in_a_sentence(field):
    done = field.call("status", "pump-9")

    assert (done.exit_code, done.stdout) == (2, "")
    assert "know no thing pump-9" in done.stderr


@pytest.mark.parametrize("arguments", [["--stack", "x", "status"], ["status", "--stack=x"]], ids=["before", "after"])
def test_options_that_say_where_stand_before_or_after_the_command(field, arguments):
    assert field.call(*arguments).exit_code == 0
