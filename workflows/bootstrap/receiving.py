"""Puts ReceiveActivity together from its settings, once per Lambda instance."""

import time
from functools import cache

from workflows.adapters import aws
from workflows.adapters.activity_queue import SQSActivityQueue
from workflows.adapters.journal.known_devices import DynamoDBKnownDevices
from workflows.domain.activity import Received
from workflows.observability.activity import Tally, journal_unread, received
from workflows.schemas.activity import WebhookCall
from workflows.settings import ActivitySettings, JournalSettings, load
from workflows.steps.door import DEVICES_REMEMBERED, PASS_EVERY_S, PASSES_AT_ONCE, Door
from workflows.steps.receive import Receiver
from workflows.steps.recent import RateLimiter, Recent


def receive(call: WebhookCall) -> Received:
    """Receive a call of the webhook; log and count the result."""
    return received(receiver().receive(call), stack_name=load(ActivitySettings).stack_name, known=known())


@cache
def known() -> Tally:
    return Tally("ActivityKnown", time.monotonic)


@cache
def receiver() -> Receiver:
    settings = load(ActivitySettings)
    return Receiver(
        door=Door(
            DynamoDBKnownDevices(aws.dynamodb(), load(JournalSettings).journal_table),
            Recent(time.monotonic, DEVICES_REMEMBERED),
            RateLimiter(time.monotonic, every_s=PASS_EVERY_S, most=PASSES_AT_ONCE),
            journal_unread,
        ),
        queue=SQSActivityQueue(aws.sqs(), settings.activity_queue_url),
        application_id=settings.application_id,
    )
