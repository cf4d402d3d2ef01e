"""Whether a device has its thing: one read of the owner item."""

from typing import TYPE_CHECKING

from workflows.adapters.aws import transient_errors_mapped
from workflows.adapters.journal.attribute_values import from_attributes, to_attributes
from workflows.adapters.journal.registered import owner_key, registered_in
from workflows.domain.device import DeviceIds
from workflows.ports.journal import KnownDevices

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBKnownDevices(KnownDevices):
    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def registered(self, device_id: str) -> DeviceIds | None:
        """Read eventually consistently, at half the price: the device's next message meets what is missed now."""
        with transient_errors_mapped():
            found = self._client.get_item(TableName=self._table_name, Key=to_attributes(owner_key(device_id)))
        return registered_in(from_attributes(found.get("Item", {})), device_id)
