"""The stack as far as runs of the state machine need it, in moto: the real definition, queue, log group, secrets."""

import json
import re
import uuid
from dataclasses import dataclass

from moto.dynamodb.models import dynamodb_backends
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from tests.simulated_stack import API_KEY
from tests.state_machine import ACCOUNT, REGION, deployed
from tests.workflow.surroundings import FINGERPRINT_SECRET, STACK, THINGS_LOG_GROUP, wait_until

SERVICES = ("dynamodb", "iot", "iot-data", "logs", "secretsmanager", "sqs", "ssm", "stepfunctions")


@dataclass(frozen=True)
class Run:
    """An execution that has ended. ``path``: the states it entered; ``cause`` as the Fail state gave it."""

    arn: str
    status: str
    path: tuple[str, ...]
    error: str | None
    cause: str | None

    @property
    def name(self):
        return self.arn.rpartition(":")[2]

    @property
    def message(self):
        """The error's text, out of what Lambda's runtime made of it."""
        return json.loads(self.cause)["errorMessage"]

    @property
    def reason(self):
        return f"{self.error}: {self.message}"


class Cloud:
    """``impatient_arn`` is of a state machine that tries everything once, for runs that are to break in the middle."""

    def __init__(self, clients):
        self.clients = clients
        self.dead_letter_queue_url = self.clients["sqs"].create_queue(QueueName="RegistryEventsDLQ")["QueueUrl"]
        self.clients["logs"].create_log_group(logGroupName=THINGS_LOG_GROUP)
        self.api_key_secret_arn = self.secret(f"thingsync/{STACK}/api-key", API_KEY)
        self.fingerprint_secret_arn = self.secret(f"thingsync/{STACK}/fingerprints", FINGERPRINT_SECRET)
        definition = deployed(self.dead_letter_queue_url)
        self.state_machine_arn = self.deploy(STACK, definition)
        self.impatient_arn = self.deploy("impatient", re.sub(r'"MaxAttempts": \d+', '"MaxAttempts": 0', definition))

    def deploy(self, name, definition):
        """Create a state machine; return its ARN."""
        client = self.clients["stepfunctions"]
        return client.create_state_machine(
            name=name, definition=definition, roleArn=f"arn:aws:iam::{ACCOUNT}:role/any"
        )["stateMachineArn"]

    def secret(self, name, value):
        """Create a secret, or give it another value; return its ARN."""
        client = self.clients["secretsmanager"]
        try:
            return client.put_secret_value(SecretId=name, SecretString=value)["ARN"]
        except client.exceptions.ResourceNotFoundException:
            return client.create_secret(Name=name, SecretString=value)["ARN"]

    def parameter(self, name, value):
        """Create a parameter, or give it another value; return its name."""
        self.clients["ssm"].put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)
        return name

    def start(self, event, *, state_machine_arn=None):
        """Start a run as a new execution in the console does; return its ARN."""
        started = self.clients["stepfunctions"].start_execution(
            stateMachineArn=state_machine_arn or self.state_machine_arn, name=str(uuid.uuid4()), input=json.dumps(event)
        )
        return started["executionArn"]

    def ended(self, execution_arn):
        """Wait for a run's end. Ask moto itself: answering by HTTP takes it longer than the run."""
        moto = stepfunctions_parser_backends[ACCOUNT][REGION]
        run = moto.describe_execution(execution_arn)
        wait_until(lambda: run.status == "SUCCEEDED" or (run.status == "FAILED" and run.cause is not None))
        history = moto.get_execution_history(execution_arn)["events"]
        path = [step["stateEnteredEventDetails"]["name"] for step in history if step["type"].endswith("StateEntered")]
        return Run(execution_arn, run.status, tuple(path), run.error, run.cause)

    def dead_letters(self):
        """Take all messages from the dead-letter queue: each one's body and its attributes."""
        ask = {"QueueUrl": self.dead_letter_queue_url, "MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"]}
        messages = self.clients["sqs"].receive_message(**ask).get("Messages", [])
        for message in messages:
            self.clients["sqs"].delete_message(
                QueueUrl=self.dead_letter_queue_url, ReceiptHandle=message["ReceiptHandle"]
            )
        return [(message["Body"], _texts(message.get("MessageAttributes", {}))) for message in messages]

    def journal_items(self, table_name):
        """Return all that a table holds; moto is asked itself, as of runs."""
        table = dynamodb_backends[ACCOUNT][REGION].tables[table_name]
        return [item.to_json() for item in table.all_items()]

    def log_lines(self, stream):
        """Read a stream of the things' log group; a stream that is not there has no lines."""
        client = self.clients["logs"]
        try:
            events = client.get_log_events(logGroupName=THINGS_LOG_GROUP, logStreamName=stream)["events"]
        except client.exceptions.ResourceNotFoundException:
            return []
        return [json.loads(event["message"]) for event in events]

    def shadow(self, thing_name):
        client = self.clients["iot-data"]
        try:
            answer = client.get_thing_shadow(thingName=thing_name, shadowName="registration")
        except client.exceptions.ResourceNotFoundException:
            return None
        return json.loads(answer["payload"].read())["state"]["reported"]


def _texts(attributes):
    return {name: attribute["StringValue"] for name, attribute in attributes.items()}
