"""CreateDevice and ClaimDevice on a registry in memory."""

from tests.fakes.secrets import FakeDeviceSecrets
from tests.samples import FINGERPRINT_KEY
from workflows.steps.registration import Registration


def is_nobodys(_device_id):
    """No other thing owns the device that a registration has come upon."""


def registration(registry, device, mark, *, secrets=None, take=is_nobodys):
    """``secrets``: texts by ARN; ``take`` as ``Registration`` has it."""
    return Registration(registry, device, mark, FakeDeviceSecrets(secrets or {}), lambda: FINGERPRINT_KEY, take)
