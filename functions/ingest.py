"""Ingest: queue messages ► one run of the state machine per change. A message that fails is delivered again."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from workflows.adapters.aws import CALL_TIMEOUT_S
from workflows.bootstrap.ingesting import ingest, stack_name
from workflows.domain.intake import IntakeResult
from workflows.observability.batches import EVENTS, log_and_count
from workflows.observability.tracing import traced
from workflows.schemas.message import message_of
from workflows.steps.ingest import ensure_time_left

# Return the list of failed messages even if all failed. By default the processor would then raise an error.
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


@log_and_count(EVENTS, stack_name)
def start_run(record: SQSRecord, lambda_context: LambdaContext) -> IntakeResult:
    ensure_time_left(lambda_context.get_remaining_time_in_millis(), call_timeout_s=CALL_TIMEOUT_S)
    return ingest().start_run_for(message_of(record.raw_event))


@traced
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return dict(process_partial_response(event, start_run, processor, context))
