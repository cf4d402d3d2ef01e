"""AWS as it is on a bad day: botocore gets answers that moto never gives, or none, and nothing takes effect."""

import itertools
from contextlib import contextmanager
from types import SimpleNamespace


@contextmanager
def answered(client, operation, *, status, code, times=1000):
    """Let the next calls of an operation be answered with an error."""
    parsed = {"Error": {"Code": code, "Message": "simulated"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    with _instead_of_calling(client, operation, times, lambda: (SimpleNamespace(status_code=status), parsed)):
        yield


@contextmanager
def unanswered(client, operation, *, error, times=1000):
    """Let the next calls of an operation end without an answer; ``error`` is botocore's for the way they do."""

    def answer():
        raise error(endpoint_url=client.meta.endpoint_url)

    with _instead_of_calling(client, operation, times, answer):
        yield


@contextmanager
def _instead_of_calling(client, operation, times, answer):
    event = f"before-call.{client.meta.service_model.service_id.hyphenize()}.{operation}"
    calls = itertools.count(1)

    def hook(**_):
        return answer() if next(calls) <= times else None

    client.meta.events.register_first(event, hook)
    yield
    client.meta.events.unregister(event, hook)
