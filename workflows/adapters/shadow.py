"""The named shadow ``registration``: a shadow raises no registry event, so writing one never starts a loop."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import orjson
from botocore.exceptions import ClientError

from workflows.adapters.aws import code_of
from workflows.errors import ShadowChangedAnswer
from workflows.ports import RegistrationShadow, Shadow

if TYPE_CHECKING:
    from mypy_boto3_iot_data import IoTDataPlaneClient

SHADOW_NAME = "registration"


class IoTRegistrationShadow(RegistrationShadow):
    def __init__(self, client: "IoTDataPlaneClient") -> None:
        self._client = client

    def read(self, thing_name: str) -> Shadow | None:
        try:
            answer = self._client.get_thing_shadow(thingName=thing_name, shadowName=SHADOW_NAME)
        except ClientError as error:
            if code_of(error) == "ResourceNotFoundException":
                return None
            raise
        document = orjson.loads(answer["payload"].read())
        return Shadow(reported=document["state"].get("reported", {}), version=document["version"])

    def write(self, thing_name: str, reported: Mapping[str, object], *, version: int | None) -> None:
        document = {"state": {"reported": reported}, **({} if version is None else {"version": version})}
        try:
            self._client.update_thing_shadow(
                thingName=thing_name, shadowName=SHADOW_NAME, payload=orjson.dumps(document)
            )
        except ClientError as error:
            if code_of(error) == "ConflictException":
                raise ShadowChangedAnswer(f"The shadow of {thing_name} has changed meanwhile.") from error
            raise
