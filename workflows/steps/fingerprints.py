"""Fingerprints of root keys, made with a secret of the stack. The secret is read only if there is a key."""

from collections.abc import Callable

from workflows.domain.attributes import DeviceKeys
from workflows.domain.fingerprint import fingerprints

FingerprintKey = Callable[[], bytes]


def fingerprints_of(keys: DeviceKeys, key: FingerprintKey) -> dict[str, str]:
    return fingerprints(key(), keys) if keys.given() else {}
