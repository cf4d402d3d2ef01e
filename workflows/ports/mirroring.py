"""What makes things of devices asks."""

from collections.abc import Sequence
from typing import Protocol

from workflows.domain.activity import Activity
from workflows.domain.mirroring import RegistryThing


class MirroredThings(Protocol):
    """The things that represent devices.

    Every method may raise ``RegistryThrottledError`` or ``RegistryUnavailableError``.
    """

    def with_dev_eui(self, dev_eui: str) -> Sequence[RegistryThing]:
        """Find the things with this devEUI, in upper or in lower case."""

    def thing(self, thing_name: str) -> RegistryThing | None:
        """Return the thing that bears the name now; None if none does."""

    def create(self, thing: RegistryThing) -> str:
        """Make the thing; return its ID. That it is there just so is success. Raise ``ThingExistsAnswer``."""

    def repair(self, thing: RegistryThing) -> bool:
        """Give the thing of this name the type and the attributes of ``thing``; its other attributes stay.

        Return whether there is such a thing.
        """


class ActivityQueue(Protocol):
    """The queue from the webhook to what makes things.

    May raise ``RegistryThrottledError`` or ``RegistryUnavailableError``.
    """

    def put(self, activity: Activity) -> None: ...
