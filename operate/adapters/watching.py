"""What CloudWatch knows: alarms in force, and how old the oldest message of a queue is."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from operate.batches import batches
from operate.views.fleet import Alarm

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

# DescribeAlarms takes that many names.
_NAMES_AT_ONCE = 100


class Watching:
    def __init__(self, client: "CloudWatchClient") -> None:
        self._client = client

    def in_force(self, alarm_names: Sequence[str]) -> Iterator[Alarm]:
        """Find those of the named alarms that are in the state ALARM."""
        for names in batches(alarm_names, _NAMES_AT_ONCE):
            found = self._client.describe_alarms(AlarmNames=names, StateValue="ALARM")
            for alarm in found["MetricAlarms"]:
                since = alarm["StateUpdatedTimestamp"]
                yield Alarm(alarm["AlarmName"], alarm.get("AlarmDescription", ""), since)

    def oldest_age_s(self, queue_name: str, now: datetime) -> float | None:
        """Return the age that SQS last told; None if it has told none within five minutes."""
        found = self._client.get_metric_statistics(
            Namespace="AWS/SQS",
            MetricName="ApproximateAgeOfOldestMessage",
            Dimensions=[{"Name": "QueueName", "Value": queue_name}],
            StartTime=now - timedelta(minutes=5),
            EndTime=now,
            Period=60,
            Statistics=["Maximum"],
        )
        latest = max(found["Datapoints"], key=lambda point: point["Timestamp"], default=None)
        return latest["Maximum"] if latest else None
