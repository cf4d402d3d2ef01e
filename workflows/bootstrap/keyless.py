"""Puts RemoveKeys together from its settings, once per Lambda instance."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from workflows.adapters import aws
from workflows.adapters.described_things import IoTDescribedThings
from workflows.adapters.journal.attribute_values import from_attributes
from workflows.adapters.thing_log import CloudWatchThingLog
from workflows.adapters.written_things import IoTAttributeWriter
from workflows.bootstrap.snapshots import snapshots
from workflows.errors import TransientError
from workflows.observability.keyless import delayed, removed
from workflows.observability.log import log_write_failure
from workflows.settings import KeylessSettings, load
from workflows.steps.remove_keys import KeyRemover


def remove_keys(event: Mapping[str, Any]) -> dict[str, Any]:
    """Go through the facts of the stream's records in order; return from which on they must be delivered again.

    The event source filters: all are outcomes.
    """
    for record in event["Records"]:
        item = from_attributes(record["dynamodb"]["NewImage"])
        thing_id, thing_name = item["pk"].removeprefix("THING#"), item["about"]["thing_name"]
        try:
            removal = remover().remove(thing_id, thing_name, at=datetime.now(UTC))
        except TransientError as error:
            delayed(error)
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
        removed(removal, thing_name, stack_name=load(KeylessSettings).stack_name)
    return {"batchItemFailures": []}


@cache
def remover() -> KeyRemover:
    of = load(KeylessSettings)
    return KeyRemover(
        snapshots=snapshots(),
        things=IoTDescribedThings(aws.iot()),
        writer=IoTAttributeWriter(aws.iot()),
        thing_log=CloudWatchThingLog(aws.logs(), of.things_log_group),
        application_id=of.application_id,
        on_log_failure=log_write_failure,
    )
