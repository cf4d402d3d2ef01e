"""Ingest: queue messages ► one run of the state machine per change. A message that fails is delivered again."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from workflows.adapters.aws import CALL_TIMEOUT_S
from workflows.bootstrap.clients import rehearsed_clients
from workflows.bootstrap.ingesting import ingest, stack_name
from workflows.bootstrap.init import prepare
from workflows.bootstrap.time_left import Invocation
from workflows.domain.intake import IntakeResult
from workflows.observability.batches import EVENTS, log_and_count, partial_response
from workflows.observability.tracing import traced
from workflows.schemas.message import message_of
from workflows.steps.ingest import ensure_time_left

prepare(ingest, rehearsed_clients)


@log_and_count(EVENTS, stack_name)
def start_run(record: Mapping[str, Any], context: Invocation) -> IntakeResult:
    ensure_time_left(context.get_remaining_time_in_millis(), call_timeout_s=CALL_TIMEOUT_S)
    return ingest().start_run_for(message_of(record))


@traced
def handler(event: dict[str, Any], context: Invocation) -> dict[str, Any]:
    return partial_response(event, partial(start_run, context=context))
