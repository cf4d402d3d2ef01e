"""Calls whose requests are answered before they leave: botocore puts off half of its work to the first call.

Until then a client has no credentials, endpoint, signature and parser, and an operation no names of its events. A call
that is rehearsed costs Lambda's init phase a millisecond; left to the first event, it would cost that several.
"""

from collections.abc import Iterator, Mapping, Sequence
from inspect import unwrap
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.client import BaseClient
from botocore.compat import HTTPHeaders

_KEY = {"pk": {"S": "none"}}
_TABLE = {"TableName": "none"}
_THING = {"thingName": "none"}
_SHADOW = {"thingName": "none", "shadowName": "none"}
_STREAM = {"logGroupName": "none", "logStreamName": "none"}
_LINE = {"timestamp": 0, "message": "none"}
_QUEUE = {"QueueUrl": "https://none"}
_Calls = Sequence[tuple[str, Mapping[str, Any]]]

# The calls that a change makes, by the service's name. Of the others only what all calls share is ready.
_CALLS: Mapping[str, _Calls] = {
    "cloudformation": [("DescribeStacks", {})],
    "dynamodb": [
        ("GetItem", {**_TABLE, "Key": _KEY}),
        ("PutItem", {**_TABLE, "Item": _KEY}),
        ("TransactWriteItems", {"TransactItems": [{}]}),
    ],
    "eventbridge": [("PutEvents", {"Entries": [{}]})],
    "iot": [("DescribeThing", _THING), ("ListThings", {}), ("UpdateThing", _THING)],
    "iot-data-plane": [("GetThingShadow", _SHADOW), ("UpdateThingShadow", {**_SHADOW, "payload": b"{}"})],
    "lambda": [("Invoke", {"FunctionName": "none"})],
    "cloudwatch-logs": [
        ("PutLogEvents", {**_STREAM, "logEvents": [_LINE]}),
        ("CreateLogStream", _STREAM),
    ],
    "secrets-manager": [("GetSecretValue", {"SecretId": "none"})],
    "sqs": [("SendMessage", {**_QUEUE, "MessageBody": "none"})],
    "sfn": [("StartExecution", {"stateMachineArn": "none"}), ("DescribeExecution", {"executionArn": "none"})],
}


class _Nothing:
    """The body of an answer that says nothing, be it read as JSON or as XML."""

    def __init__(self, kind: str) -> None:
        self._content = b"<Nothing><DescribeStacksResult/></Nothing>" if kind == "query" else b"{}"

    def stream(self) -> Iterator[bytes]:
        return iter([self._content])


def rehearse(client: BaseClient) -> None:
    """Make ``client`` ready to call. Nothing is sent."""
    "none".encode("idna")  # loads what each connection's host name goes through
    service, endpoint = client.meta.service_model, vars(client)["_endpoint"]
    calls = list(_CALLS.get(service.service_id.hyphenize(), ()))

    def answered(request: AWSPreparedRequest, **_: object) -> Any:  # noqa: ANN401  # as botocore's types have it
        if not calls:
            return None
        endpoint.http_session._manager.connection_from_url(request.url)  # makes the pool of its connections
        return AWSResponse(request.url, 200, HTTPHeaders(), _Nothing(service.protocol))

    # Stays, and does nothing from then on: to take it away, botocore would forget which event has which handlers.
    client.meta.events.register_first("before-send", answered)
    # Without X-Ray, which would log that there is no invocation to trace yet.
    call = unwrap(vars(BaseClient)["_make_api_call"])
    try:
        for operation, parameters in tuple(calls):
            call(client, operation, dict(parameters))
        client.exceptions  # noqa: B018  # made when they are asked for
    finally:
        calls.clear()
