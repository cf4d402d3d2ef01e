"""The named shadow ``registration``: a shadow raises no registry event, so writing one never starts a loop."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from workflows.adapters.aws import code_of
from workflows.errors import ShadowChangedAnswer
from workflows.ports.reporting import RegistrationShadow, Shadow

if TYPE_CHECKING:
    from mypy_boto3_iot_data import IoTDataPlaneClient

SHADOW_NAME = "registration"

# Digits; numbers of ours are shorter.
_LONG = 20


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
        document = json.loads(answer["payload"].read(), parse_int=_number)
        reported = document["state"].get("reported")
        return Shadow(reported=reported if isinstance(reported, dict) else {}, version=document["version"])

    def write(self, thing_name: str, reported: Mapping[str, object], *, over: Shadow | None) -> None:
        """Remove what others left: a shadow has 8 KiB at most."""
        state = {"desired": None, "reported": _in_place_of(over.reported if over else {}, reported)}
        document = {"state": state, **({"version": over.version} if over else {})}
        try:
            self._client.update_thing_shadow(
                thingName=thing_name, shadowName=SHADOW_NAME, payload=json.dumps(document).encode()
            )
        except ClientError as error:
            if code_of(error) == "ConflictException":
                raise ShadowChangedAnswer(f"The shadow of {thing_name} has changed meanwhile.") from error
            raise


def _in_place_of(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the update that turns ``found`` into ``wanted``: AWS IoT merges objects key by key, and None removes."""
    given = {
        name: _in_place_of(found[name], value) if _are_objects(found.get(name), value) else value
        for name, value in wanted.items()
    }
    return {**dict.fromkeys(found), **given}


def _are_objects(*values: object) -> bool:
    return all(isinstance(value, Mapping) for value in values)


def _number(digits: str) -> int | float:
    """Read a number that may have thousands of digits, more than Python takes for an integer."""
    return int(digits) if len(digits) < _LONG else float(digits)
