"""What the pipeline would say of a thing if its attributes were changed. Pure."""

from collections.abc import Mapping

from workflows.domain.facts import RegisteredDevice
from workflows.domain.naming import device_id_for
from workflows.domain.planning import StackDefaults, plan
from workflows.domain.updating import plan_update
from workflows.errors import ImmutableChangeError, InvalidThingError
from workflows.schemas.thing import examine


def why_rejected(
    thing_name: str, attributes: Mapping[str, str], device: RegisteredDevice | None, defaults: StackDefaults
) -> str:
    """Return why the pipeline would reject the thing with these attributes; empty if it would not.

    ``device`` is what the journal has as registered for the thing. The text never shows a key or a code.

    Raises:
        StackConfigurationError: the stack's own defaults contradict each other.
    """
    examined = examine(attributes, thing_name)
    device_id = device_id_for(examined.thing)
    try:
        if device is None:
            plan(examined, device_id, defaults)
        else:
            plan_update(examined, device_id, device, unfinished=())
    except (InvalidThingError, ImmutableChangeError) as error:
        return str(error)
    return ""
