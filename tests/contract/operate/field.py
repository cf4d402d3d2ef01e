"""A stack as the command finds it, and short ways to fill it and to call the command."""

import functools
import json
import pathlib
from dataclasses import dataclass

import boto3
import jsonschema
from typer.testing import CliRunner

from operate.adapters.aws import AwsAccess, Clients
from operate.adapters.stacks import Resource, Stack
from operate.app import app
from operate.operator import Operator
from tests.journal_samples import append
from tests.journal_table import WholeJournal, create_table
from tests.samples import CREATE, STACK

MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:thingsync"
SCHEMAS = pathlib.Path("operate/json_schemas")
WIDTH = 80


@dataclass(frozen=True)
class FoundOperator(Operator):
    """moto's CloudFormation takes libraries that nothing else here needs, so the stack is found already."""

    found: Stack
    found_resources: tuple[Resource, ...] = ()

    @property
    def stack(self):
        return self.found

    @property
    def resources(self):
        return list(self.found_resources)


@functools.cache
def client(service):
    """A client of the tests' own: making it for every account takes longer than its calls."""
    session = boto3.Session(aws_access_key_id="any", aws_secret_access_key="any", region_name="eu-west-1")
    return session.client(service)


class Field:
    """``stored`` is how many things DynamoDB says that there are; moto says nothing."""

    def __init__(self):
        self.stored = 0
        self.sqs, self.iot = client("sqs"), client("iot")
        self.shadows, self.alarms = client("iot-data"), client("cloudwatch")
        self.queue_url = self.sqs.create_queue(QueueName="thingsync-RegistryEvents")["QueueUrl"]
        self.activity_queue_url = self.sqs.create_queue(QueueName="thingsync-DeviceActivity")["QueueUrl"]
        self.dead_letter_queue_url = self.sqs.create_queue(QueueName="thingsync-RegistryEventsDLQ")["QueueUrl"]
        self.table = create_table(client("dynamodb"))
        self.journal = WholeJournal(client("dynamodb"), self.table)
        self.resources = [Resource("DeadLettersAlarm", "AWS::CloudWatch::Alarm", "thingsync-DeadLettersAlarm-1")]
        self.parameters = {"ApplicationId": "demo-app"}
        self.outputs = {
            "QueueUrl": self.queue_url,
            "DeadLetterQueueUrl": self.dead_letter_queue_url,
            "ActivityQueueUrl": self.activity_queue_url,
            "StateMachineArn": MACHINE,
            "JournalTableName": self.table,
            "ThingTypeName": "lorawan",
        }

    def operator(self):
        arn = "arn:aws:cloudformation:eu-west-1:123456789012:stack/thingsync/1"
        stack = Stack(STACK, arn, self.outputs, self.parameters)
        clients = Clients(AwsAccess())
        clients.dynamodb.meta.events.register("after-call.dynamodb.DescribeTable", self._say_how_many)
        return FoundOperator(clients, STACK, stack, tuple(self.resources))

    def _say_how_many(self, parsed, **_):
        for index in parsed["Table"]["GlobalSecondaryIndexes"]:
            index["ItemCount"] = self.stored

    def call(self, *arguments, answers=""):
        """Run the command; nothing but the process around it is left out."""
        return CliRunner().invoke(app, [str(each) for each in arguments], obj=self.operator(), input=answers)

    def printed(self, *arguments, exit_code=0, answers=""):
        """Return what people read, which fits their terminal, except for a command: it is copied from one line."""
        done = self.call(*arguments, answers=answers)
        assert done.exit_code == exit_code, done.output
        wrapped = [line for line in done.stdout.splitlines() if not line.lstrip().startswith("→ thingsync ")]
        assert max(map(len, wrapped), default=0) <= WIDTH, done.stdout
        return done.stdout

    def document(self, schema, *arguments, exit_code=0):
        """Return what programs read, which its schema allows."""
        done = self.call(*arguments, "--json")
        assert done.exit_code == exit_code, done.output
        document = json.loads(done.stdout)
        jsonschema.validate(document, json.loads((SCHEMAS / f"{schema}.json").read_text()))
        return document

    def happened(self, thing_name, *facts, thing_id=None):
        append(self.journal, *facts, thing_id=thing_id or f"id-of-{thing_name}", thing_name=thing_name)

    def as_an_older_version_wrote(self, thing_name):
        """Take from the snapshot what older versions did not write."""
        self._items.update_item(
            Key={"pk": f"THING#id-of-{thing_name}", "sk": "SNAPSHOT"},
            UpdateExpression="REMOVE #state.settled.error_name, #state.settled.message, #state.settled.run",
            ExpressionAttributeNames={"#state": "state"},
        )

    def without_facts(self, thing_name):
        """Leave only the snapshot."""
        for number in range(3):
            self._items.delete_item(Key={"pk": f"THING#id-of-{thing_name}", "sk": f"FACT#{number:012}"})

    @property
    def _items(self):
        return boto3.resource("dynamodb").Table(self.table)

    def create_thing(self, thing_name, **attributes):
        made = self.iot.create_thing(
            thingName=thing_name, thingTypeName="lorawan", attributePayload={"attributes": {**CREATE, **attributes}}
        )
        return made["thingId"]

    def bury(self, body, **attributes):
        """Put a message into the dead-letter queue."""
        self.sqs.send_message(
            QueueUrl=self.dead_letter_queue_url,
            MessageBody=body,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
            },
        )

    def waiting(self, queue_url):
        """Take what waits in a queue."""
        answer = self.sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        return [message["Body"] for message in answer.get("Messages", [])]
