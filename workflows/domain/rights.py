"""The rights that the stack's API key needs on its application in The Things Stack.

Source: The Things Stack, ``lorawan-stack/api/ttn/lorawan/v3/rights.proto`` and the rights that each server checks.
"""

from collections.abc import Collection

# Each with what the Console calls it.
_IN_THE_CONSOLE = {
    "RIGHT_APPLICATION_DEVICES_READ": "view devices",
    "RIGHT_APPLICATION_DEVICES_WRITE": "create and edit devices",
    "RIGHT_APPLICATION_DEVICES_WRITE_KEYS": "edit device keys",
    # For the webhook the Application Server requires these three.
    "RIGHT_APPLICATION_SETTINGS_BASIC": "edit basic application settings",
    "RIGHT_APPLICATION_TRAFFIC_READ": "read application traffic",
    "RIGHT_APPLICATION_TRAFFIC_DOWN_WRITE": "write downlink application traffic",
}
NEEDED_RIGHTS = tuple(_IN_THE_CONSOLE)
# Optional: with it, Configure can check the application's cluster.
VIEW_RIGHT = "RIGHT_APPLICATION_INFO"

KEYS_IN_THE_CONSOLE = "Applications → your application → API keys"
GIVE_A_NEW_KEY = (
    f"In The Things Stack's Console ({KEYS_IN_THE_CONSOLE} → Add API key) create a key with these rights: "
    f"{'; '.join(_IN_THE_CONSOLE.values())}. Then run `thingsync key rotate`, which asks for the key. No deployment is "
    "needed."
)

_COVERING_ALL = frozenset({"RIGHT_APPLICATION_ALL", "RIGHT_ALL"})


def has_right(right: str, held: Collection[str]) -> bool:
    return right in held or not _COVERING_ALL.isdisjoint(held)


def missing_rights(held: Collection[str]) -> list[str]:
    return [right for right in NEEDED_RIGHTS if not has_right(right, held)]
