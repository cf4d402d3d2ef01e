"""MirrorDevice: devices' activity from the queue ► a thing for each; a message that failed is delivered again."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from workflows.bootstrap.mirroring import mirror, stack_name
from workflows.domain.activity import ActivityResult
from workflows.observability.batches import ACTIVITY, log_and_count
from workflows.observability.tracing import traced
from workflows.schemas.activity import load_queued

processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


@log_and_count(ACTIVITY, stack_name)
def ensure_thing(record: SQSRecord) -> ActivityResult:
    return mirror().ensure_thing(load_queued(record.body))


@traced
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return dict(process_partial_response(event, ensure_thing, processor, context))
