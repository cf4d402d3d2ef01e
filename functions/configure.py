"""Configure: a custom resource's request ► thing type, registry events, webhook ► an answer to CloudFormation.

By hand it is invoked with ``{}``: nobody waits for an answer, and what is wrong is the call's error.
"""

from typing import Any

from workflows.adapters.stack_answers import put_answer
from workflows.assembly.configuring import configure
from workflows.observability.log import logger
from workflows.schemas.stack_request import answer_to, load_request
from workflows.steps.configure import Clock, settled


def handler(event: dict[str, Any], context: Clock) -> dict[str, str]:
    if "ResponseURL" not in event:
        return {"Status": "SUCCESS", "Reason": configure().carry_out(load_request(event), context)}
    outcome = settled(event["RequestType"], lambda: configure().carry_out(load_request(event), context))
    logger.info(f"{event['RequestType']}: {outcome.status}, {outcome.reason}")
    answer = answer_to(event, outcome)
    put_answer(event["ResponseURL"], answer)
    return answer
