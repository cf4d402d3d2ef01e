"""Secrets that are not ours to write."""

from typing import Protocol


class DeviceSecrets(Protocol):
    def read(self, reference: str) -> str | None:
        """Return the secret behind a reference; None if there is none that this stack can read."""


class WebhookSecret(Protocol):
    """What the webhook proves itself with."""

    def current(self) -> str:
        """Return the secret as last read."""

    def refreshed(self) -> str:
        """Read the secret again."""
