"""From a queue into a function: attributes, partial failures, and the dead-letter queue after five receives."""

import json

import pytest

from tests.patience import eventually

REPORT_POISON = """
import json

def handler(event, context):
    poison = [record for record in event["Records"] if json.loads(record["body"])["poison"]]
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in poison]}
"""


def map_queue(aws, queue_url, function_arn, **more):
    return aws.client("lambda").create_event_source_mapping(
        EventSourceArn=aws.arn_of(queue_url), FunctionName=function_arn, BatchSize=10, **more
    )


@pytest.fixture
def dead_letters(aws):
    return aws.make_queue()


@pytest.fixture
def queue(aws, dead_letters):
    policy = {"deadLetterTargetArn": aws.arn_of(dead_letters), "maxReceiveCount": 5}
    return aws.make_queue(RedrivePolicy=json.dumps(policy), VisibilityTimeout="0")


def test_a_poison_message_reaches_the_dead_letter_queue_and_its_nine_neighbours_are_done(aws, queue, dead_letters):
    messages = [{"Id": str(n), "MessageBody": json.dumps({"number": n, "poison": n == 7})} for n in range(10)]
    aws.client("sqs").send_message_batch(QueueUrl=queue, Entries=messages)

    map_queue(aws, queue, aws.make_function(REPORT_POISON), FunctionResponseTypes=["ReportBatchItemFailures"])

    assert aws.received(dead_letters) == [{"number": 7, "poison": True}]
    assert eventually(lambda: waiting(aws, queue), lambda count: count == 0) == 0


def test_a_function_that_raises_keeps_the_whole_batch(aws, queue, dead_letters):
    aws.client("sqs").send_message(QueueUrl=queue, MessageBody='{"number": 1}')

    map_queue(aws, queue, aws.make_function("def handler(event, context): raise ValueError"))

    assert aws.received(dead_letters) == [{"number": 1}]


def test_a_messages_attributes_reach_the_function(aws, queue):
    attribute = {"DataType": "String", "StringValue": "arn:of:a:run"}
    log = "import json\ndef handler(event, context): print(json.dumps(event['Records'][0]['messageAttributes']))"
    function_arn = aws.make_function(log)
    aws.client("sqs").send_message(QueueUrl=queue, MessageBody="{}", MessageAttributes={"ExecutionArn": attribute})

    map_queue(aws, queue, function_arn, ScalingConfig={"MaximumConcurrency": 2})

    printed, *_ = eventually(lambda: printed_by(aws, function_arn), len)
    assert printed["ExecutionArn"]["stringValue"] == "arn:of:a:run"


def test_a_state_sends_a_message_with_attributes(aws, queue):
    aws.run_states(
        {
            "Send": {
                "Type": "Task",
                "Resource": "arn:aws:states:::sqs:sendMessage",
                "Parameters": {
                    "QueueUrl": queue,
                    "MessageBody.$": "States.JsonToString($$.Execution.Input)",
                    "MessageAttributes": {"ErrorName": {"DataType": "String", "StringValue.$": "$.error"}},
                },
                "End": True,
            }
        },
        {"error": "ThingError"},
    )

    (message,) = aws.client("sqs").receive_message(QueueUrl=queue, MessageAttributeNames=["All"])["Messages"]

    assert json.loads(message["Body"]) == {"error": "ThingError"}
    assert message["MessageAttributes"]["ErrorName"]["StringValue"] == "ThingError"


def waiting(aws, queue_url):
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    attributes = aws.client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)["Attributes"]
    return sum(int(attributes[name]) for name in names)


def printed_by(aws, function_arn):
    group = f"/aws/lambda/{function_arn.rpartition(':')[2]}"
    logs = aws.client("logs")
    groups = [found["logGroupName"] for found in logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]]
    events = [event for name in groups for event in logs.filter_log_events(logGroupName=name)["events"]]
    return [json.loads(event["message"]) for event in events if event["message"].startswith("{")]
