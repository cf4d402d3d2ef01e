"""Fingerprints show whether a key changed; nobody needs to store the key."""

import hmac

from workflows.domain.attributes import DeviceKeys


def fingerprints(secret: bytes, keys: DeviceKeys) -> dict[str, str]:
    """Return attribute name -> HMAC-SHA-256 of the key under a secret of the stack, in hex."""
    return {name: hmac.digest(secret, key.encode(), "sha256").hex() for name, key in keys.given().items()}
