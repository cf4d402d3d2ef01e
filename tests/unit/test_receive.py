"""A call of the webhook: who may call, what is queued of it, and what The Things Stack gets as the answer."""

import json

import pytest

from tests.activity_samples import ACTIVITY, IDS, SECRET, call_event, uplink
from tests.fakes.journal import FakeJournal
from tests.fakes.webhook import FakeActivityQueue
from tests.journal_samples import CREATED, accepted, append
from tests.samples import DEV_EUI, DEVICE_ID
from workflows.domain.activity import Activity
from workflows.errors import InvalidActivityError
from workflows.schemas.activity import dump_activity, dump_received, load_call, load_queued
from workflows.schemas.authorization import dump_verdict
from workflows.steps.door import Door
from workflows.steps.receive import MAX_BODY_BYTES, Receiver
from workflows.steps.recent import RateLimiter, Recent


class Webhook:
    """ReceiveActivity with everything behind it in memory. No known device is let through."""

    def __init__(self):
        self.queue, self.journal, clock = FakeActivityQueue(), FakeJournal(), lambda: 1000.0
        door = Door(self.journal, Recent(clock, 10), RateLimiter(clock, every_s=1.0, most=0), _no_failure)
        self.receiver = Receiver(door, self.queue, "demo-app")

    def answers(self, event):
        return dump_received(self.receiver.receive(load_call(event)))["statusCode"]


def _no_failure(error):
    raise error


@pytest.fixture
def door():
    return Webhook()


@pytest.mark.parametrize("is_base64", [False, True], ids=["as text", "as base64"])
def test_what_the_webhook_reports_is_queued(door, is_base64):
    status = door.answers(call_event(uplink(), is_base64=is_base64))

    assert status == 202
    assert door.queue.messages == [ACTIVITY]


def test_a_replayed_call_is_queued_again(door):
    """It is known only once the journal has a fact of its thing."""
    statuses = [door.answers(call_event(uplink())) for _ in range(2)]

    assert statuses == [202, 202]
    assert door.queue.messages == [ACTIVITY, ACTIVITY]


def test_an_uplink_of_a_device_that_has_its_thing_is_accepted_and_not_queued(door):
    append(door.journal, accepted(), CREATED)

    answer = dump_received(door.receiver.receive(load_call(call_event(uplink()))))

    assert (answer["statusCode"], door.queue.messages) == (202, [])
    assert json.loads(answer["body"]) == {"message": "Nothing to do: the device has its thing."}


def test_a_join_of_such_a_device_is_queued(door):
    append(door.journal, accepted(), CREATED)

    status = door.answers(call_event(uplink(), is_join=True))

    assert (status, door.queue.messages) == (202, [ACTIVITY])


def test_of_a_message_only_what_a_thing_is_made_from_is_queued():
    queued = json.loads(dump_activity(ACTIVITY))

    assert queued.keys() == {"end_device_ids", "received_at"}
    assert queued["end_device_ids"].keys() == {"device_id", "application_ids", "dev_eui", "join_eui"}
    assert load_queued(dump_activity(ACTIVITY)) == ACTIVITY


def test_a_device_without_join_eui_is_queued_without():
    by_hand = Activity("demo-app", DEVICE_ID, DEV_EUI)

    assert load_queued(dump_activity(by_hand)) == by_hand


def test_a_device_without_dev_eui_may_say_so():
    ids = {"application_ids": {"application_id": "demo-app"}, "device_id": DEVICE_ID, "dev_eui": None}

    assert load_queued(json.dumps({"end_device_ids": ids})) == Activity("demo-app", DEVICE_ID, None)


@pytest.mark.parametrize("message", [uplink(join_eui=None), {"end_device_ids": IDS | {"join_eui": None}}])
def test_a_message_that_names_no_join_eui_is_queued(door, message):
    door.answers(call_event(message))

    assert [activity.join_eui for activity in door.queue.messages] == [None]


def test_euis_are_queued_in_upper_case(door):
    door.answers(call_event(uplink(dev_eui=DEV_EUI.lower())))

    assert door.queue.messages == [ACTIVITY]


@pytest.mark.parametrize(
    "authorizer",
    [
        pytest.param(None, id="a route without an authorizer"),
        pytest.param({}, id="another authorizer"),
        pytest.param({"lambda": None}, id="an authorizer that says nothing"),
        pytest.param({"lambda": {"admitted": "no"}}, id="not admitted"),
        pytest.param({"lambda": {"admitted": True}}, id="no text"),
        pytest.param({"jwt": {"admitted": "yes"}}, id="a token"),
    ],
)
@pytest.mark.parametrize("message", [uplink(), "{", "x" * (MAX_BODY_BYTES + 1)], ids=["uplink", "no JSON", "too large"])
def test_a_call_whose_secret_nobody_checked_is_refused_whatever_it_sends(door, authorizer, message):
    status = door.answers(call_event(message, authorizer=authorizer))

    assert status == 401
    assert door.queue.messages == []


def test_what_the_authorizer_says_of_the_right_secret_lets_the_call_in(door):
    said = dump_verdict(admitted=True)

    assert door.answers(call_event(uplink(), authorizer={"lambda": said["context"]})) == 202


@pytest.mark.parametrize(
    ("message", "status"),
    [
        pytest.param("x" * (MAX_BODY_BYTES + 1), 413, id="too-large"),
        pytest.param("{", 400, id="broken-json"),
        pytest.param("", 400, id="no-body"),
        pytest.param("\ud800", 400, id="no-text"),
        pytest.param("[1, 2]", 202, id="a-list"),
        pytest.param({}, 202, id="no-ids"),
        pytest.param({"end_device_ids": "eui"}, 202, id="ids-of-no-shape"),
        pytest.param(uplink(device_id=None), 202, id="no-device-id"),
        pytest.param(uplink(device_id="Eui_7"), 202, id="no-device-id-of-the-things-stack"),
        pytest.param(uplink(device_id="d" * 128), 202, id="a-name-of-128-characters"),
        pytest.param(uplink(device_id="d" * 5000), 202, id="a-name-of-5000-characters"),
        pytest.param(uplink(application_ids=None), 202, id="no-application"),
        pytest.param(uplink(application_ids={"application_id": "another-app"}), 202, id="another-application"),
        pytest.param(uplink(dev_eui=None), 202, id="multicast"),
        pytest.param(uplink(dev_eui="70B3"), 202, id="no-dev-eui"),
        pytest.param(uplink() | {"received_at": "0" * 41}, 202, id="no-time"),
        pytest.param(uplink() | {"received_at": "\uffff"}, 202, id="a-time-that-no-queue-takes"),
    ],
)
def test_what_names_no_device_of_ours_is_not_queued(door, message, status):
    answered = door.answers({**call_event(""), "body": message if isinstance(message, str) else json.dumps(message)})

    assert answered == status
    assert door.queue.messages == []


def test_a_body_that_is_no_base64_is_malformed(door):
    assert door.answers({**call_event(uplink()), "isBase64Encoded": True}) == 400


def test_a_large_body_in_base64_is_too_large_undecoded(door):
    assert door.answers(call_event("x" * (MAX_BODY_BYTES + 3), is_base64=True)) == 413


def test_the_largest_body_is_taken(door):
    message = uplink()
    padded = json.dumps(message) + " " * (MAX_BODY_BYTES - len(json.dumps(message)))

    assert door.answers(call_event(padded, is_base64=True)) == 202


def test_the_answer_is_json_that_says_why(door):
    answer = dump_received(door.receiver.receive(load_call(call_event("{"))))

    assert answer["headers"] == {"content-type": "application/json"}
    assert json.loads(answer["body"]) == {"message": "The body is not JSON."}


def test_a_queued_message_that_nobody_can_read_says_so():
    with pytest.raises(InvalidActivityError, match="not JSON"):
        load_queued("{")


def test_what_is_refused_is_not_quoted():
    with pytest.raises(InvalidActivityError, match="Missing or malformed: end_device_ids") as refused:
        load_queued(json.dumps(uplink(device_id="Secret_Name")))

    assert "Secret_Name" not in str(refused.value)


def test_a_call_prints_neither_secret_nor_body():
    printed = repr(load_call(call_event(uplink())))

    assert SECRET not in printed
    assert DEV_EUI not in printed
