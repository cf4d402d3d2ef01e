"""The rule that hears of a disabled key, run: the topic gets a sentence, and hears of no other key."""

import json

import pytest

from tests.contract.local.emulated_aws import ROLE, unique
from tests.contract.sam_template import RESOURCES, values_in

KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY_ARN = f"arn:aws:kms:eu-west-1:000000000000:key/{KEY_ID}"
RULE = RESOURCES["KeyRule"]["Properties"]
TRANSFORMER = RULE["Targets"][0]["InputTransformer"]
# PutEvents takes no source of AWS's own.
SOURCE = "test.kms"


def call(event_name, key_id=KEY_ID, **more):
    """What CloudTrail records of a call. Source: docs.aws.amazon.com/kms/latest/developerguide/ct-disablekey.html."""
    return {
        "eventSource": "kms.amazonaws.com",
        "eventName": event_name,
        "eventTime": "2026-11-26T19:53:55Z",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::000000000000:user/Alice"},
        "requestParameters": {"keyId": key_id},
        **more,
    }


@pytest.fixture
def heard(aws):
    """Return a function that records calls, and returns what the topic says of them."""
    topic_arn = aws.client("sns").create_topic(Name=unique("topic"))["TopicArn"]
    queue_url = aws.make_queue()
    aws.client("sns").subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=aws.arn_of(queue_url))
    name, pattern = unique("rule"), {**RULE["EventPattern"], "source": [SOURCE]}
    pattern["detail"] = {**pattern["detail"], "requestParameters": {"keyId": [KEY_ID, KEY_ARN]}}
    template = TRANSFORMER["InputTemplate"]["Fn::Sub"]
    text = template.replace("${AWS::StackName}", "thingsync").replace("${EncryptionKey}", KEY_ID)
    target = {"Id": "topic", "Arn": topic_arn, "InputTransformer": {**TRANSFORMER, "InputTemplate": text}}
    events = aws.client("events")
    events.put_rule(Name=name, EventPattern=json.dumps(pattern), RoleArn=ROLE)
    events.put_targets(Rule=name, Targets=[target])

    def record(*calls):
        kind = "AWS API Call via CloudTrail"
        events.put_events(Entries=[{"Source": SOURCE, "DetailType": kind, "Detail": json.dumps(one)} for one in calls])
        return [json.loads(message["Message"]) for message in aws.received(queue_url)]

    return record


def test_the_topic_says_who_did_what_and_what_to_do(heard):
    [text] = heard(call("DisableKey"))

    assert "key of the Thingsync stack thingsync was disabled or will be deleted" in text
    assert "DisableKey by arn:aws:iam::000000000000:user/Alice at 2026-11-26T19:53:55Z" in text
    assert f"aws kms enable-key --key-id {KEY_ID}, then thingsync doctor." in text


def test_calls_on_other_keys_refused_ones_and_other_calls_say_nothing(heard):
    told = heard(
        call("DisableKey", "another"),
        call("DisableKey", errorCode="AccessDenied"),
        call("EnableKey"),
        call("ScheduleKeyDeletion", KEY_ARN),
    )

    assert [text.count("ScheduleKeyDeletion by") for text in told] == [1]


def test_the_rule_waits_for_this_stacks_key():
    assert RULE["EventPattern"]["source"] == ["aws.kms"]
    assert RULE["EventPattern"]["detail"]["requestParameters"] == {
        "keyId": [{"Ref": "EncryptionKey"}, {"Fn::GetAtt": ["EncryptionKey", "Arn"]}]
    }
    assert {"Ref": "AlarmTopic"} in list(values_in(RULE["Targets"]))
