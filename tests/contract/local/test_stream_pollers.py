"""From a table's stream into a function: filtered, in order, and in parts if some fail."""

import json

import pytest

from tests.contract.local.emulated_aws import unique
from tests.patience import eventually

KEY = {"KeyType": "HASH", "AttributeName": "pk"}, {"KeyType": "RANGE", "AttributeName": "sk"}
FACTS = json.dumps({"eventName": ["INSERT"], "dynamodb": {"Keys": {"sk": {"S": [{"prefix": "FACT#"}]}}}})
# Writes which facts each batch had. Fails at the one called FACT#2, at its first try or always.
FUNCTION = """
import json

tries = []

def handler(event, context):
    records = [record["dynamodb"] for record in event["Records"]]
    names = [record["NewImage"]["sk"]["S"] for record in records]
    print(json.dumps(names))
    fails = "FACT#2" in names and not ({once} and tries)
    tries.extend(name for name in names if name == "FACT#2")
    {fail}
    number = records[names.index("FACT#2")]["SequenceNumber"] if fails else None
    return {{"batchItemFailures": [{{"itemIdentifier": number}}] if fails else []}}
"""


@pytest.fixture
def table(aws):
    made = aws.client("dynamodb").create_table(
        TableName=unique("table"),
        BillingMode="PAY_PER_REQUEST",
        KeySchema=list(KEY),
        AttributeDefinitions=[{"AttributeName": key["AttributeName"], "AttributeType": "S"} for key in KEY],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    return made["TableDescription"]


def put(aws, table, *names):
    for name in names:
        item = {"pk": {"S": "THING#1"}, "sk": {"S": name}}
        aws.client("dynamodb").put_item(TableName=table["TableName"], Item=item)


def mapped(aws, table, function_arn, **more):
    aws.client("lambda").create_event_source_mapping(
        EventSourceArn=table["LatestStreamArn"],
        FunctionName=function_arn,
        StartingPosition="TRIM_HORIZON",
        FunctionResponseTypes=["ReportBatchItemFailures"],
        FilterCriteria={"Filters": [{"Pattern": FACTS}]},
        **more,
    )


def batches(aws, function_arn, count):
    group = f"/aws/lambda/{function_arn.rpartition(':')[2]}"
    logs = aws.client("logs")

    def printed():
        groups = [found["logGroupName"] for found in logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]]
        events = [event for name in groups for event in logs.filter_log_events(logGroupName=name)["events"]]
        return [json.loads(event["message"]) for event in events if event["message"].startswith('["')]

    return eventually(printed, lambda found: len(found) >= count)


def test_only_what_the_filter_takes_reaches_the_function_and_from_the_failed_one_on_again(aws, table):
    function_arn = aws.make_function(FUNCTION.format(once=True, fail="pass"))
    put(aws, table, "FACT#1", "SNAPSHOT", "FACT#2", "SNAPSHOT", "FACT#3", "TOMBSTONE")

    mapped(aws, table, function_arn)

    assert batches(aws, function_arn, 2) == [["FACT#1", "FACT#2", "FACT#3"], ["FACT#2", "FACT#3"]]


def test_a_batch_on_which_the_function_fails_is_halved(aws, table):
    function_arn = aws.make_function(FUNCTION.format(once=True, fail="1 / (not fails)"))
    put(aws, table, "FACT#1", "FACT#2", "FACT#3", "FACT#4")

    mapped(aws, table, function_arn, BisectBatchOnFunctionError=True)

    all_four = ["FACT#1", "FACT#2", "FACT#3", "FACT#4"]
    assert batches(aws, function_arn, 3) == [all_four, all_four[:2], all_four[2:]]


def test_what_is_deleted_reaches_no_function_that_wants_what_is_inserted(aws, table):
    function_arn = aws.make_function(FUNCTION.format(once=True, fail="pass"))
    put(aws, table, "FACT#1")
    aws.client("dynamodb").delete_item(
        TableName=table["TableName"], Key={"pk": {"S": "THING#1"}, "sk": {"S": "FACT#1"}}
    )
    put(aws, table, "FACT#3")

    mapped(aws, table, function_arn)

    assert batches(aws, function_arn, 1) == [["FACT#1", "FACT#3"]]
