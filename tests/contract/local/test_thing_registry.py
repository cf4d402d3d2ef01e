"""The thing registry: what it refuses, and the events it raises."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.contract.local.emulated_aws import ROLE, unique

THING_TYPE = "sensor"


@pytest.fixture(scope="module")
def registry(aws):
    client = aws.client("iot")
    client.create_thing_type(thingTypeName=THING_TYPE)
    client.update_event_configurations(eventConfigurations={"THING": {"Enabled": True}})
    return client


def create(registry, attributes, **more):
    name = unique("thing")
    registry.create_thing(thingName=name, attributePayload={"attributes": attributes}, **more)
    return name


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        pytest.param({"name": "Pump 7"}, "Map value", id="space-in-value"),
        pytest.param({"qrCode": "LW:D0+1"}, "Map value", id="plus-in-value"),
        pytest.param({"description": "x" * 801}, "Map value", id="801-characters"),
        pytest.param({"dev EUI": "1"}, "Map keys", id="space-in-name"),
        pytest.param({"x" * 129: "1"}, "Map keys", id="name-of-129-characters"),
        pytest.param({f"a{number}": "1" for number in range(51)}, "limit of 50", id="51-attributes"),
    ],
)
def test_attributes_that_aws_refuses_are_refused(registry, attributes, reason):
    with pytest.raises(ClientError, match=f"InvalidRequestException.*{reason}"):
        create(registry, attributes, thingTypeName=THING_TYPE)


def test_a_thing_without_a_type_has_three_attributes_at_most(registry):
    with pytest.raises(ClientError, match=r"InvalidRequestException.*limit of 3"):
        create(registry, {f"a{number}": "1" for number in range(4)})


@pytest.mark.parametrize("name", [pytest.param("pump 7", id="space"), pytest.param("pump/7", id="slash")])
def test_thing_names_that_aws_refuses_are_refused(registry, name):
    with pytest.raises(ClientError, match="InvalidRequestException"):
        registry.create_thing(thingName=name)


def test_the_widest_thing_that_aws_takes_is_taken(registry):
    attributes = {f"{number:02}-_.,@/:#": "x" * 800 for number in range(49)} | {"all": "aZ0_.,@/:#=[]-"}

    name = create(registry, attributes, thingTypeName=THING_TYPE)

    assert registry.describe_thing(thingName=name)["attributes"] == attributes


def test_the_same_thing_again_is_success_and_another_one_under_its_name_is_not(registry):
    name = create(registry, {"devEUI": "1"})
    again = registry.create_thing(thingName=name, attributePayload={"attributes": {"devEUI": "1"}})

    with pytest.raises(ClientError, match="ResourceAlreadyExistsException"):
        registry.create_thing(thingName=name, attributePayload={"attributes": {"devEUI": "2"}})

    assert again["thingId"] == registry.describe_thing(thingName=name)["thingId"]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        pytest.param(
            {"attributePayload": {"attributes": {"name": "Pump 7"}}}, "InvalidRequestException", id="bad-value"
        ),
        pytest.param(
            {"attributePayload": {"attributes": {"b": "1", "c": "1", "d": "1"}, "merge": True}},
            "limit of 3",
            id="merged-into-too-many",
        ),
        pytest.param({"expectedVersion": 7}, "VersionConflictException", id="outdated"),
    ],
)
def test_updates_that_aws_refuses_change_nothing(registry, change, error):
    name = create(registry, {"a": "1"})

    with pytest.raises(ClientError, match=error):
        registry.update_thing(thingName=name, **change)

    thing = registry.describe_thing(thingName=name)
    assert (thing["attributes"], thing["version"]) == ({"a": "1"}, 1)


def rule(aws, sql, queue_url, error_queue_url=None):
    action = {"sqs": {"queueUrl": queue_url, "roleArn": ROLE, "useBase64": False}}
    error_action = {"sqs": {"queueUrl": error_queue_url, "roleArn": ROLE, "useBase64": False}}
    payload = {"sql": sql, "actions": [action], **({"errorAction": error_action} if error_queue_url else {})}
    aws.client("iot").create_topic_rule(ruleName=unique("rule").replace("-", "_"), topicRulePayload=payload)


def test_a_rule_forwards_the_events_of_one_type_in_the_shape_of_real_captures(aws, registry):
    queue_url = aws.make_queue()
    rule(aws, "SELECT * FROM '$aws/events/thing/+/created' WHERE thingTypeName = 'sensor'", queue_url)

    create(registry, {"devEUI": "2"})
    name = create(registry, {"devEUI": "1"}, thingTypeName=THING_TYPE)

    (event,) = aws.received(queue_url)
    identity = {"eventId": event["eventId"], "timestamp": event["timestamp"], "thingId": event["thingId"]}
    assert event == identity | {
        "eventType": "THING_EVENT",
        "operation": "CREATED",
        "accountId": "000000000000",
        "thingName": name,
        "versionNumber": 1,
        "thingTypeName": THING_TYPE,
        "billinGroupName": None,
        "attributes": {"devEUI": "1"},
    }


def test_updated_and_deleted_events_follow_with_their_version(aws, registry):
    queue_url = aws.make_queue()
    rule(aws, "SELECT operation, versionNumber FROM '$aws/events/thing/#'", queue_url)
    name = create(registry, {"devEUI": "1"})

    registry.update_thing(thingName=name, attributePayload={"attributes": {"devEUI": "2"}})
    registry.delete_thing(thingName=name)

    seen = sorted((event["operation"], event["versionNumber"]) for event in aws.received(queue_url, 3))
    assert seen == [("CREATED", 1), ("DELETED", 2), ("UPDATED", 2)]


def test_an_event_that_its_rule_could_not_deliver_goes_to_the_error_action(aws, registry):
    error_queue_url = aws.make_queue()
    gone_url = aws.make_queue()
    aws.client("sqs").delete_queue(QueueUrl=gone_url)
    rule(aws, "SELECT * FROM '$aws/events/thing/+/created' WHERE attributes.lost = 'yes'", gone_url, error_queue_url)

    name = create(registry, {"lost": "yes"})

    (envelope,) = aws.received(error_queue_url)
    assert envelope["topic"] == f"$aws/events/thing/{name}/created"
    assert {"ruleName", "base64OriginalPayload", "failures"} <= envelope.keys()


def test_a_named_shadow_is_stored_beside_the_thing(aws):
    shadows = aws.client("iot-data")
    name = unique("rack:7_")
    state = {"state": {"reported": {"status": "registered"}}}

    shadows.update_thing_shadow(thingName=name, shadowName="registration", payload=json.dumps(state))
    stored = json.loads(shadows.get_thing_shadow(thingName=name, shadowName="registration")["payload"].read())

    assert (stored["state"], stored["version"]) == (state["state"], 1)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        shadows.get_thing_shadow(thingName=name, shadowName="other")


def test_an_update_replaces_the_properties_of_a_thing_type(registry):
    name = unique("type")
    registry.create_thing_type(thingTypeName=name, thingTypeProperties={"searchableAttributes": ["serial"]})

    registry.update_thing_type(
        thingTypeName=name, thingTypeProperties={"searchableAttributes": ["serial", "devEUI", "stackName"]}
    )

    found = registry.describe_thing_type(thingTypeName=name)["thingTypeProperties"]
    assert found["searchableAttributes"] == ["serial", "devEUI", "stackName"]


@pytest.mark.parametrize("operation", ["create_thing_type", "update_thing_type"])
def test_a_thing_type_has_three_searchable_attributes_at_most(registry, operation):
    four = {"searchableAttributes": ["a", "b", "c", "d"]}

    with pytest.raises(ClientError, match="InvalidRequestException"):
        getattr(registry, operation)(thingTypeName=THING_TYPE, thingTypeProperties=four)
