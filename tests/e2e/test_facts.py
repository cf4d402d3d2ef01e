"""What happened to things, as the systems beside get it from EventBridge: each fact, and those of a thing in order."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import boto3
import pytest

from local.stacks import deploy, outputs_of
from tests.e2e.commands import thingsync
from tests.e2e.deployed import deployed
from tests.e2e.field import THING_TYPE, Simulator, Stack, eventually
from tests.e2e.test_trouble import attributes_of
from tests.published import faults
from workflows.adapters.journal.history import DynamoDBHistory

NAME = "facts"
EXAMPLE = Path("examples/rejected-things-to-sns.yaml")
Event = dict[str, Any]


@pytest.fixture(scope="module")
def publishing() -> Iterator[Stack]:
    with deployed(NAME, {"PublishFacts": "true"}) as stack:
        yield stack


@pytest.fixture(scope="module")
def received(publishing: Stack) -> Iterator[Callable[[], list[Event]]]:
    """Subscribe to the stack's facts by a rule and a queue; return what reads all that came so far."""
    events, sqs = boto3.client("events"), boto3.client("sqs")
    queue_url, queue_arn = queue("subscriber")
    events.put_rule(Name="subscriber", EventPattern=json.dumps({"source": [f"thingsync.{NAME}"]}))
    events.put_targets(Rule="subscriber", Targets=[{"Id": "queue", "Arn": queue_arn}])
    got: list[Event] = []

    def receive() -> list[Event]:
        messages = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        got.extend(json.loads(message["Body"]) for message in messages)
        return receive() if messages else got

    yield receive
    events.remove_targets(Rule="subscriber", Ids=["queue"])
    events.delete_rule(Name="subscriber")
    sqs.delete_queue(QueueUrl=queue_url)


def queue(name: str) -> tuple[str, str]:
    """Make a queue; return its URL and its ARN."""
    url = boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"]
    attributes = boto3.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    return url, attributes["QueueArn"]


def recorded(thing_id: str) -> list[tuple[str, str]]:
    """Return the name and the time of each fact that the journal has of the thing."""
    journal = DynamoDBHistory(boto3.client("dynamodb"), outputs_of(NAME)["JournalTableName"])
    facts = list(journal.facts(thing_id))
    return [(type(each.fact).__name__, each.at.isoformat(timespec="microseconds")) for each in facts]


def published(events: list[Event], thing_id: str) -> list[tuple[str, str]]:
    """Return the same of each event of the thing, as they came, each once."""
    of_thing = [event for event in events if event["detail"]["thingId"] == thing_id]
    times = (datetime.fromisoformat(event["detail"]["at"]).isoformat(timespec="microseconds") for event in of_thing)
    return list(dict.fromkeys(zip((event["detail-type"] for event in of_thing), times, strict=True)))


def test_each_fact_of_what_happens_to_things_arrives_in_the_order_of_each_thing_and_no_other(
    publishing: Stack, simulator: Simulator, received: Callable[[], list[Event]], run_id: str
):
    names = ["changed", "rejected", "failed", "removed"]
    keys = {name: attributes_of(f"70B3D5{at:02X}{run_id.upper()}", stackName=NAME) for at, name in enumerate(names)}
    del keys["rejected"]["joinEUI"]
    limit = {"error": "pkg/identityserver:tenant_entity_limit", "code": 9, "attributes": {"entity_type": "end_device"}}
    device = f"eui-{keys['failed']['devEUI'].lower()}"

    things = {name: publishing.create_thing(f"{name}-{run_id}", keys[name]) for name in names if name != "failed"}
    for name in ("changed", "rejected", "removed"):
        publishing.outcome(f"{name}-{run_id}", "CREATED")
    simulator.control("POST", "faults", {"method": "POST", "path": "/devices$", "action": "error", "times": 1, **limit})
    things["failed"] = publishing.create_thing(f"failed-{run_id}", keys["failed"])
    publishing.update_thing(f"changed-{run_id}", keys["changed"] | {"name": "Cellar"})
    publishing.iot.delete_thing(thingName=f"removed-{run_id}")
    publishing.outcome(f"failed-{run_id}", "CREATED")
    publishing.outcome(f"changed-{run_id}", "UPDATED", 2)
    publishing.outcome(f"removed-{run_id}", "DELETED")
    publishing.wait_until_quiet()
    expected = {name: recorded(thing_id) for name, thing_id in things.items()}

    def all_arrived() -> dict[str, list[tuple[str, str]]] | None:
        arrived = {name: published(received(), thing_id) for name, thing_id in things.items()}
        return arrived if all(len(arrived[name]) >= len(expected[name]) for name in names) else None

    arrived = eventually(all_arrived, "an event of each fact")

    assert arrived == expected
    kinds = {name: [kind for kind, _ in facts] for name, facts in arrived.items()}
    assert kinds == {
        "changed": ["EventAccepted", "DeviceCreated", "EventAccepted", "DeviceUpdated"],
        "rejected": ["EventRejected"],
        "failed": ["EventAccepted", "EventFailed"],
        "removed": ["EventAccepted", "DeviceCreated", "EventAccepted", "DeviceRemoved"],
    }
    [failed] = [each["detail"] for each in received() if each["detail-type"] == "EventFailed"]
    assert (failed["error"]["name"], failed["deviceId"]) == ("PlanLimitError", device)


def test_what_arrived_is_as_documented_and_holds_no_key(received: Callable[[], list[Event]]):
    got = received()

    assert [faults(event) for event in got if faults(event)] == []
    assert {event["source"] for event in got} == {f"thingsync.{NAME}"}
    dynamodb, table = boto3.client("dynamodb"), outputs_of(NAME)["JournalTableName"]
    items = dynamodb.scan(TableName=table)["Items"]
    registered = [item["fact"]["M"]["device"]["M"] for item in items if "device" in item.get("fact", {}).get("M", {})]
    prints = list(chain.from_iterable(each["fingerprints"]["M"].values() for each in registered))
    assert len(prints) > 1
    assert [each["S"] for each in prints if each["S"] in json.dumps(got)] == []
    # The tests' root keys are 32 hex digits, which nothing else is.
    assert re.findall(r"\b[0-9A-Fa-f]{32}\b", json.dumps([event["detail"] for event in got])) == []


def test_the_example_brings_a_rejected_thing_to_a_topic(publishing: Stack, run_id: str):
    cloudformation, sqs = boto3.client("cloudformation"), boto3.client("sqs")
    given = [{"ParameterKey": "ThingsyncStack", "ParameterValue": NAME}]
    cloudformation.create_stack(StackName="rejections", TemplateBody=EXAMPLE.read_text(), Parameters=given)
    cloudformation.get_waiter("stack_create_complete").wait(StackName="rejections", WaiterConfig={"Delay": 1})
    queue_url, queue_arn = queue("rejections")
    boto3.client("sns").subscribe(
        TopicArn=outputs_of("rejections")["TopicArn"],
        Protocol="sqs",
        Endpoint=queue_arn,
        Attributes={"RawMessageDelivery": "true"},
    )

    publishing.iot.create_thing(
        thingName=f"nameless-{run_id}",
        thingTypeName=THING_TYPE,
        attributePayload={"attributes": {"stackName": NAME, "devEUI": "12"}},
    )

    text = eventually(lambda: sqs.receive_message(QueueUrl=queue_url).get("Messages"), "a message")[0]["Body"]
    cloudformation.delete_stack(StackName="rejections")
    sqs.delete_queue(QueueUrl=queue_url)
    assert text.strip('"').startswith(f"nameless-{run_id} was rejected (InvalidThingError): ")
    assert "devEUI: " in text


def test_doctor_counts_the_facts_that_were_not_published_and_says_what_to_do(publishing: Stack):
    queue_url = outputs_of(NAME)["FactsDeadLetterQueueUrl"]
    boto3.client("sqs").send_message(QueueUrl=queue_url, MessageBody="THING#1 FACT#000000000000")

    done = thingsync("doctor", "--json", STACK_NAME=NAME)

    boto3.client("sqs").purge_queue(QueueUrl=queue_url)
    [check] = [each for each in json.loads(done.stdout)["checks"] if each["found"] == f"{NAME}-FactsDLQ, 1 message"]
    assert done.returncode == 1
    assert f"aws sqs purge-queue --queue-url {queue_url}" in check["fix"]


def test_switched_off_it_leaves_the_journal_alone(publishing: Stack, run_id: str):
    deploy(NAME, {"PublishFacts": "false"})
    functions = boto3.client("lambda").list_functions()["Functions"]
    table = boto3.client("dynamodb").describe_table(TableName=outputs_of(NAME)["JournalTableName"])["Table"]

    publishing.create_thing(f"off-{run_id}", attributes_of(f"70B3D5FF{run_id.upper()}", stackName=NAME))

    assert publishing.outcome(f"off-{run_id}", "CREATED")["outcome"] == "registered"
    assert [each["FunctionName"] for each in functions if each["FunctionName"].startswith(f"{NAME}-PublishFacts")] == []
    assert not (table.get("StreamSpecification") or {}).get("StreamEnabled")
