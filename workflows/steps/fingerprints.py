"""Fingerprints of root keys, made with a secret of the stack. The secret is read only if there is a key."""

from collections.abc import Callable

from workflows.domain.fingerprint import fingerprints
from workflows.domain.outcome import Fingerprints

FingerprintKey = Callable[[], bytes]


def fingerprints_of(app_key: str | None, nwk_key: str | None, key: FingerprintKey) -> Fingerprints:
    if app_key is None and nwk_key is None:
        return Fingerprints()
    return fingerprints(key(), app_key=app_key, nwk_key=nwk_key)
