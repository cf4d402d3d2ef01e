"""What an AWS account and region have for all things."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from workflows.domain.thing_type import ThingType


class ThingRegistry(Protocol):
    """What an AWS account and region have for all things.

    Every method may raise ``RegistryThrottledError`` or ``RegistryUnavailableError``.
    """

    def thing_type(self, name: str) -> ThingType | None:
        """Return None if there is none of this name."""

    def create_thing_type(self, name: str, searchable_attributes: Sequence[str]) -> None:
        """There already is success."""

    def make_searchable(self, name: str, found: ThingType, attributes: Sequence[str]) -> None:
        """Make these the searchable attributes of a thing type; ``found`` is what else it keeps."""

    def event_switches(self) -> Mapping[str, bool]:
        """Return which families of registry events (``THING``, ``JOB``, …) are published."""

    def set_event_switches(self, switches: Mapping[str, bool]) -> None:
        """Write all switches at once."""
