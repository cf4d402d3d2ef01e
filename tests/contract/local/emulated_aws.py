"""AWS as the patched MiniStack has it: short ways to make a function or a state machine and to run them."""

import io
import json
import uuid
import zipfile

from local.emulator import aws_client, set_pace
from tests.patience import eventually

ROLE = "arn:aws:iam::000000000000:role/any"
ENDED = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")
UNHURRIED_S = 120


class EmulatedAws:
    def __init__(self, daemon):
        self.daemon = daemon

    def client(self, service):
        return aws_client(service, self.daemon.port)

    def make_function(self, code, **configuration):
        """Deploy ``code``, a module with a ``handler``; return the function's ARN. Its timeout does not matter."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as bundle:
            bundle.writestr("code.py", code)
        made = self.client("lambda").create_function(
            FunctionName=unique("function"),
            Runtime="python3.13",
            Role=ROLE,
            Handler="code.handler",
            Code={"ZipFile": archive.getvalue()},
            **{"Timeout": UNHURRIED_S} | configuration,
        )
        return made["FunctionArn"]

    def make_machine(self, states):
        """Deploy a machine that starts at the first of ``states``; return its ARN."""
        definition = {"StartAt": next(iter(states)), "States": states}
        made = self.client("stepfunctions").create_state_machine(
            name=unique("machine"), definition=json.dumps(definition), roleArn=ROLE
        )
        return made["stateMachineArn"]

    def run(self, machine_arn, event=None):
        """Start a run with ``event`` and return DescribeExecution of its end."""
        client = self.client("stepfunctions")
        started = client.start_execution(stateMachineArn=machine_arn, input=json.dumps(event or {}))
        return eventually(
            lambda: client.describe_execution(executionArn=started["executionArn"]),
            lambda run: run["status"] in ENDED,
        )

    def run_states(self, states, event=None):
        return self.run(self.make_machine(states), event)

    def make_queue(self, **attributes):
        return self.client("sqs").create_queue(QueueName=unique("queue"), Attributes=attributes)["QueueUrl"]

    def arn_of(self, queue_url):
        attributes = self.client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
        return attributes["Attributes"]["QueueArn"]

    def received(self, queue_url, count=1):
        """Wait for ``count`` messages, take them and return their bodies, parsed."""
        bodies = []

        def take():
            bodies.extend(json.loads(message["Body"]) for message in self._taken(queue_url))
            return bodies

        return eventually(take, lambda taken: len(taken) >= count)

    def _taken(self, queue_url):
        client = self.client("sqs")
        answer = client.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        for message in answer.get("Messages", []):
            client.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
            yield message

    def traces(self):
        stored = self.daemon.folder.parent / "traces.jsonl"
        return stored.read_text() if stored.exists() else ""

    def set_pace(self, scale):
        set_pace(scale, self.daemon.port)


def unique(what):
    return f"{what}-{uuid.uuid4().hex[:8]}"
