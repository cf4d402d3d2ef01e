"""The deployed pipeline as its users see it: things by boto3, devices at The Things Stack, a thing's log and shadow."""

import json
import os
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import boto3

from local import waiting

T = TypeVar("T")

# Twice the time for which an event stays hidden that Ingest put back, as it does on a machine that is too slow for it.
PATIENCE_S = 900.0
THING_TYPE = "lorawan"


def eventually(look: Callable[[], T | None], what: str) -> T:
    """Return what ``look`` finds once it finds something."""
    found = waiting.eventually(look, lambda found: found is not None, timeout_s=PATIENCE_S, every_s=0.25)
    assert found is not None, f"not within {PATIENCE_S:.0f} s: {what}"
    return found


@dataclass(frozen=True, slots=True)
class Case:
    """Of tests/cases: a thing, and what becomes of it."""

    id: str
    attributes: Mapping[str, str]
    expected: Mapping[str, Any]

    @property
    def thing_name(self) -> str:
        return self.id.replace(".", "_")


@dataclass
class Simulator:
    """The Things Stack, by its controls, and as somebody with a key of one application."""

    base_url: str = field(default_factory=lambda: os.environ["TTS_URL"].removesuffix("/api/v3"))
    application: str = field(default_factory=lambda: os.environ["TTS_APPLICATION"])
    api_key: str = field(default_factory=lambda: os.environ["TTS_API_KEY"])

    def control(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        return self._ask(method, f"_control/{path}", body)

    def _ask(self, method: str, path: str, body: Mapping[str, object] | None) -> Any:
        request = urllib.request.Request(
            f"{self.base_url}/{path}",
            method=method,
            data=json.dumps(body or {}).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self.api_key}"},
        )
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or b"null")

    def register(self, device_id: str, dev_eui: str, join_eui: str, *, name: str) -> str:
        """Register a device in the Identity Server as anybody may, without a mark of ours; return its ID."""
        ids = {"device_id": device_id, "dev_eui": dev_eui, "join_eui": join_eui}
        host = self.base_url.removeprefix("http://").partition(":")[0]
        addresses = {f"{server}_server_address": host for server in ("network", "application", "join")}
        self._ask(
            "POST",
            f"api/v3/applications/{self.application}/devices",
            {"end_device": {"ids": ids, "name": name, **addresses}},
        )
        return device_id

    def call(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        """Call The Things Stack's API as anybody with the key may."""
        return self._ask(method, f"api/v3/{path}", body)

    def state(self) -> dict[str, dict[str, Any]]:
        state: dict[str, dict[str, Any]] = self.control("GET", "state")
        return state

    def device_ids(self, server: str) -> set[str]:
        return {key.split("/", 1)[1] for key in self.state()[server]}


@dataclass
class Stack:
    """One deployed stack; ``name`` is CloudFormation's."""

    name: str
    queue_url: str
    dead_letter_queue_url: str
    state_machine_arn: str
    iot: Any = field(default_factory=lambda: boto3.client("iot"))
    shadows: Any = field(default_factory=lambda: boto3.client("iot-data"))
    sqs: Any = field(default_factory=lambda: boto3.client("sqs"))
    logs: Any = field(default_factory=lambda: boto3.client("logs"))
    runs: Any = field(default_factory=lambda: boto3.client("stepfunctions"))

    @property
    def things_log(self) -> str:
        return f"/thethings/lorawan/{self.name}/things"

    def create_thing(self, thing_name: str, attributes: Mapping[str, str]) -> str:
        """Return its thingId."""
        answer = self.iot.create_thing(
            thingName=thing_name, thingTypeName=THING_TYPE, attributePayload={"attributes": dict(attributes)}
        )
        return str(answer["thingId"])

    def create_thing_unnoticed(self, thing_name: str) -> str:
        """Create a thing without type, whose event no rule lets pass, for events that the test sends; return its ID."""
        return str(self.iot.create_thing(thingName=thing_name)["thingId"])

    def update_thing(self, thing_name: str, attributes: Mapping[str, str]) -> None:
        """Replace all attributes."""
        self.iot.update_thing(thingName=thing_name, attributePayload={"attributes": dict(attributes), "merge": False})

    def shadow(self, thing_name: str) -> dict[str, Any] | None:
        try:
            answer = self.shadows.get_thing_shadow(thingName=thing_name, shadowName="registration")
        except self.shadows.exceptions.ResourceNotFoundException:
            return None
        reported: dict[str, Any] = json.loads(answer["payload"].read())["state"]["reported"]
        return reported

    def settled(self, thing_name: str) -> dict[str, Any]:
        """Wait for the thing's shadow."""
        return eventually(lambda: self.shadow(thing_name), f"a shadow of {thing_name}")

    def log_lines(self, thing_name: str) -> list[dict[str, Any]]:
        """Read the thing's log, the oldest line first."""
        try:
            answer = self.logs.get_log_events(
                logGroupName=self.things_log, logStreamName=thing_name.replace(":", "."), startFromHead=True
            )
        except self.logs.exceptions.ResourceNotFoundException:
            return []
        return [json.loads(line["message"]) for line in answer["events"]]

    def outcome(self, thing_name: str, operation: str, version_number: int = 1) -> dict[str, Any]:
        """Wait for the line in the thing's log about a change, and for the end of its run, which writes the shadow."""

        def outcome_line() -> dict[str, Any] | None:
            lines = [line for line in self.log_lines(thing_name) if line.get("operation") == operation]
            line = next((line for line in lines if line["versionNumber"] == version_number), None)
            return line if line and self.has_tombstone(line["executionArn"]) else None

        return eventually(outcome_line, f"an outcome of {operation} {version_number} of {thing_name}")

    def has_tombstone(self, execution_arn: str) -> bool:
        return str(self.runs.describe_execution(executionArn=execution_arn)["status"]) != "RUNNING"

    def send(self, bodies: Iterable[str]) -> None:
        """Put messages on the queue, ten at a time."""
        entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
        self.sqs.send_message_batch(QueueUrl=self.queue_url, Entries=entries)

    def dead_letters(self) -> list[dict[str, Any]]:
        """Take what is in the dead-letter queue now; the caller must put it back or handle it."""
        taken: list[dict[str, Any]] = []
        while True:
            answer = self.sqs.receive_message(
                QueueUrl=self.dead_letter_queue_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
            )
            messages = answer.get("Messages", [])
            if not messages:
                return taken
            for message in messages:
                self.sqs.delete_message(QueueUrl=self.dead_letter_queue_url, ReceiptHandle=message["ReceiptHandle"])
            taken += messages

    def inspect_dead_letters(self) -> list[dict[str, Any]]:
        answer = self.sqs.receive_message(
            QueueUrl=self.dead_letter_queue_url,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            VisibilityTimeout=0,
        )
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        return messages

    def redrive(self) -> int:
        """Move the dead-letter queue back by hand, with the attributes, as StartMessageMoveTask does."""
        messages = self.dead_letters()
        for message in messages:
            attributes = {
                name: {"DataType": value["DataType"], "StringValue": value["StringValue"]}
                for name, value in message.get("MessageAttributes", {}).items()
            }
            self.sqs.send_message(QueueUrl=self.queue_url, MessageBody=message["Body"], MessageAttributes=attributes)
        return len(messages)

    def executions(self, status: str) -> list[dict[str, Any]]:
        pages = self.runs.get_paginator("list_executions").paginate(
            stateMachineArn=self.state_machine_arn, statusFilter=status
        )
        return [run for page in pages for run in page["executions"]]

    def is_quiet(self) -> bool:
        """Return whether nothing is queued, in flight or running."""
        return self.is_empty(self.queue_url) and not self.executions("RUNNING")

    def is_empty(self, queue_url: str) -> bool:
        """Return whether nothing waits in the queue and nobody is at work on what was in it."""
        wanted = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        counts = self.sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=wanted)["Attributes"]
        return not any(int(counts[name]) for name in wanted)

    def wait_until_quiet(self) -> None:
        eventually(lambda: self.is_quiet() or None, f"quiet in stack {self.name}")
