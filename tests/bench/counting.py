"""Counts what leaves the functions: requests to AWS by service, items of transactions, calls to The Things Stack."""

import logging
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from workflows.adapters import aws

_CLIENTS = (
    aws.dynamodb,
    aws.iot,
    aws.iot_data,
    aws.logs,
    aws.secretsmanager,
    aws.sqs,
    aws.ssm,
    aws.stepfunctions,
)
_THINGS_STACK = re.compile(r'"\w+ /api/v3/')
_URLLIB3 = logging.getLogger("urllib3.connectionpool")


@dataclass
class Counted:
    """``requests``: by service and operation. ``items``: those that transactions wrote."""

    requests: Counter[tuple[str, str]] = field(default_factory=Counter)
    items: int = 0
    things_stack: int = 0

    def of(self, service: str) -> int:
        return sum(number for (name, _), number in self.requests.items() if name == service)


class _Calls(logging.Handler):
    def __init__(self, counted: Counted) -> None:
        super().__init__(logging.DEBUG)
        self._counted = counted

    def emit(self, record: logging.LogRecord) -> None:
        if _THINGS_STACK.search(record.getMessage()):
            self._counted.things_stack += 1


@contextmanager
def counting() -> Iterator[Counted]:
    """Count every request of the functions' own clients, whatever thread makes it."""
    counted, clients = Counted(), [each() for each in _CLIENTS]

    def hook(model: Any, params: Any, **_: Any) -> None:  # botocore's
        counted.requests[model.service_model.service_name, model.name] += 1

    def transaction(params: Any, **_: Any) -> None:
        counted.items += len(params["TransactItems"])

    events = [client.meta.events for client in clients]
    for each in events:
        each.register("before-call", hook)
    events[0].register("provide-client-params.dynamodb.TransactWriteItems", transaction)
    calls, level = _Calls(counted), _URLLIB3.level
    _URLLIB3.addHandler(calls)
    _URLLIB3.setLevel(logging.DEBUG)
    try:
        yield counted
    finally:
        _URLLIB3.setLevel(level)
        _URLLIB3.removeHandler(calls)
        events[0].unregister("provide-client-params.dynamodb.TransactWriteItems", transaction)
        for each in events:
            each.unregister("before-call", hook)
