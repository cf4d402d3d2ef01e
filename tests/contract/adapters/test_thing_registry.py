"""Thing types run in moto; the event switches, which moto does not know, against canned answers."""

import orjson
import pytest

from tests.canned_server import Reply, served
from workflows.adapters import aws
from workflows.adapters.iot_registry import IoTThingRegistry
from workflows.domain.thing_type import ThingType
from workflows.errors import RegistryThrottledError

SEARCHABLE = ("devEUI", "stackName")


@pytest.fixture
def registry(cloud):
    return IoTThingRegistry(aws.iot())


def test_a_type_that_nobody_created_is_none(registry):
    assert registry.thing_type("lorawan") is None


def test_a_created_type_is_usable_and_searchable(registry):
    registry.create_thing_type("lorawan", SEARCHABLE)

    found = registry.thing_type("lorawan")

    assert (found.is_deprecated, found.searchable) == (False, SEARCHABLE)


def test_a_type_without_properties_is_searchable_by_nothing(registry):
    aws.iot().create_thing_type(thingTypeName="lorawan")

    assert registry.thing_type("lorawan") == ThingType()


def test_a_deprecated_type_is_distinguished(registry):
    registry.create_thing_type("lorawan", SEARCHABLE)
    aws.iot().deprecate_thing_type(thingTypeName="lorawan")

    assert registry.thing_type("lorawan").is_deprecated


@pytest.fixture
def server(account, monkeypatch):
    with served() as canned:
        monkeypatch.setenv("AWS_ENDPOINT_URL", canned.address)
        aws.iot.cache_clear()
        yield canned
    aws.iot.cache_clear()


@pytest.fixture
def canned_registry(server):
    return IoTThingRegistry(aws.iot())


def test_that_another_stack_was_quicker_is_success(server, canned_registry):
    taken = {"message": "Thing Type lorawan already exists with different properties"}
    server.replies.append(Reply(409, orjson.dumps(taken), {"x-amzn-ErrorType": "ResourceAlreadyExistsException"}))

    canned_registry.create_thing_type("lorawan", SEARCHABLE)

    assert [(method, path) for method, path, _ in server.asked] == [("POST", "/thing-types/lorawan")]


def test_an_update_of_a_type_writes_back_what_else_it_keeps(server, canned_registry):
    enriched = {"propagatingAttributes": [{"userPropertyKey": "site", "thingAttribute": "site"}]}
    kept = {"thingTypeDescription": "sensors", "mqtt5Configuration": enriched}
    properties = {**kept, "searchableAttributes": ["serial"]}
    server.replies.append(Reply(200, orjson.dumps({"thingTypeName": "lorawan", "thingTypeProperties": properties})))
    found = canned_registry.thing_type("lorawan")

    canned_registry.make_searchable("lorawan", found, ("serial", *SEARCHABLE))

    assert server.asked[1:] == [
        (
            "PATCH",
            "/thing-types/lorawan",
            {"thingTypeProperties": {**kept, "searchableAttributes": ["serial", *SEARCHABLE]}},
        )
    ]


def test_switches_are_read_by_family(server, canned_registry):
    answer = {"eventConfigurations": {"THING": {"Enabled": False}, "JOB": {"Enabled": True}}}
    server.replies.append(Reply(200, orjson.dumps(answer)))

    assert canned_registry.event_switches() == {"THING": False, "JOB": True}


def test_switches_are_written_whole(server, canned_registry):
    canned_registry.set_event_switches({"THING": True, "JOB": False})

    assert server.asked == [
        (
            "PATCH",
            "/event-configurations",
            {"eventConfigurations": {"THING": {"Enabled": True}, "JOB": {"Enabled": False}}},
        )
    ]


def test_a_throttled_read_has_our_name(server, canned_registry):
    throttled = Reply(429, b'{"message":"Rate exceeded"}', {"x-amzn-ErrorType": "ThrottlingException"})
    server.replies.extend([throttled] * aws.ATTEMPTS)

    with pytest.raises(RegistryThrottledError, match="DescribeThingType"):
        canned_registry.thing_type("lorawan")
