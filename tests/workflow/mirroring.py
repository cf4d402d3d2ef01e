"""The way of the webhook: calls in, messages to and fro, things out; all by the real handlers."""

import json
import uuid
from dataclasses import replace

from functions import authorize_activity, mirror_device, receive_activity
from tests.activity_samples import SECRET, authorizer_event, call_event
from tests.golden_events import golden
from tests.samples import JOIN_EUI, identity_record, radio
from tests.simulated_stack import stack_with
from tests.workflow.lambda_service import Context
from tests.workflow.queue import message
from workflows.domain.attributes import NO_VALUES
from workflows.domain.device import DeviceIds
from workflows.steps.removal import remove_everywhere

RADIO = radio("EU_863_870_TTN", "MAC_V1_0_3", "PHY_V1_0_3_REV_A")


class Webhook:
    """A stack's webhook, queue and MirrorDevice beside a ``pipeline``; each has a queue of its own."""

    def __init__(self, pipeline, **parameters):
        self.pipeline = pipeline
        self.iot, self._sqs = pipeline.cloud.clients["iot"], pipeline.cloud.clients["sqs"]
        self.queue_url = self._sqs.create_queue(QueueName=f"activity-{uuid.uuid4().hex[:8]}")["QueueUrl"]
        secret_arn = pipeline.cloud.secret("thingsync/thingsync/webhook", SECRET)
        pipeline.stored_secrets.append(SECRET)
        self.iot.create_thing_type(thingTypeName="lorawan")
        variables = {"THING_NAME_SCHEME": "DevEUI", "ACTIVITY_QUEUE_URL": self.queue_url}
        pipeline.deploy(**variables, WEBHOOK_SECRET_ARN=secret_arn, **parameters)

    def register(self, ids=None, **record):
        """Somebody registers a device in The Things Stack, on all servers; return its IDs."""
        number = uuid.uuid4().hex[:8].upper()
        ids = ids or DeviceIds(f"sensor-{number.lower()}", f"70B3D57E{number}", JOIN_EUI)
        stack = stack_with(self.pipeline.simulator)
        stack.create_identity(identity_record(ids, **record))
        stack.set_network(ids, RADIO)
        stack.set_application(ids, NO_VALUES)
        return ids

    def register_again(self, ids, **record):
        """Somebody deletes a device and registers it under another ID; return its IDs."""
        stack = stack_with(self.pipeline.simulator)
        remove_everywhere(stack, ids.device_id, stack.identity(ids.device_id))
        return self.register(replace(ids, device_id=f"{ids.device_id[:32]}-new"), **record)

    def call(self, ids, secret=SECRET, *, joins=False, **other_ids):
        """The Things Stack reports an uplink, or a join; return the status that it gets."""
        sent_ids = {
            "device_id": ids.device_id,
            "application_ids": {"application_id": "demo-app"},
            "dev_eui": ids.dev_eui,
            "join_eui": ids.join_eui,
        }
        said = authorize_activity.handler(authorizer_event(secret), Context("AuthorizeActivity"))
        if not said["isAuthorized"]:
            return 403
        event = call_event(
            {"end_device_ids": sent_ids | other_ids, "received_at": "2026-03-01T08:35:02Z"},
            authorizer={"lambda": said["context"]},
            is_join=joins,
        )
        return receive_activity.handler(event, Context("ReceiveActivity"))["statusCode"]

    def queued(self):
        """Take all that waits."""
        bodies = []
        while found := self._sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10).get("Messages", []):
            bodies += [one["Body"] for one in found]
            for one in found:
                self._sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=one["ReceiptHandle"])
        return bodies

    def mirror(self, *bodies):
        """Hand a batch to MirrorDevice, by default all that waits; return the bodies that are delivered again."""
        records = [message(body) for body in bodies or self.queued()]
        answer = mirror_device.handler({"Records": records}, Context("MirrorDevice"))
        again = {item["itemIdentifier"] for item in answer["batchItemFailures"]}
        return [json.loads(record["body"]) for record in records if record["messageId"] in again]

    def sent(self, ids, **other_ids):
        """Let a device send, and its message be processed."""
        assert self.call(ids, **other_ids) == 202
        assert self.mirror() == []

    def thing(self, name):
        try:
            return self.iot.describe_thing(thingName=name)
        except self.iot.exceptions.ResourceNotFoundException:
            return None

    def event_of(self, name, operation="created", **changes):
        """Return the event that AWS IoT publishes about a thing."""
        thing = self.thing(name)
        fields = {"thingName": name, "thingId": thing["thingId"], "attributes": thing["attributes"]}
        event = golden(operation, **{**fields, "versionNumber": 1, **changes})
        self.pipeline.events.append(event)
        return event
