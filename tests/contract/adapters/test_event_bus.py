"""Facts on EventBridge: what its rules match, and what it refuses."""

import json

import pytest
from botocore.stub import Stubber

from tests.journal_samples import CREATED
from tests.published import event_of, faults
from tests.samples import STACK
from workflows.adapters import aws
from workflows.adapters.event_bus import EventBridgeFactBus
from workflows.domain.publishing import Refusal
from workflows.errors import RegistryThrottledError

SOURCE = f"thingsync.{STACK}"


@pytest.fixture
def bus(cloud):
    return EventBridgeFactBus(aws.events(), SOURCE)


@pytest.fixture
def matched(cloud):
    """Return what a rule for this stack's facts brings to a queue."""
    queue_url = aws.sqs().create_queue(QueueName="subscriber")["QueueUrl"]
    arn = aws.sqs().get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = {"source": [SOURCE], "detail-type": ["DeviceCreated"]}
    aws.events().put_rule(Name="facts", EventPattern=json.dumps(pattern))
    aws.events().put_targets(Rule="facts", Targets=[{"Id": "queue", "Arn": arn}])

    def receive():
        answer = aws.sqs().receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in answer.get("Messages", [])]

    return receive


def test_a_rule_gets_the_event_as_documented(bus, matched):
    event = event_of(CREATED)

    assert bus.put([event]) is None

    [got] = matched()
    assert (got["source"], got["detail-type"], got["detail"]) == (SOURCE, "DeviceCreated", event.detail)
    assert got["time"].startswith("2025-11-26T10:00:00")
    assert faults(got) == []


def test_the_first_event_that_is_refused_is_named_with_the_reason(bus):
    answer = {
        "FailedEntryCount": 2,
        "Entries": [{"EventId": "1"}, {"ErrorCode": "ThrottlingException"}, {"ErrorCode": "InternalFailure"}],
    }
    with Stubber(aws.events()) as stub:
        stub.add_response("put_events", answer)

        assert bus.put([event_of(CREATED)] * 3) == Refusal(1, "ThrottlingException")


def test_a_throttled_call_is_a_transient_error(bus):
    with Stubber(aws.events()) as stub:
        stub.add_client_error("put_events", "ThrottlingException", http_status_code=400)

        with pytest.raises(RegistryThrottledError, match="AWS throttled PutEvents"):
            bus.put([event_of(CREATED)])
