"""Names who has to correct a value that The Things Stack refused: the user of the thing, or the operator."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from workflows.errors import InvalidThingError, StackConfigurationError, ValueRefusedAnswer


@contextmanager
def refusals_explained(from_stack: Collection[str]) -> Iterator[None]:
    """Turn ``ValueRefusedAnswer`` into ``InvalidThingError``.

    If only attributes in ``from_stack`` can be wrong, raise ``StackConfigurationError``.
    """
    try:
        yield
    except ValueRefusedAnswer as refused:
        wrong = [attribute for attribute in refused.attributes if attribute not in from_stack]
        if not wrong:
            raise StackConfigurationError(
                f"The stack's default for {', '.join(refused.attributes)}: {refused}. Correct the stack's parameter "
                "and deploy it, then redrive."
            ) from refused
        raise InvalidThingError(dict.fromkeys(wrong, str(refused))) from refused
