"""X-Ray: one subsegment a handler, one an AWS call, one an exchange with The Things Stack.

Importing the SDK costs about as much as boto3 with a client, so only functions that call out load this module.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any

from aws_lambda_powertools.tracing import Tracer
from aws_xray_sdk import global_sdk_config
from aws_xray_sdk.core.models import http

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]

tracer = Tracer(service="thingsync", auto_patch=True, patch_modules=["botocore"])


def traced(handler: Handler) -> Handler:
    """Trace a handler without its answer, which may hold keys; errors hold none."""
    captured: Handler = tracer.capture_lambda_handler(handler, capture_response=False)
    return wraps(handler)(captured)


def annotate(annotations: Mapping[str, str | None]) -> None:
    """Make the trace findable by ``annotations``; a value of None is left out."""
    for key, value in annotations.items():
        if value is not None:
            tracer.put_annotation(key, value)


@contextmanager
def traced_exchange(host: str, method: str, url: str) -> Iterator[Callable[[int, int], None]]:
    """Enclose one exchange over HTTP; the caller reports its status and the length of the body in bytes."""
    with tracer.provider.in_subsegment(host, namespace="remote") as subsegment:
        put = getattr(subsegment, "put_http_meta", _forget)
        put(http.METHOD, method)
        put(http.URL, url)

        def answered(status: int, length: int) -> None:
            put(http.STATUS, status)
            put(http.CONTENT_LENGTH, length)

        yield answered


@contextmanager
def untraced() -> Iterator[None]:
    """Trace no call meanwhile. Before the first event there is no trace, and X-Ray's SDK would log that for each."""
    before = global_sdk_config.sdk_enabled()
    global_sdk_config.set_sdk_enabled(False)
    try:
        yield
    finally:
        global_sdk_config.set_sdk_enabled(before)


def _forget(_key: str, _value: str | int) -> None:
    """Do nothing, where tracing is off."""
