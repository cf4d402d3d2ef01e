"""Configure: a custom resource's request ► the thing type and registry events ► an answer to CloudFormation.

By hand: invoke it with ``{"RequestType": "Update", "ResourceProperties": {"ThingTypeName": "lorawan"}}``.
"""

from typing import Any

from workflows.adapters import aws
from workflows.adapters.iot_registry import IoTThingRegistry
from workflows.adapters.stack_answers import put_answer
from workflows.observability.log import logger
from workflows.schemas.stack_request import answer_to, load_request
from workflows.steps.configure import configure


def handler(event: dict[str, Any], _context: object) -> dict[str, str]:
    outcome = configure(load_request(event), IoTThingRegistry(aws.iot()))
    logger.info(f"{event['RequestType']}: {outcome.status}, {outcome.reason}")
    answer = answer_to(event, outcome)
    if "ResponseURL" in event:  # by hand there is none
        put_answer(event["ResponseURL"], answer)
    return answer
