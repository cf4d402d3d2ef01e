"""Fingerprints show whether a key changed; nobody needs to store the key."""

import hmac

from workflows.domain.outcome import Fingerprints


def fingerprint(secret: bytes, value: str | None) -> str | None:
    """Return the HMAC-SHA-256 of a root key under a secret of the stack, in hex; None for no key."""
    return None if value is None else hmac.digest(secret, value.encode(), "sha256").hex()


def fingerprints(secret: bytes, *, app_key: str | None, nwk_key: str | None) -> Fingerprints:
    return Fingerprints(app_key=fingerprint(secret, app_key), nwk_key=fingerprint(secret, nwk_key))
