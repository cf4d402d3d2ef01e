"""StartExecution's rules for names and inputs.

Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
"""

import json
import re
from typing import Any

from local.ministack.patching import Operation, Patch, Response, ministack_module, refused

NAME_MAX_CHARS = 80
INPUT_MAX_BYTES = 262_144
_FORBIDDEN = re.compile(r"[\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]")

Request = dict[str, Any]


def _strict(original: Operation) -> Operation:
    def start_execution(request: Request) -> Response:
        return _refusal(request) or _running_twin(request) or original(request)

    return start_execution


def _refusal(request: Request) -> Response | None:
    name, text = request.get("name"), request.get("input", "{}")
    if name is not None and (not 1 <= len(name) <= NAME_MAX_CHARS or _FORBIDDEN.search(name)):
        return refused("InvalidName", f"Invalid Name: '{name}'")
    if len(text.encode()) > INPUT_MAX_BYTES:
        return refused("InvalidExecutionInput", f"Input exceeds the maximum of {INPUT_MAX_BYTES} bytes")
    try:
        json.loads(text)
    except ValueError as error:
        return refused("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{error}'")
    return None


def _running_twin(request: Request) -> Response | None:
    """The answer for a run that is under way under the same name with the same input: success, nothing started."""
    service = ministack_module("services.stepfunctions")
    machine_arn = request.get("stateMachineArn", "")
    run_arn = f"{machine_arn.replace(':stateMachine:', ':execution:')}:{request.get('name')}"
    run = service._executions.get(run_arn)
    if run is None or run["status"] != "RUNNING" or run["input"] != request.get("input", "{}"):
        return None
    success: Response = service.json_response({"executionArn": run_arn, "startDate": run["startDate"]})
    return success


PATCHES = (Patch("services.stepfunctions", "_start_execution", "9923282fc76c", _strict),)
