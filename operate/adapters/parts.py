"""The parts of a deployed stack: whether each is enabled, and what CloudWatch measures."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from operate.views.status import Alarm
from workflows.domain.batches import batches

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

    from operate.adapters.aws import Clients


class Parts:
    def __init__(self, clients: "Clients") -> None:
        self._clients = clients

    def rule_is_on(self, rule_name: str) -> bool:
        rule = self._clients.iot.get_topic_rule(ruleName=rule_name)
        return not rule["rule"].get("ruleDisabled", False)

    def schedule_state(self, schedule_name: str) -> str:
        """Return ``ENABLED``, ``DISABLED``, or ``gone`` if somebody has deleted it."""
        try:
            return self._clients.scheduler.get_schedule(Name=schedule_name)["State"]
        except self._clients.scheduler.exceptions.ResourceNotFoundException:
            return "gone"

    def mapping_state(self, mapping_id: str) -> str:
        """Return ``Enabled``, ``Disabled`` or a state between them."""
        return self._clients.functions.get_event_source_mapping(UUID=mapping_id)["State"]

    def machine_status(self, state_machine_arn: str) -> str:
        return self._clients.stepfunctions.describe_state_machine(stateMachineArn=state_machine_arn)["status"]

    def table_status(self, table_name: str) -> str:
        return self._clients.dynamodb.describe_table(TableName=table_name)["Table"]["TableStatus"]

    def key_state(self, key_id: str) -> str:
        """Return ``Enabled``, ``Disabled``, ``PendingDeletion`` or another state of a KMS key."""
        state: str = self._clients.kms.describe_key(KeyId=key_id)["KeyMetadata"]["KeyState"]
        return state

    def unreserved_concurrency(self) -> int:
        """Return how many environments the functions without reserved concurrency may have at once."""
        return self._clients.functions.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"]

    def clock_skew_s(self) -> float | None:
        """Return how much this machine's clock is ahead of AWS's; None if the answer has no date."""
        answer = self._clients.iot.describe_event_configurations()
        date = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
        return None if date is None else (datetime.now(UTC) - parsedate_to_datetime(date)).total_seconds()

    def invoke(self, function_name: str) -> tuple[str, bool]:
        """Invoke a function with an empty event; return its answer and whether it raised an error."""
        answer = self._clients.functions.invoke(FunctionName=function_name, Payload=b"{}")
        return answer["Payload"].read().decode(), "FunctionError" in answer


# DescribeAlarms takes at most this many names.
_NAMES_AT_ONCE = 100


class Monitoring:
    def __init__(self, client: "CloudWatchClient") -> None:
        self._client = client

    def alarms_in_force(self, alarm_names: Sequence[str]) -> Iterator[Alarm]:
        """Return the named alarms that are in the state ALARM."""
        for names in batches(alarm_names, _NAMES_AT_ONCE):
            found = self._client.describe_alarms(AlarmNames=names, StateValue="ALARM")
            for alarm in found["MetricAlarms"]:
                since = alarm["StateUpdatedTimestamp"]
                yield Alarm(alarm["AlarmName"], alarm.get("AlarmDescription", ""), since)

    def oldest_age_s(self, queue_name: str, now: datetime) -> float | None:
        """Return the latest age of the last five minutes; None if SQS has published none."""
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
