"""PublishFacts as Lambda calls it: the stream's records in, events out, and which records come again."""

import json

import pytest
from botocore.stub import Stubber
from moto import mock_aws

from tests.journal_samples import CREATED, entry
from workflows.adapters import aws
from workflows.adapters.journal.attribute_values import to_attributes
from workflows.adapters.journal.items import fact_item
from workflows.bootstrap import publishing
from workflows.domain.fold import ThingState


@pytest.fixture
def handler(monkeypatch):
    environment = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "STACK_NAME": "thingsync",
        "APPLICATION_ID": "demo-app",
        "POWERTOOLS_TRACE_DISABLED": "true",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    for cached in (publishing.publisher, aws.events, aws.sqs):
        cached.cache_clear()
    with mock_aws():
        monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", aws.sqs().create_queue(QueueName="FactsDLQ")["QueueUrl"])
        from functions.publish_facts import handler  # noqa: PLC0415  # reads the environment

        yield lambda *records: handler({"Records": list(records)}, None)
    for cached in (publishing.publisher, aws.events, aws.sqs):
        cached.cache_clear()


def record(number, **changes):
    """Return a stream's record of a fact of a thing of its own."""
    item = fact_item(entry(ThingState(), CREATED, thing_id=f"thing-{number}")) | to_attributes(changes)
    return {"eventName": "INSERT", "dynamodb": {"SequenceNumber": str(number), "NewImage": item}}


def printed(capsys):
    """Return the metrics that were counted, by name."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    return {metric["Name"]: line[metric["Name"]] for line in lines for metric in _metrics(line)}


def _metrics(line):
    return [metric for directive in line["_aws"]["CloudWatchMetrics"] for metric in directive["Metrics"]]


def test_what_eventbridge_refuses_comes_again_with_all_that_follows(handler, capsys):
    entries = [{"EventId": "1"}, {"ErrorCode": "InternalFailure"}, {"EventId": "3"}]
    with Stubber(aws.events()) as stub:
        stub.add_response("put_events", {"FailedEntryCount": 1, "Entries": entries})

        answer = handler(record(1), record(2), record(3))

    assert answer == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert printed(capsys) == {"FactsPublished": [1.0], "FactsDelayed": [1.0]}


def test_a_fact_of_a_form_that_is_not_known_is_put_aside_by_its_key(handler):
    answer = handler(record(1), record(2, fact={"type": "DeviceCreated", "version": 2, "secret": "hush"}), record(3))

    queue_url = aws.sqs().get_queue_url(QueueName="FactsDLQ")["QueueUrl"]
    [message] = aws.sqs().receive_message(QueueUrl=queue_url, MessageAttributeNames=["All"])["Messages"]
    assert answer == {"batchItemFailures": []}
    assert message["Body"] == "THING#thing-2 FACT#000000000000"
    assert message["MessageAttributes"]["ErrorName"]["StringValue"] == "UnknownFactError"
    assert "hush" not in json.dumps(message)


def test_a_call_that_is_not_allowed_fails_so_that_lambda_counts_an_error(handler):
    with Stubber(aws.events()) as stub:
        stub.add_client_error("put_events", "AccessDeniedException", http_status_code=400)

        with pytest.raises(aws.events().exceptions.ClientError, match="AccessDenied"):
            handler(record(1))
