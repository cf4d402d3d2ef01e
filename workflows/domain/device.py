"""A LoRaWAN end device as The Things Stack stores it, split by the servers that hold its parts."""

from collections.abc import Container, Mapping
from dataclasses import field, replace
from typing import Any, Self

from workflows.domain import labels, location
from workflows.domain.attributes import LOCATION, NO_VALUES, DeviceValues
from workflows.values import value

# What people write who have none to write.
_NO_JOIN_EUI = "0" * 16


@value
class DeviceIds:
    """``device_id``: as ``identifiers.ID_FORM`` says; the EUIs: 16 upper-case hex digits, an absent JoinEUI empty."""

    device_id: str
    dev_eui: str
    join_eui: str

    @property
    def euis(self) -> str:
        """Both EUIs as a text for people."""
        return f"DevEUI {self.dev_eui} and JoinEUI {self.join_eui or '(none)'}"

    def euis_match(self, other: "DeviceIds") -> bool:
        """Compare both EUIs: one DevEUI under two JoinEUIs is two devices. The device ID is only a name."""
        return self.dev_eui == other.dev_eui and is_same_join_eui(self.join_eui, other.join_eui)


def is_same_join_eui(one: str, other: str) -> bool:
    return (one.upper() or _NO_JOIN_EUI) == (other.upper() or _NO_JOIN_EUI)


@value
class IdentityRecord:
    """What the Identity Server holds.

    ``without_join_server``: the cluster's Join Server has no keys of the device. It was claimed, so that it joins by an
    external one; or it never joins (ABP). Only the Network Server distinguishes the two.
    ``attributes`` are the labels and the mark; ``locations`` the solved locations, too.
    ``made_at`` is when it made the record, as it says: of a device that was deleted and registered again it differs.
    """

    ids: DeviceIds
    values: DeviceValues = NO_VALUES
    attributes: Mapping[str, str] = field(default_factory=dict)
    without_join_server: bool = False
    locations: Mapping[str, Any] = field(default_factory=dict)
    made_at: str = field(default="", compare=False)

    def saying(self, values: DeviceValues, names: Container[str], before: DeviceValues = NO_VALUES) -> Self:
        """Return the record with the values ``names`` of a thing that said ``before``; labels of others stay."""
        attributes, locations = self.attributes, self.locations
        if labels.PREFIX in names:
            attributes = labels.merged(attributes, before.labels, values.labels)
        if any(name in names for name in LOCATION):
            own, former = (each.only(LOCATION).given() for each in (values, before))
            locations = location.merged(locations, former, own)
        return replace(self, values=values, attributes=attributes, locations=locations)


@value
class NetworkRecord:
    """What the Network Server holds. ``joins`` is False of a device that is activated by personalization (ABP)."""

    values: DeviceValues = NO_VALUES
    joins: bool = True
