"""The numbers behind a dashboard: each line of a metric widget becomes a series of the emulator's data."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from local.emulator import aws_client

Widget = dict[str, Any]

# Of a run that lasts minutes, the dashboard's own 5 minutes would show a point or two.
PERIOD_S = 2
SINCE = timedelta(hours=3)
COLOURS = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22")
_SEARCH = re.compile(r"SEARCH\('\{(\w+),.*StackName=\"([\w-]+)\" MetricName=\"(\w+)\"', '(\w+)'")
_SUMMED = "Sum"


@dataclass(frozen=True, slots=True)
class Series:
    """``points`` are pairs of epoch seconds and values, the oldest first."""

    label: str
    colour: str
    stat: str
    points: tuple[tuple[float, float], ...]

    @property
    def whole(self) -> float | None:
        """The one number of the time shown: the sum, or the latest of what cannot be summed."""
        values = [value for _, value in self.points]
        if not values:
            return None
        return sum(values) if self.stat == _SUMMED else values[-1]


def series_of(widget: Widget) -> list[Series]:
    properties = widget["properties"]
    lines = [line for metric in properties["metrics"] for line in _resolved(metric)]
    return [_series(line, properties.get("stat", "Average"), COLOURS[n % len(COLOURS)]) for n, line in enumerate(lines)]


def _resolved(metric: list[Any]) -> Iterator[list[Any]]:
    """Yield the metric, or all that its search finds."""
    if isinstance(metric[0], str):
        yield metric
        return
    namespace, stack_name, name, stat = _SEARCH.findall(metric[0]["expression"])[0]
    found = aws_client("cloudwatch").list_metrics(Namespace=namespace, MetricName=name)["Metrics"]
    for one in found:
        dimensions = {dimension["Name"]: dimension["Value"] for dimension in one["Dimensions"]}
        if dimensions.keys() == {"StackName", "ErrorName"} and dimensions["StackName"] == stack_name:
            label = metric[0]["label"].replace("${PROP('Dim.ErrorName')}", dimensions["ErrorName"])
            pairs = [part for pair in dimensions.items() for part in pair]
            yield [namespace, name, *pairs, {"stat": stat, "label": label}]


def _series(line: list[Any], stat: str, colour: str) -> Series:
    options = line[-1] if isinstance(line[-1], dict) else {}
    namespace, name, *pairs = [part for part in line if isinstance(part, str)]
    stat = options.get("stat", stat)
    return Series(
        label=options.get("label", name),
        colour=options.get("color", colour),
        stat=stat,
        points=_points(namespace, name, dict(zip(pairs[::2], pairs[1::2], strict=True)), stat),
    )


def _points(namespace: str, name: str, dimensions: dict[str, str], stat: str) -> tuple[tuple[float, float], ...]:
    now = datetime.now(UTC)
    metric = {
        "Namespace": namespace,
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
    }
    query = {"Id": "m", "MetricStat": {"Metric": metric, "Period": PERIOD_S, "Stat": stat}}
    answer = aws_client("cloudwatch").get_metric_data(
        MetricDataQueries=[query], StartTime=now - SINCE, EndTime=now + timedelta(seconds=PERIOD_S)
    )
    (result,) = answer["MetricDataResults"]
    stamps = [stamp.timestamp() for stamp in result["Timestamps"]]
    return tuple(sorted(zip(stamps, result["Values"], strict=True)))
