"""Names that depend on the thing or the change only: the same input always gives the same name."""

import re
from typing import Literal

from workflows.domain.device import DeviceIds
from workflows.domain.event import RegistryEvent
from workflows.domain.thing import Thing
from workflows.errors import StackConfigurationError

Scheme = Literal["DevEUI", "StackNameDeviceID"]
THING_NAME_MAX_CHARS = 128

_RETRY = re.compile(r"-r[^-]{1,8}\Z")


def device_id_for(thing: Thing) -> str | None:
    """Return the thing's own ``device_id``, else the default of The Things Stack's tools; None without a DevEUI."""
    if thing.device_id is not None or thing.dev_eui is None:
        return thing.device_id
    return f"eui-{thing.dev_eui.lower()}"


def thing_name_for(ids: DeviceIds, scheme: Scheme, stack_name: str) -> str:
    """Return the name of a mirrored device's thing: its DevEUI, or ``<stackName>_<deviceID>``.

    Raises:
        StackConfigurationError: the name is too long for AWS IoT.
    """
    name = f"{stack_name}_{ids.device_id}" if scheme == "StackNameDeviceID" else ids.dev_eui.upper()
    if len(name) > THING_NAME_MAX_CHARS:
        raise StackConfigurationError(
            f"With ThingNameScheme {scheme}, device {ids.device_id} needs a thing name of {len(name)} characters. AWS "
            f"IoT allows {THING_NAME_MAX_CHARS}. Deploy the stack with a shorter name, or with the scheme DevEUI."
        )
    return name


def execution_name(event: RegistryEvent) -> str:
    """Name a run by its change: a duplicate delivery cannot start a second run. At most 80 characters."""
    return f"{event.thing_id}-v{event.version_number}-{event.operation}"


def change_of(run: str) -> str:
    """Return the name of the change's first run."""
    return _RETRY.sub("", run)


def is_same_change(run: str, other: str) -> bool:
    """Return whether two runs were started for the same change, by their names."""
    return change_of(run) == change_of(other)


def retry_name(name: str, message_id: str) -> str:
    """Name the run for one delivery (an SQS ``messageId``) after an earlier run ``name`` failed."""
    return f"{name}-r{message_id[:8]}"


def execution_arn(state_machine_arn: str, name: str) -> str:
    return f"{state_machine_arn.replace(':stateMachine:', ':execution:')}:{name}"
