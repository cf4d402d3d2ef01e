"""Puts together, once per Lambda instance, what the functions that call The Things Stack need."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from workflows.adapters import aws
from workflows.adapters.secrets import ApiKeySecret, FingerprintSecret, SecretsManagerDeviceSecrets, StackSecret
from workflows.adapters.things_stack import Addresses, TheThingsStack, Transport
from workflows.assembly.journal import journal, ownership
from workflows.domain.outcome import Outcome
from workflows.errors import InvalidThingError, UnexpectedDecisionError
from workflows.observability.tracing import annotate, traced_exchange
from workflows.schemas.planned import Work, dump_worked, load_work
from workflows.settings import FingerprintSettings, TheThingsStackSettings, load
from workflows.steps.fence import fenced
from workflows.steps.registration import Registration
from workflows.steps.removal import Removal
from workflows.steps.undo import undo_if_held
from workflows.steps.update import Update


def fenced_work(message: Mapping[str, Any], do: Callable[[Work], Outcome]) -> dict[str, Any]:
    """Carry out the decision in ``message``, if its run still holds the thing."""
    work = load_work(message, stack_name=load(TheThingsStackSettings).stack_name)
    annotate({"thing_name": work.thing_name, "device_id": work.decision.device_id})
    worked = fenced(journal(), work.mark, lambda: do(work))
    annotate({"outcome": worked.outcome.kind})
    return dump_worked(worked)


def registration(work: Work) -> Registration:
    """Prepare to register the planned device.

    Raises:
        InvalidThingError: an update found that The Things Stack has lost the device, and the thing lacks what
            registering it anew would need.
    """
    device, update = work.decision.device, work.decision.update
    if device is None:
        raise InvalidThingError(update.missing if update else {})
    return Registration(
        the_things_stack(),
        device,
        work.mark,
        device_secrets(),
        fingerprint_secret(),
        take=lambda device_id: ownership().take(device_id, work.mark.thing_id),
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


def removal(work: Work) -> Removal:
    return Removal(the_things_stack(), work.mark, work.decision.known)


def undo(message: Mapping[str, Any]) -> bool:
    """Undo what the run in ``message`` made of its device; return whether nothing of its thing's is left."""
    work = load_work(message, stack_name=load(TheThingsStackSettings).stack_name)
    annotate({"thing_name": work.thing_name, "device_id": work.decision.device_id})
    return undo_if_held(journal(), the_things_stack(), work.decision.device_id or "", work.mark)


@cache
def the_things_stack() -> TheThingsStack:
    settings = load(TheThingsStackSettings)
    return TheThingsStack(
        Addresses.parse(settings.cluster_address, settings.identity_server_address),
        settings.application_id,
        api_key=ApiKeySecret(StackSecret(aws.secretsmanager(), settings.api_key_secret_arn)),
        transport=Transport(trace=traced_exchange),
    )


@cache
def device_secrets() -> SecretsManagerDeviceSecrets:
    return SecretsManagerDeviceSecrets(aws.secretsmanager())


@cache
def fingerprint_secret() -> FingerprintSecret:
    return FingerprintSecret(StackSecret(aws.secretsmanager(), load(FingerprintSettings).fingerprint_secret_arn))
