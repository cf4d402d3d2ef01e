"""A function without free concurrency is ``Lambda.TooManyRequestsException`` to Step Functions, not Lambda.Unknown."""

import json

from local.ministack.patching import Patch, Replacement, ministack_module

THROTTLED = "TooManyRequestsException"


def _named(original: Replacement) -> Replacement:
    state_error = ministack_module("services.stepfunctions")._ExecutionError

    def call_function(function_ref: str, event: object) -> object:
        try:
            return original(function_ref, event)
        except state_error as error:
            if error.error == "Lambda.Unknown" and THROTTLED in error.cause:
                body = json.loads(error.cause)
                raise state_error(f"Lambda.{THROTTLED}", body["message"]) from error
            raise

    return call_function


PATCHES = (Patch("services.stepfunctions", "_call_lambda", "25830369b126", _named),)
