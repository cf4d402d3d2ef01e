"""Where the systems beside get the facts."""

from collections.abc import Sequence
from typing import Protocol

from workflows.domain.publishing import FactEvent, Refusal


class FactBus(Protocol):
    """Where the systems beside get the facts."""

    def put(self, events: Sequence[FactEvent]) -> Refusal | None:
        """Publish at most ``EVENTS_AT_ONCE`` events; return the first that was not taken, None if all were.

        Raise ``RegistryThrottledError`` or ``RegistryUnavailableError`` if none was taken, or perhaps none.
        """
