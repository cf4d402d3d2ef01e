"""The next invocation of the same function, which nobody waits for."""

from typing import TYPE_CHECKING

from workflows.adapters.aws import transient_errors_mapped
from workflows.domain.drift.reconciling import Order
from workflows.ports.reconciling import NextInvocation
from workflows.schemas.reconciling import dump_order

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


class LambdaNextInvocation(NextInvocation):
    def __init__(self, client: "LambdaClient", function_name: str) -> None:
        self._client = client
        self._function_name = function_name

    def begin(self, order: Order) -> None:
        with transient_errors_mapped():
            self._client.invoke(FunctionName=self._function_name, InvocationType="Event", Payload=dump_order(order))
