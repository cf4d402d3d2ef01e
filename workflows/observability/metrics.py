"""Metrics in CloudWatch's embedded format: a line on standard output, no call. Few dimensions, since each costs."""

from typing import Literal

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

NAMESPACE = "Thingsync"

Metric = Literal[
    "EventsStarted",
    "EventsDuplicate",
    "EventsIgnored",
    "EventsUnreadable",
    "EventsNotStarted",
    "ActivityReceived",
    "ActivityKnown",
    "ActivityIgnored",
    "ActivityUnauthorized",
    "ActivityMalformed",
    "ActivityStale",
    "ActivityRefused",
    "ActivityFailed",
    "ThingsMirrored",
    "ThingsLinked",
    "Registered",
    "Updated",
    "Removed",
    "Released",
    "Skipped",
    "Rejected",
    "Failed",
    "CallsThrottled",
    "CallsUnanswered",
]


def count(metric: Metric, *, stack_name: str, error_name: str | None = None) -> None:
    """Count one; an error's name makes a second dimension set, beside the plain count of the stack."""
    _put(metric, MetricUnit.Count, 1, {"StackName": stack_name})
    if error_name is not None:
        _put(metric, MetricUnit.Count, 1, {"StackName": stack_name, "ErrorName": error_name})


def record_latency(latency_ms: float, *, stack_name: str) -> None:
    """Record the time from the registry's event to the registered device."""
    _put("RegistrationLatency", MetricUnit.Milliseconds, latency_ms, {"StackName": stack_name})


def _put(name: str, unit: MetricUnit, value: float, dimensions: dict[str, str]) -> None:
    metrics = EphemeralMetrics(namespace=NAMESPACE, dimension_set=dict(dimensions))
    metrics.add_metric(name=name, unit=unit, value=value)
    metrics.flush_metrics()
