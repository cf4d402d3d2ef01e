"""A value that The Things Stack refused is the thing's or the stack's; the thing's user must not be blamed for both."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from workflows.errors import InvalidThingError, StackConfigurationError, ValueRefusedAnswer


@contextmanager
def refusals_explained(from_stack: Collection[str]) -> Iterator[None]:
    """Turn ``ValueRefusedAnswer`` into ``InvalidThingError``, or ``StackConfigurationError`` for ``from_stack``."""
    try:
        yield
    except ValueRefusedAnswer as refused:
        blamed = [attribute for attribute in refused.attributes if attribute not in from_stack]
        if not blamed:
            raise StackConfigurationError(
                f"The stack's own default for {', '.join(refused.attributes)} was refused: {refused} "
                "Correct the stack's parameter and deploy it again, then redrive."
            ) from refused
        raise InvalidThingError(dict.fromkeys(blamed, str(refused))) from refused
