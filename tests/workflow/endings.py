"""What is reported of a run that did not succeed: to its user by log and shadow, to the operator by the queue."""

import json

from workflows.domain.report import Failure, advice

UNFORESEEN = "See the cause in the execution."


def rejected(event, run):
    """Return everything that reports a rejection; the user corrects the thing, so no message waits for the operator."""
    return _reports(event, run, "rejected", run.message) | {"dead letters": []}


def failed(event, run, *, message=None):
    """Return everything that reports a failure; the message is the event as it came."""
    attributes = {"ErrorName": run.error, "ExecutionArn": run.arn}
    message_in_queue = (json.dumps(event, separators=(",", ":")), attributes)
    return _reports(event, run, "failed", message or run.message) | {"dead letters": [message_in_queue]}


def _reports(event, run, status, message):
    error = {"name": run.error, "message": message}
    thing = {"thingId": event["thingId"], "versionNumber": event["versionNumber"]}
    line = {
        "outcome": status,
        "thingName": event["thingName"],
        "operation": event["operation"],
        "error": error,
        "whatToDo": advice(Failure(run.error, message), event["thingName"]),
        "executionArn": run.arn,
    }
    return {
        "log": [line | thing],
        "shadow": {"status": status, "error": error, "eventAt": event["timestamp"]} | thing,
        "metrics": {status.title(): 1, (status.title(), run.error): 1},
    }
