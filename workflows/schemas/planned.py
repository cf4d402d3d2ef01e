"""What Dispatch decided comes back from the state machine."""

from collections.abc import Mapping
from typing import Any

from workflows.domain.mark import Mark
from workflows.domain.planning import PlannedDevice


def load_registration(message: Mapping[str, Any], *, stack_name: str) -> tuple[PlannedDevice, Mark]:
    """Read ``{event, device, run}``: the device to register, and the mark of this run."""
    device = {**message["device"], "from_stack": tuple(message["device"]["from_stack"])}
    return PlannedDevice(**device), Mark(stack_name, message["event"]["thing_id"], message["run"])
