"""The IoT rules: every registry event of our things once, on the queue, or on the dead-letter queue."""

import pytest

from tests.contract.sam_template import of_type

RULES = {name: one["TopicRulePayload"] for name, one in of_type("AWS::IoT::TopicRule").items()}
each_rule = pytest.mark.parametrize("rule", sorted(RULES))


def test_changes_are_filtered_by_type_and_deletions_are_not():
    """A DELETED may lack the type, and must not come by both rules."""
    assert {name: one["Sql"] for name, one in RULES.items()} == {
        "ChangeRule": {
            "Fn::Sub": "SELECT * FROM '$aws/events/thing/+/+'"
            " WHERE thingTypeName = '${ThingTypeName}' AND topic(5) <> 'deleted'"
        },
        "DeletionRule": "SELECT * FROM '$aws/events/thing/+/deleted'",
    }


@each_rule
def test_a_rule_puts_events_on_the_queue_and_its_failures_on_the_dead_letter_queue(rule):
    (action,) = RULES[rule]["Actions"]

    assert action["Sqs"]["QueueUrl"] == {"Ref": "RegistryEvents"}
    assert RULES[rule]["ErrorAction"]["Sqs"]["QueueUrl"] == {"Ref": "RegistryEventsDLQ"}


@each_rule
def test_a_rule_leaves_events_as_they_are(rule):
    (action,) = RULES[rule]["Actions"]

    assert action["Sqs"]["UseBase64"] is False
    assert RULES[rule]["AwsIotSqlVersion"] == "2016-03-23"
