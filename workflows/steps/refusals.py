"""A value that The Things Stack refused is the thing's or the stack's; the thing's user must not be blamed for both."""

from collections.abc import Iterator
from contextlib import contextmanager

from workflows.domain.decision import PlannedDevice
from workflows.errors import InvalidThingError, StackConfigurationError, ValueRefusedAnswer


@contextmanager
def refusals_explained(device: PlannedDevice) -> Iterator[None]:
    """Turn ``ValueRefusedAnswer`` into ``InvalidThingError`` or ``StackConfigurationError``."""
    try:
        yield
    except ValueRefusedAnswer as refused:
        blamed = [attribute for attribute in refused.attributes if attribute not in device.from_stack]
        if not blamed:
            raise StackConfigurationError(
                f"The stack's own default for {', '.join(refused.attributes)} was refused: {refused} "
                "Correct the stack's parameter and deploy it again, then redrive."
            ) from refused
        raise InvalidThingError(dict.fromkeys(blamed, str(refused))) from refused
