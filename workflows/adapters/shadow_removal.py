"""Removing the named shadow ``registration``: AWS IoT does not delete the shadows of deleted things."""

from botocore.exceptions import ClientError

from workflows.adapters.aws import code_of
from workflows.adapters.shadow import SHADOW_NAME, IoTRegistrationShadow
from workflows.ports.reporting import RemovableShadow


class IoTRemovableShadow(IoTRegistrationShadow, RemovableShadow):
    def delete(self, thing_name: str) -> None:
        try:
            self._client.delete_thing_shadow(thingName=thing_name, shadowName=SHADOW_NAME)
        except ClientError as error:
            if code_of(error) != "ResourceNotFoundException":
                raise
