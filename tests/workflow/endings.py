"""What has to be told of a run that did not do its job: to its user by log and shadow, to the operator by the queue."""

import json

from workflows.domain.report import Failure, advice

UNFORESEEN = "See the cause in the execution."


def rejected(event, run):
    """Return all that tells of a rejection; the user corrects the thing, so no letter waits for the operator."""
    return _told(event, run, "rejected", run.message) | {"dead letters": []}


def failed(event, run, *, message=None):
    """Return all that tells of a failure; the letter is the event as it came."""
    attributes = {"ErrorName": run.error, "ExecutionArn": run.arn}
    letter = (json.dumps(event, separators=(",", ":")), attributes)
    return _told(event, run, "failed", message or run.message) | {"dead letters": [letter]}


def _told(event, run, status, message):
    error = {"name": run.error, "message": message}
    thing = {"thingId": event["thingId"], "versionNumber": event["versionNumber"]}
    line = {
        "outcome": status,
        "thingName": event["thingName"],
        "operation": event["operation"],
        "error": error,
        "whatToDo": advice(Failure(run.error, message)),
        "executionArn": run.arn,
    }
    return {
        "log": [line | thing],
        "shadow": {"status": status, "error": error, "eventAt": event["timestamp"]} | thing,
        "metrics": {status.title(): 1, (status.title(), run.error): 1},
    }
