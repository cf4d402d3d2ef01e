"""CreateDevice and ClaimDevice on a registry in memory."""

from tests.fakes.secrets import FakeDeviceSecrets
from tests.samples import FINGERPRINT_KEY, THING_ID
from workflows.steps.registration import Registration


def is_nobodys(_ids, marked):
    """What ``Ownership.resolve`` says if no other thing of this stack is there, or was ever given leave to go."""
    if marked is None:
        return "not ours"
    return "this thing's" if marked == THING_ID else "left behind"


def registration(registry, device, mark, *, secrets=None, resolve_owner=is_nobodys, **more):
    """``secrets``: texts by ARN; ``resolve_owner`` and what is more as ``Registration`` has it."""
    return Registration(
        registry, device, mark, FakeDeviceSecrets(secrets or {}), lambda: FINGERPRINT_KEY, resolve_owner, **more
    )
