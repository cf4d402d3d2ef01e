"""The parts of a deployed stack, and whether each is switched on."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from operate.errors import RefusedError

if TYPE_CHECKING:
    from operate.adapters.aws import Clients


class Parts:
    def __init__(self, clients: "Clients") -> None:
        self._clients = clients

    def rule_is_on(self, rule_name: str) -> bool:
        rule = self._clients.iot.get_topic_rule(ruleName=rule_name)
        return not rule["rule"].get("ruleDisabled", False)

    def mapping_state(self, mapping_id: str) -> str:
        """Return ``Enabled``, ``Disabled`` or what lies between."""
        return self._clients.functions.get_event_source_mapping(UUID=mapping_id)["State"]

    def machine_status(self, state_machine_arn: str) -> str:
        return self._clients.stepfunctions.describe_state_machine(stateMachineArn=state_machine_arn)["status"]

    def table_status(self, table_name: str) -> str:
        return self._clients.dynamodb.describe_table(TableName=table_name)["Table"]["TableStatus"]

    def unreserved_concurrency(self) -> int:
        """Return how many environments all functions without a reservation may have at once."""
        return self._clients.functions.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"]

    def clock_skew_s(self) -> float | None:
        """Return how much this machine's clock is ahead of AWS's; None if the answer bears no time."""
        answer = self._clients.iot.describe_event_configurations()
        told = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
        return None if told is None else (datetime.now(UTC) - parsedate_to_datetime(told)).total_seconds()

    def secret(self, secret_arn: str) -> str:
        return self._clients.secretsmanager.get_secret_value(SecretId=secret_arn)["SecretString"].strip()

    def invoke(self, function_name: str) -> str:
        """Call a function with an empty event and return its answer's text; raise ``RefusedError`` if it raised."""
        answer = self._clients.functions.invoke(FunctionName=function_name, Payload=b"{}")
        text = answer["Payload"].read().decode()
        if "FunctionError" in answer:
            raise RefusedError(f"{function_name} failed: {text}")
        return text
