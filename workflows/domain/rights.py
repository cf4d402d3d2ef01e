"""What the stack's API key must be allowed to do with its application of The Things Stack.

Source: The Things Stack, ``lorawan-stack/api/ttn/lorawan/v3/rights.proto`` and what each of its servers asks for.
"""

from collections.abc import Collection

NEEDED_RIGHTS = (
    "RIGHT_APPLICATION_DEVICES_READ",
    "RIGHT_APPLICATION_DEVICES_WRITE",
    "RIGHT_APPLICATION_DEVICES_WRITE_KEYS",
    # The webhook; of these the Application Server asks for all three.
    "RIGHT_APPLICATION_SETTINGS_BASIC",
    "RIGHT_APPLICATION_TRAFFIC_READ",
    "RIGHT_APPLICATION_TRAFFIC_DOWN_WRITE",
)
# Not needed; with it the cluster that the application names can be compared.
VIEW_RIGHT = "RIGHT_APPLICATION_INFO"

_COVERING_ALL = frozenset({"RIGHT_APPLICATION_ALL", "RIGHT_ALL"})


def has_right(right: str, held: Collection[str]) -> bool:
    return right in held or not _COVERING_ALL.isdisjoint(held)


def missing_rights(held: Collection[str]) -> list[str]:
    return [right for right in NEEDED_RIGHTS if not has_right(right, held)]
