"""Metrics in CloudWatch's embedded format: a line on standard output, no call. Few dimensions, since each costs."""

from typing import Literal

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricResolution, MetricUnit

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
    "FactsPublished",
    "FactsDelayed",
    "KeysNotRemoved",
    "ReconcileCompleted",
    "ReconcileRepairs",
    "ReconcileHeldBack",
    "ReconcileUnrepaired",
    "ReconcileOverdue",
]

# Watched by periods of half a minute, which only metrics of high resolution have.
_HIGH_RESOLUTION = {"CallsUnanswered"}


def count(metric: Metric, *, stack_name: str, error_name: str | None = None) -> None:
    """Count one; an error's name makes a second dimension set, beside the plain count of the stack."""
    _put(metric, MetricUnit.Count, 1, {"StackName": stack_name})
    if error_name is not None:
        _put(metric, MetricUnit.Count, 1, {"StackName": stack_name, "ErrorName": error_name})


def count_many(metric: Metric, number: int, *, stack_name: str) -> None:
    """Count several at once."""
    _put(metric, MetricUnit.Count, number, {"StackName": stack_name})


def count_answered(*, stack_name: str) -> None:
    """Record that The Things Stack answers, as no unanswered call, so that the alarm can distinguish an outage."""
    _put("CallsUnanswered", MetricUnit.Count, 0, {"StackName": stack_name})


def record_latency(latency_ms: float, *, stack_name: str) -> None:
    """Record the time from the registry's event to the registered device."""
    _put("RegistrationLatency", MetricUnit.Milliseconds, latency_ms, {"StackName": stack_name})


def _put(name: str, unit: MetricUnit, value: float, dimensions: dict[str, str]) -> None:
    metrics = EphemeralMetrics(namespace=NAMESPACE, dimension_set=dict(dimensions))
    resolution = MetricResolution.High if name in _HIGH_RESOLUTION else MetricResolution.Standard
    metrics.add_metric(name=name, unit=unit, value=value, resolution=resolution)
    metrics.flush_metrics()
