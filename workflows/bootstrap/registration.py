"""Puts Registration together from its settings."""

from datetime import UTC, datetime
from functools import cache

from workflows.adapters import aws
from workflows.adapters.device_parameters import SSMDeviceParameters
from workflows.adapters.device_secrets import SecretsManagerDeviceSecrets
from workflows.adapters.runs import StepFunctionsRuns
from workflows.adapters.secrets import FingerprintSecret, StackSecret
from workflows.adapters.things import IoTThings
from workflows.adapters.things_stack.repository import TheDeviceRepository
from workflows.bootstrap.clients import rehearsed_clients
from workflows.bootstrap.journal import journal
from workflows.bootstrap.snapshots import snapshots
from workflows.bootstrap.things_stack import known_api_key, the_things_stack
from workflows.errors import UnexpectedDecisionError
from workflows.observability.tracing import untraced
from workflows.schemas.handover import Work, know_messages
from workflows.settings import FingerprintSettings, RunSettings, load
from workflows.steps.models import Models
from workflows.steps.ownership import Ownership
from workflows.steps.registration import Registration
from workflows.steps.secrets import ByStore
from workflows.steps.take_up import TakeUp


def registration(work: Work) -> Registration:
    """Prepare to register the planned device, with what its model gives.

    Raises:
        InvalidThingError, StackConfigurationError: as ``Models.lay``; nothing is written yet.
    """
    device, update = work.decision.device, work.decision.update
    if device is None:
        raise UnexpectedDecisionError("Dispatch decided on a registration and did not name the device.")
    owners = ownership(work)
    return Registration(
        the_things_stack(),
        models().lay(device),
        work.mark,
        device_secrets(),
        fingerprint_secret(),
        resolve_owner=owners.resolve,
        left_by=owners.left_by,
        registered_before=update.device if update else None,
        rewrites_retained=work.decision.policies.writes_adopted,
    )


def creation(work: Work) -> Registration | TakeUp:
    """Prepare to create the planned device; for a thing without keys, to take up the one that is there."""
    device = work.decision.device
    if device is None or not device.lacks:
        return registration(work)
    return TakeUp(
        the_things_stack(),
        device,
        work.mark,
        ownership(work),
        lay=models().lay,
        rewrites_retained=work.decision.policies.writes_adopted,
    )


def ownership(work: Work) -> Ownership:
    return Ownership(
        journal(),
        _runs(),
        _things(),
        work.run,
        datetime.now(UTC),
        work.decision.policies.retains,
    )


@cache
def _runs() -> StepFunctionsRuns:
    return StepFunctionsRuns(aws.stepfunctions(), load(RunSettings).state_machine_arn)


@cache
def _things() -> IoTThings:
    return IoTThings(aws.iot())


@cache
def models() -> Models:
    return Models(TheDeviceRepository(the_things_stack().ask))


@cache
def device_secrets() -> ByStore:
    return ByStore(SecretsManagerDeviceSecrets(aws.secretsmanager()), _device_parameters)


@cache
def _device_parameters() -> SSMDeviceParameters:
    return SSMDeviceParameters(aws.ssm())


@cache
def fingerprint_secret() -> FingerprintSecret:
    return FingerprintSecret(StackSecret(aws.secretsmanager(), load(FingerprintSettings).fingerprint_secret_arn))


def _known_secrets() -> None:
    known_api_key()
    with untraced():
        fingerprint_secret()()


# What registers and updates, to be ready before the first event. Few things refer to Parameter Store: its client waits.
PARTS = (
    *(snapshots, journal, the_things_stack, models, device_secrets, fingerprint_secret, _runs, _things),
    know_messages,
    rehearsed_clients,
    _known_secrets,
)
