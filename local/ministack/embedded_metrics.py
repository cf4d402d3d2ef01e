"""Metrics that functions print (Embedded Metric Format) reach CloudWatch; an alarm sees those of its dimensions only.

MiniStack leaves such lines in the log, and its alarms count a metric's values of any dimensions.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

from local.ministack.log_streams import naming_the_function
from local.ministack.patching import Patch, Replacement, ministack_module

Line = dict[str, Any]


def _extracting(original: Replacement) -> Replacement:
    write = naming_the_function(original)  # here, since a function is replaced once

    def emit_logs(function: Line, request_id: str, text: str, *more: object, **named: object) -> None:
        write(function, request_id, text, *more, **named)
        lines = [line for printed in text.splitlines() for line in _embedded(printed)]
        for line in lines:
            with contextlib.suppress(KeyError, TypeError):  # what is no metric stays a log line, as in AWS
                _record(line)
        if lines:
            ministack_module("services.cloudwatch")._evaluate_all_alarms()

    return emit_logs


def _embedded(printed: str) -> Iterator[Line]:
    if printed.startswith("{") and '"_aws"' in printed:
        try:
            yield json.loads(printed)
        except ValueError:
            return


def _record(line: Line) -> None:
    for directive in line["_aws"]["CloudWatchMetrics"]:
        for names in directive["Dimensions"]:
            dimensions = {name: str(line[name]) for name in names}
            for metric in directive["Metrics"]:
                _record_values(directive["Namespace"], metric, dimensions=dimensions, values=line[metric["Name"]])


def _record_values(namespace: str, metric: Line, *, dimensions: dict[str, str], values: object) -> None:
    service = ministack_module("services.cloudwatch")
    for value in values if isinstance(values, list) else [values]:
        service.record_metric(namespace, metric["Name"], value, metric.get("Unit", "None"), dimensions)


def _of_its_dimensions(original: Replacement) -> Replacement:
    def evaluate(alarm: Line) -> None:
        service = ministack_module("services.cloudwatch")
        dimensions = service._dims_key(service._dims_from_list(alarm.get("Dimensions") or []))
        if (alarm.get("Namespace"), alarm.get("MetricName"), dimensions) in service._metrics:
            original(alarm)

    return evaluate


PATCHES = (
    Patch("services.lambda_svc", "_emit_lambda_logs", "111efbf06968", _extracting),
    Patch("services.cloudwatch", "_evaluate_alarm", "a0b0acd3d432", _of_its_dimensions),
)
