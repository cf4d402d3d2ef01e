"""Puts the registration of devices together, and what reads the secrets that it takes."""

from functools import cache

from workflows.adapters import aws
from workflows.adapters.device_secrets import SecretsManagerDeviceSecrets
from workflows.adapters.secrets import FingerprintSecret, StackSecret
from workflows.assembly.ownership import ownership
from workflows.assembly.things_stack import the_things_stack
from workflows.errors import InvalidThingError, UnexpectedDecisionError
from workflows.schemas.planned import Work
from workflows.settings import FingerprintSettings, load
from workflows.steps.registration import Registration
from workflows.steps.update import Update

_LOST = "The Things Stack has lost the thing's device, so that it must be registered anew"


def registration(work: Work) -> Registration:
    """Prepare to register the planned device.

    Raises:
        InvalidThingError: an update found that The Things Stack has lost the device, and the thing lacks what
            registering it anew would need.
    """
    device, update = work.decision.device, work.decision.update
    if device is None:
        missing = update.missing if update else {}
        raise InvalidThingError({attribute: f"{text} ({_LOST})" for attribute, text in missing.items()})
    return Registration(
        the_things_stack(),
        device,
        work.mark,
        device_secrets(),
        fingerprint_secret(),
        take=ownership(work.run).take,
    )


def update(work: Work) -> Update:
    planned = work.decision.update
    if planned is None:
        raise UnexpectedDecisionError("Dispatch decided on an update without saying which.")
    return Update(
        the_things_stack(),
        planned,
        work.mark,
        device_secrets(),
        fingerprint_secret(),
        register_anew=lambda: registration(work).create_or_claim(),
    )


@cache
def device_secrets() -> SecretsManagerDeviceSecrets:
    return SecretsManagerDeviceSecrets(aws.secretsmanager())


@cache
def fingerprint_secret() -> FingerprintSecret:
    return FingerprintSecret(StackSecret(aws.secretsmanager(), load(FingerprintSettings).fingerprint_secret_arn))
