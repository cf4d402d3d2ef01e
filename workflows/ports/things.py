"""Things as they are now."""

from collections.abc import Mapping
from typing import Literal, Protocol

from workflows.values import value


@value
class CurrentThing:
    """A thing as it is now; ``stack_name`` is None if its attributes name no stack."""

    thing_id: str
    stack_name: str | None


class Things(Protocol):
    """Things as they are now."""

    def thing(self, thing_name: str) -> CurrentThing | None:
        """Return the thing that bears the name now; None if none does.

        Raise ``RegistryThrottledError`` or ``RegistryUnavailableError``.
        """


# Whether a thing was written; it is not if it has changed since it was read, or is gone.
WriteResult = Literal["written", "changed meanwhile", "deleted meanwhile"]


class AttributeWriter(Protocol):
    def write_attributes(self, thing_name: str, attributes: Mapping[str, str], version: int) -> WriteResult:
        """Write some attributes of the thing as it is in ``version``; an empty text removes its attribute.

        Raise ``ThingRefusedAnswer`` if AWS IoT will never take them.
        """
