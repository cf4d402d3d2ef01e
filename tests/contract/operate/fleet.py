"""A fleet whose things, journal and devices a test fills one by one; the pipeline itself is not there."""

import json
import pathlib
import threading

import boto3
import jsonschema
from moto.iot.models import iot_backends

from operate.adapters.aws import AwsAccess, Clients
from operate.adapters.stacks import Stack
from tests.contract.operate.field import SCHEMAS, Field, FoundOperator
from tests.journal_samples import accepted, change
from tests.samples import STACK, identity_record, radio, registered_device
from tests.simulated_stack import API_KEY, stack_with
from workflows.domain.attributes import NO_VALUES, DeviceKeys
from workflows.domain.facts import DeviceCreated, EventRejected
from workflows.domain.mark import Mark

RADIO = radio("EU_863_870_TTN", "MAC_V1_0_3", "PHY_V1_0_3_REV_A")
KEY = "9F3A6C0D51E27B84A0C95D1E3F7284B6"


class Fleet(Field):
    """``when_created`` says what facts follow when AWS IoT has created a thing, ``when_sent`` does what follows events.

    ``answers`` do what follows other calls of AWS IoT, by their names.
    """

    def __init__(self, simulator):
        super().__init__()
        self.simulator, self.devices = simulator, stack_with(simulator)
        self.when_created, self.when_sent, self.answers = None, lambda: None, {}
        self._turn = threading.Lock()
        secret = boto3.client("secretsmanager").create_secret(Name="thingsync/api-key", SecretString=API_KEY)
        self.outputs |= {
            "ApplicationApiKeySecretArn": secret["ARN"],
            "FrequencyPlanId": RADIO.frequency_plan_id,
            "ClaimLoRaWANVersion": "1.0.3",
            "ClaimRegionalParametersVersion": "1.0.3-a",
        }

    def operator(self):
        clients = Clients(AwsAccess())
        clients.iot.meta.events.register("before-call.iot", self._begins)
        clients.iot.meta.events.register("after-call.iot", self._ends)
        clients.sqs.meta.events.register("after-call.sqs.SendMessageBatch", lambda **_: self.when_sent())
        arn = "arn:aws:cloudformation:eu-west-1:123456789012:stack/thingsync/1"
        parameters = {**self.parameters, "ClusterAddress": self.simulator.address}
        return FoundOperator(clients, STACK, Stack(STACK, arn, self.outputs, parameters), tuple(self.resources))

    def _begins(self, **_):
        """Let one thread at a time into moto, which would stumble over several."""
        self._turn.acquire()

    def _ends(self, model, parsed, **_):
        try:
            if self.when_created and model.name == "CreateThing":
                self.happened(parsed["thingName"], *self.when_created(parsed["thingName"]), thing_id=parsed["thingId"])
            self.answers.get(model.name, lambda: None)()
        finally:
            self._turn.release()

    def lines(self, schema, *arguments, exit_code=0):
        """Return the JSON lines that programs read, which their schema allows, without that of an error at the end."""
        done = self.call(*arguments, "--json")
        assert done.exit_code == exit_code, done.output
        found = [json.loads(line) for line in done.stdout.splitlines()]
        if found and found[-1].keys() == {"error"}:
            found.pop()
        for line in found:
            jsonschema.validate(line, json.loads((pathlib.Path(SCHEMAS) / f"{schema}.json").read_text()))
        return found

    def registered(self, thing_name, dev_eui, **attributes):
        """Make a thing whose device is registered, in all three places; return what the journal knows of it."""
        thing_id = self.create_thing(thing_name, devEUI=dev_eui, **attributes)
        device = self.device(thing_id, dev_eui, **attributes)
        self.happened(thing_name, *registration(device), thing_id=thing_id)
        mark = Mark(STACK, thing_id, device.run).attributes()
        self.devices.create_identity(identity_record(device.ids, device.values.name, device.values.description, mark))
        self.devices.set_join(device.ids, DeviceKeys(KEY))
        self.devices.set_network(device.ids, RADIO)
        self.devices.set_application(device.ids, NO_VALUES)
        return device

    def device(self, thing_id, dev_eui, name=None, description=None, **_):
        ids = {"device_id": f"eui-{dev_eui.lower()}", "named": f"eui-{dev_eui.lower()}", "dev_eui": dev_eui}
        return registered_device(run=f"{thing_id}-v1-CREATED", name=name, description=description, **ids)

    def changes(self, thing_name, **changes):
        """Update a thing, unheard; moto counts no versions."""
        self.iot.update_thing(thingName=thing_name, **changes)
        [things] = [each.things for each in iot_backends["123456789012"].values() if each.things]
        [thing] = [each for each in things.values() if each.thing_name == thing_name]
        thing.version += 1

    def events(self):
        """Take the events that wait in the queue, with their attributes."""
        ask = {"QueueUrl": self.queue_url, "MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"]}
        return [
            (json.loads(message["Body"]), message.get("MessageAttributes", {}))
            for message in self.sqs.receive_message(**ask).get("Messages", [])
        ]


def registration(device):
    of = change(run=device.run)
    return [accepted(of, device.device_id), DeviceCreated(of, device)]


def rejection(message=""):
    return [accepted(), EventRejected(change(), "InvalidThingError", message=message)]
