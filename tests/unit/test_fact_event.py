"""What is published of each fact: all that the contract names, and nothing else that a fact holds."""

import json

import pytest

from tests.journal_samples import CREATED, DELETION, FULL_DEVICE, ONE_OF_EACH, OTHER_DEVICE_ID, UPDATE, accepted, change
from tests.published import SCHEMA, as_subscribed, event_of, faults, streamed
from tests.samples import DEVICE_ID, STACK, THING_ID
from workflows.domain.facts import LONGEST_MESSAGE, DeviceClaimed, EventFailed, EventRejected, EventSkipped
from workflows.domain.fold import fold
from workflows.domain.publishing import EVENTS_AT_ONCE, Published, Streamed
from workflows.errors import UnknownFactError
from workflows.schemas.fact_event import dump_published, load_fact_event

# EventBridge refuses a call with more.
CALL_BYTES = 256 * 1024
COMMON = {
    "stackName": STACK,
    "thingName": "pump-7",
    "thingId": THING_ID,
    "deviceId": DEVICE_ID,
    "applicationId": "demo-app",
    "operation": "CREATED",
    "versionNumber": 1,
    "at": "2025-11-26T10:00:00.000000Z",
}
REJECTED = EventRejected(change(), "InvalidThingError", message="devEUI: 16 hex digits")


@pytest.mark.parametrize("fact", ONE_OF_EACH, ids=lambda fact: type(fact).__name__)
def test_each_fact_is_published_under_its_name_as_documented(fact):
    event = event_of(fact)

    assert event.name == type(fact).__name__
    assert faults(as_subscribed(event)) == []


def test_every_fact_is_documented_and_no_other():
    documented = SCHEMA["properties"]["detail-type"]["enum"]

    assert sorted(documented) == sorted(type(fact).__name__ for fact in ONE_OF_EACH)
    assert [rule["if"]["properties"]["detail-type"]["const"] for rule in SCHEMA["allOf"]] == documented


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"method": "created"}, id="a method that the fact does not have"),
        pytest.param({"fingerprints": {}}, id="something more"),
        pytest.param({"versionNumber": "1"}, id="a number as text"),
        pytest.param({"deviceId": None}, id="no device"),
        pytest.param({"at": "yesterday"}, id="no time"),
    ],
)
def test_the_documented_form_is_strict(wrong):
    event = as_subscribed(event_of(accepted()))
    event["detail"] |= wrong

    assert faults(event) != []


@pytest.mark.parametrize(
    ("fact", "before", "detail"),
    [
        pytest.param(CREATED, (), COMMON | {"method": "created"}, id="a registered device has a method"),
        pytest.param(accepted(), (), COMMON, id="a fact on the way has neither method nor error"),
        pytest.param(
            REJECTED,
            (),
            COMMON | {"deviceId": None, "error": {"name": "InvalidThingError", "message": "devEUI: 16 hex digits"}},
            id="a thing that got as far as no device",
        ),
        pytest.param(
            EventFailed(change(), "KeyError"),
            (accepted(),),
            COMMON | {"at": "2025-11-26T10:00:01.000000Z", "error": {"name": "KeyError", "message": ""}},
            id="a device that was on its way, and an error without text",
        ),
        pytest.param(
            EventSkipped(UPDATE, "no change concerns the device"),
            (CREATED, accepted(UPDATE, OTHER_DEVICE_ID)),
            COMMON | {"at": "2025-11-26T10:00:02.000000Z", "operation": "UPDATED", "versionNumber": 2},
            id="the device that the thing has",
        ),
        pytest.param(
            EventSkipped(DELETION, "the thing never had a device"),
            (),
            COMMON | {"deviceId": None, "operation": "DELETED", "versionNumber": 2},
            id="no device ever",
        ),
    ],
)
def test_the_detail_is(fact, before, detail):
    assert event_of(fact, fold(before)).detail == detail


def test_neither_fingerprints_nor_values_of_attributes_are_published():
    fact = DeviceClaimed(change(), FULL_DEVICE)
    secret = {*FULL_DEVICE.fingerprints.values(), "Pump 7", "cellar", "EU_863_870_TTN", FULL_DEVICE.dev_eui}

    published = json.dumps(as_subscribed(event_of(fact)))

    assert [one for one in secret if one in published] == []
    assert [one for one in secret if one not in str(streamed(fact).item)] == []


def test_a_fact_that_a_newer_version_added_is_published_by_what_all_facts_have():
    known = streamed(accepted())
    newer = Streamed("1", {**known.item, "fact": {**known.item["fact"], "type": "DeviceMoved", "site": "north"}})

    event = load_fact_event(newer, stack_name=STACK, application_id="demo-app")

    assert (event.name, event.detail) == ("DeviceMoved", COMMON)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"fact": {"type": "DeviceCreated", "version": 2}}, id="of another version"),
        pytest.param({"fact": {"type": "DeviceCreated", "version": 1}}, id="without a change"),
        pytest.param({"about": {}}, id="without a thing"),
        pytest.param({"pk": None}, id="without a key"),
        pytest.param({"fact": None}, id="without a fact"),
        pytest.param({"at": "yesterday"}, id="at no time"),
        pytest.param({"about": {"thing_name": b"pump-7"}}, id="with what JSON does not know"),
    ],
)
def test_a_fact_of_another_form_is_refused(changes):
    changed = Streamed("1", streamed(accepted()).item | changes)

    with pytest.raises(UnknownFactError, match=r"FACT#0{12} of .* which this version of Thingsync does not know"):
        load_fact_event(changed, stack_name=STACK, application_id="demo-app")


@pytest.mark.parametrize("character", ["x", "\x01", "\U0001f600"])
def test_the_longest_events_fit_into_a_call(character):
    event = event_of(EventFailed(change(), "UnexpectedAnswerError", message=character * LONGEST_MESSAGE))
    names = 128 + 128 + 64  # a thing's name, a stack's, and what is around them

    size = len(json.dumps(event.detail)) + names

    assert size * EVENTS_AT_ONCE < CALL_BYTES


@pytest.mark.parametrize(
    ("again_from", "failures"), [(None, []), ("4", [{"itemIdentifier": "4"}])], ids=["all published", "from the fourth"]
)
def test_lambda_is_answered_in_its_own_form(again_from, failures):
    assert dump_published(Published(3, again_from=again_from)) == {"batchItemFailures": failures}
