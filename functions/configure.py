"""Configure: a custom resource's request ► thing type, registry events, webhook ► an answer to CloudFormation.

For CloudFormation alone; people invoke Reconfigure. Any other event is refused before anything is done. A forged
request has no effect that a genuine one would not have.
"""

from typing import Any

from workflows.adapters.stack_answers import put_answer
from workflows.adapters.things_stack.trust import public_context
from workflows.bootstrap.clients import rehearsed_clients
from workflows.bootstrap.custom_resource import answer_address, custom_resource
from workflows.bootstrap.init import prepare
from workflows.observability.log import logger
from workflows.schemas.stack_request import answer_to, load_request
from workflows.steps.configure import Clock
from workflows.steps.custom_resource import run_safely

prepare(custom_resource, public_context, rehearsed_clients)


def handler(event: dict[str, Any], context: Clock) -> dict[str, str]:
    request, address = load_request(event), answer_address(event["ResponseURL"])
    outcome = run_safely(request.kind, lambda: custom_resource().carry_out(request, context))
    logger.info(f"{request.kind}: {outcome.status}, {outcome.reason}")
    answer = answer_to(event, outcome)
    put_answer(address, answer)
    return answer
