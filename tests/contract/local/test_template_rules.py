"""The SQL of the template's rules, run: every event of our type once, every deletion once, nothing else."""

import pytest

from tests.contract.local.emulated_aws import ROLE, unique
from tests.contract.sam_template import of_type


@pytest.fixture(scope="module")
def thing_types(aws):
    """Our type, and another's."""
    names = unique("ours"), unique("other")
    for name in names:
        aws.client("iot").create_thing_type(thingTypeName=name)
    aws.client("iot").update_event_configurations(eventConfigurations={"THING": {"Enabled": True}})
    return names


def queue_behind_the_rules(aws, thing_type):
    queue_url = aws.make_queue()
    for rule in of_type("AWS::IoT::TopicRule").values():
        sql = rule["TopicRulePayload"]["Sql"]
        text = sql["Fn::Sub"].replace("${ThingTypeName}", thing_type) if isinstance(sql, dict) else sql
        action = {"sqs": {"queueUrl": queue_url, "roleArn": ROLE, "useBase64": False}}
        payload = {"sql": text, "awsIotSqlVersion": "2016-03-23", "actions": [action]}
        aws.client("iot").create_topic_rule(ruleName=unique("rule").replace("-", "_"), topicRulePayload=payload)
    return queue_url


def test_events_of_our_type_come_once_and_deletions_of_all_types(aws, thing_types):
    ours, other = thing_types
    queue_url = queue_behind_the_rules(aws, ours)
    registry = aws.client("iot")

    for name, typed in {"a": {"thingTypeName": ours}, "b": {"thingTypeName": other}, "c": {}}.items():
        registry.create_thing(thingName=f"{ours}-{name}", **typed)
        registry.update_thing(thingName=f"{ours}-{name}", attributePayload={"attributes": {"name": "x"}})
        registry.delete_thing(thingName=f"{ours}-{name}")
    registry.create_thing(thingName=f"{ours}-last", thingTypeName=ours)

    events = [event for event in aws.received(queue_url, 6) if event["thingName"].startswith(ours)]
    assert sorted((event["thingName"].removeprefix(ours), event["operation"]) for event in events) == [
        ("-a", "CREATED"),
        ("-a", "DELETED"),
        ("-a", "UPDATED"),
        ("-b", "DELETED"),
        ("-c", "DELETED"),
        ("-last", "CREATED"),
    ]
