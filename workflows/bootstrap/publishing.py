"""Puts PublishFacts together from its settings, once per Lambda instance."""

from collections.abc import Mapping
from functools import cache, partial
from typing import Any

from workflows.adapters import aws
from workflows.adapters.dead_letters import SQSDeadLetterQueue
from workflows.adapters.event_bus import EventBridgeFactBus
from workflows.adapters.journal.attribute_values import from_attributes
from workflows.domain.publishing import Published, Streamed
from workflows.observability.facts import published
from workflows.schemas.fact_event import load_fact_event
from workflows.settings import FactSettings, QueueSettings, load
from workflows.steps.publish import Publisher


def publish(event: Mapping[str, Any]) -> Published:
    """Publish what the stream's records hold; log and count the result. The event source filters: all are facts."""
    records = (record["dynamodb"] for record in event["Records"])
    facts = [Streamed(record["SequenceNumber"], from_attributes(record["NewImage"])) for record in records]
    return published(publisher().publish(facts), stack_name=load(FactSettings).stack_name)


@cache
def publisher() -> Publisher:
    of = load(FactSettings)
    return Publisher(
        bus=EventBridgeFactBus(aws.events(), f"thingsync.{of.stack_name}"),
        dead_letters=SQSDeadLetterQueue(aws.sqs(), load(QueueSettings).dead_letter_queue_url),
        read=partial(load_fact_event, stack_name=of.stack_name, application_id=of.application_id),
    )
