"""The rights that the stack's API key needs on its application in The Things Stack.

Source: The Things Stack, ``lorawan-stack/api/ttn/lorawan/v3/rights.proto`` and the rights that each server checks.
"""

from collections.abc import Collection

NEEDED_RIGHTS = (
    "RIGHT_APPLICATION_DEVICES_READ",
    "RIGHT_APPLICATION_DEVICES_WRITE",
    "RIGHT_APPLICATION_DEVICES_WRITE_KEYS",
    # For the webhook the Application Server requires these three.
    "RIGHT_APPLICATION_SETTINGS_BASIC",
    "RIGHT_APPLICATION_TRAFFIC_READ",
    "RIGHT_APPLICATION_TRAFFIC_DOWN_WRITE",
)
# Optional: with it, Configure can check the application's cluster.
VIEW_RIGHT = "RIGHT_APPLICATION_INFO"

_COVERING_ALL = frozenset({"RIGHT_APPLICATION_ALL", "RIGHT_ALL"})


def has_right(right: str, held: Collection[str]) -> bool:
    return right in held or not _COVERING_ALL.isdisjoint(held)


def missing_rights(held: Collection[str]) -> list[str]:
    return [right for right in NEEDED_RIGHTS if not has_right(right, held)]
