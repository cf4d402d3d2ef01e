"""Fingerprints of keys, under a secret of the stack that is read only where there is a key."""

from collections.abc import Callable

from workflows.domain.attributes import DeviceKeys
from workflows.domain.fingerprint import fingerprints

FingerprintKey = Callable[[], bytes]


def fingerprints_of(keys: DeviceKeys, key: FingerprintKey) -> dict[str, str]:
    return fingerprints(key(), keys) if keys.given() else {}
