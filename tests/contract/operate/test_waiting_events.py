"""status THING while an event of the thing waits somewhere: what is shown is not taken for the present."""

import json

from tests.bulk_samples import dev_eui
from tests.contract.operate.fleet import rejection
from tests.contract.operate.test_one_thing import unwrapped
from tests.samples import registry_event


def behind(fleet, name="pump-1"):
    """Make a registered thing whose latest change the journal does not know yet."""
    fleet.registered(name, dev_eui(1))
    fleet.changes(name, attributePayload={"attributes": {"name": "New"}, "merge": True})
    return fleet.iot.describe_thing(thingName=name)["thingId"]


def update_event(thing_id, **changes):
    of_thing = {"operation": "UPDATED", "thingId": thing_id, "thingName": "pump-1", "versionNumber": 2}
    return json.dumps(registry_event(**of_thing | changes))


def test_a_thing_whose_latest_change_is_on_its_way_says_how_many_events_wait(fleet):
    behind(fleet)
    for _ in range(3):
        fleet.sqs.send_message(QueueUrl=fleet.queue_url, MessageBody="{}")

    document = fleet.document("thing", "status", "pump-1")
    printed = unwrapped(fleet.printed("status", "pump-1"))

    assert (document["waiting"]["queue"]["waiting"], document["waiting"]["deadLettered"]) == (3, [])
    assert "its version 2 has not been processed yet; what is shown here is of an earlier one" in printed
    assert "the queue has 3 events; its own may be among them" in printed
    assert document["whatToDo"].startswith("Wait, and look again.")


def test_a_change_that_no_queue_has_is_sent_again(fleet):
    behind(fleet)

    document = fleet.document("thing", "status", "pump-1")

    assert "the queue has no event" in unwrapped(fleet.printed("status", "pump-1"))
    assert document["whatToDo"].startswith("If it stays so, run thingsync replay pump-1")


def test_an_event_in_the_dead_letter_queue_is_found_and_stays_there(fleet):
    thing_id = behind(fleet)
    fleet.bury(update_event(thing_id))
    fleet.bury(update_event("another-thing"))
    fleet.bury("<html>")

    document = fleet.document("thing", "status", "pump-1", exit_code=1)
    printed = unwrapped(fleet.printed("status", "pump-1", exit_code=1))

    [found] = document["waiting"]["deadLettered"]
    assert (found["operation"], found["versionNumber"], found["kind"]) == ("UPDATED", 2, "not started")
    assert (document["waiting"]["read"], document["ok"]) == (3, False)
    assert document["whatToDo"] == "Run thingsync redrive: it starts the missing run."
    assert "in the dead-letter queue: UPDATED 2, not started: received 5 times" in printed
    assert len(fleet.waiting(fleet.dead_letter_queue_url)) == 3


def test_a_failed_run_of_a_thing_is_sent_again_by_its_name(fleet):
    thing_id = behind(fleet)
    fleet.bury(update_event(thing_id), ErrorName="PlanLimitError", ExecutionArn="arn:run")

    document = fleet.document("thing", "status", "pump-1", exit_code=1)

    assert "`thingsync replay pump-1` for this thing alone" in document["whatToDo"]


def test_of_a_long_dead_letter_queue_it_is_said_how_much_was_looked_at(fleet):
    behind(fleet)
    for number in range(103):
        fleet.bury(f'"{number}"')

    document = fleet.document("thing", "status", "pump-1")

    assert document["waiting"]["read"] == 100
    printed = unwrapped(fleet.printed("status", "pump-1"))
    assert "only the first 100 of about 103 were looked at" in printed


def test_what_was_rejected_before_the_correction_is_no_longer_to_be_corrected(fleet):
    fleet.happened("pump-1", *rejection("appKey: is missing"), thing_id=fleet.create_thing("pump-1"))
    before = fleet.printed("status", "pump-1", exit_code=1)
    fleet.changes("pump-1", attributePayload={"attributes": {"name": "New"}, "merge": True})

    printed = unwrapped(fleet.printed("status", "pump-1", exit_code=1))

    assert ("→ thingsync set" in before, "→ thingsync set" in printed) == (True, False)
    assert "error before InvalidThingError" in printed


def test_a_deletion_that_has_not_arrived_is_awaited(fleet):
    fleet.registered("pump-1", dev_eui(1))
    fleet.iot.delete_thing(thingName="pump-1")

    document = fleet.document("thing", "status", "pump-1", exit_code=1)

    assert document["notes"] == ["its deletion has not been processed yet; what is shown here is of before"]
    assert document["waiting"]["queue"]["waiting"] == 0


def test_the_queues_are_not_asked_about_a_thing_whose_latest_change_is_settled(fleet):
    thing_id = fleet.registered("pump-1", dev_eui(1)).run.removesuffix("-v1-CREATED")
    fleet.bury(update_event(thing_id, operation="CREATED", versionNumber=1))

    assert fleet.document("thing", "status", "pump-1")["waiting"] is None
