"""What a thing's owner sees of its registration."""

from collections.abc import Mapping
from typing import Protocol

from workflows.values import value


class ThingLog(Protocol):
    def write(self, thing_name: str, line: Mapping[str, object], *, is_first: bool = False) -> None:
        """Append one line to the thing's stream; one that ``is_first`` saves a call, and any may be."""


@value
class Shadow:
    """``version`` grows with every write; ``reported`` may be the device's own, and so proves nothing."""

    reported: Mapping[str, object]
    version: int


class RegistrationShadow(Protocol):
    """The named shadow ``registration`` of things."""

    def read(self, thing_name: str) -> Shadow | None:
        """Return None if the thing has no such shadow."""

    def write(self, thing_name: str, reported: Mapping[str, object], *, over: Shadow | None) -> None:
        """Put ``reported`` in the place of what was read, or write the first; None is as good as no value.

        Raise ``ShadowChangedAnswer`` if another has written since.
        """


class RemovableShadow(RegistrationShadow, Protocol):
    """The shadow, which can also be removed when its thing is deleted."""

    def delete(self, thing_name: str) -> None:
        """Gone already is success."""
