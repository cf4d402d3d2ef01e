"""Ingest as it stands between the queue and a state machine: deliveries in, runs out."""

import json
import uuid

from functions import ingest
from tests.golden_events import golden
from tests.workflow.lambda_service import Context
from tests.workflow.surroundings import wait_until


def message(body, **attributes):
    """Return the record of a delivery; ``body``: a text, or an event as AWS IoT publishes it."""
    return golden(
        "sqs-record",
        messageId=str(uuid.uuid4()),
        body=body if isinstance(body, str) else published(body),
        messageAttributes={name: {"stringValue": text, "dataType": "String"} for name, text in attributes.items()},
    )


def published(event):
    return json.dumps(event, separators=(",", ":"))


def delivered(*messages, remaining_ms=300_000):
    """Hand a batch to Ingest; return the IDs of the messages that come again."""
    answer = ingest.handler({"Records": list(messages)}, Context("Ingest", remaining_ms))
    return [item["itemIdentifier"] for item in answer["batchItemFailures"]]


class Runs:
    """The runs of one state machine; they are named without the ID of their thing."""

    def __init__(self, client, state_machine_arn):
        self._client, self.state_machine_arn = client, state_machine_arn

    def of(self, event):
        """Return the runs' names and statuses, the oldest first."""
        found = self._client.list_executions(stateMachineArn=self.state_machine_arn)["executions"]
        return {
            run["name"].removeprefix(event["thingId"]): run["status"]
            for run in sorted(found, key=lambda run: run["startDate"])
            if run["name"].startswith(event["thingId"])
        }

    def wait_until(self, event, *statuses):
        """Wait until the event has so many runs, in these statuses."""
        wait_until(lambda: tuple(self.of(event).values()) == statuses)

    def input_of(self, event, name):
        run = self.state_machine_arn.replace(":stateMachine:", ":execution:") + f":{event['thingId']}{name}"
        return self._client.describe_execution(executionArn=run)["input"]
