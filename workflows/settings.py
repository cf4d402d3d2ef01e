"""The settings that a deployment gives its functions as environment variables; the only place that reads them.

Each function loads the groups it needs, dataclasses whose fields are the variables' names in lower case.
"""

import os
from dataclasses import dataclass, fields
from typing import TypeVar

from workflows.errors import StackConfigurationError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StackSettings:
    """Which things are ours."""

    stack_name: str
    thing_type_name: str


@dataclass(frozen=True, slots=True)
class TheThingsStackSettings:
    """Hosts as ``host[:port]`` or ``http(s)://host[:port]``; an empty ``identity_server_address`` is the cluster's.

    ``allow_http`` is true or false. ``certificate_authority_secret_arn`` is empty where the public ones suffice.
    """

    stack_name: str
    cluster_address: str
    identity_server_address: str
    allow_http: str
    application_id: str
    api_key_secret_arn: str
    certificate_authority_secret_arn: str


@dataclass(frozen=True, slots=True)
class FingerprintSettings:
    fingerprint_secret_arn: str


@dataclass(frozen=True, slots=True)
class JournalSettings:
    journal_table: str


@dataclass(frozen=True, slots=True)
class RunSettings:
    """Which machine's runs hold things."""

    state_machine_arn: str


@dataclass(frozen=True, slots=True)
class DecisionSettings:
    """``delete_policy`` is Delete or Retain, ``adopted_devices`` NamesOnly or Write.

    ``deletions_per_hour`` is a number.
    """

    stack_name: str
    delete_policy: str
    adopted_devices: str
    deletions_per_hour: str


@dataclass(frozen=True, slots=True)
class QueueSettings:
    dead_letter_queue_url: str


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """``stack_id`` is the stack's ARN, ``mirror_on`` is JoinAndUplink, Join or Off."""

    stack_id: str
    webhook_secret_arn: str
    webhook_url: str
    mirror_on: str


@dataclass(frozen=True, slots=True)
class ActivitySettings:
    """Whose webhook calls, and where its messages go."""

    stack_name: str
    application_id: str
    activity_queue_url: str


@dataclass(frozen=True, slots=True)
class AuthorizationSettings:
    """What the webhook proves itself with."""

    stack_name: str
    webhook_secret_arn: str


@dataclass(frozen=True, slots=True)
class MirrorSettings:
    """``thing_name_scheme`` is DevEUI or StackNameDeviceID."""

    stack_name: str
    thing_type_name: str
    thing_name_scheme: str
    things_log_group: str


@dataclass(frozen=True, slots=True)
class KeylessSettings:
    """Where to log what was removed from a thing."""

    application_id: str
    things_log_group: str


@dataclass(frozen=True, slots=True)
class FactSettings:
    """Which stack and application the facts are of."""

    stack_name: str
    application_id: str


@dataclass(frozen=True, slots=True)
class ReconcileSettings:
    """``reconcile_mode`` is Report or Repair, ``reconcile_scrub`` a number, ``reconcile_schedule`` may be empty."""

    reconcile_schedule: str
    reconcile_mode: str
    reconcile_scrub: str
    reconcile_log_group: str
    registry_events_url: str


@dataclass(frozen=True, slots=True)
class ReportSettings:
    stack_name: str
    application_id: str
    things_log_group: str


def load(group: type[T]) -> T:
    """Read the settings of ``group``.

    Raises:
        StackConfigurationError: a variable is missing; the text names it.
    """
    names = [field.name for field in fields(group)]  # type: ignore[arg-type]
    absent = [name.upper() for name in names if name.upper() not in os.environ]
    if absent:
        raise StackConfigurationError(f"The function lacks the environment variables {', '.join(absent)}.")
    return group(**{name: os.environ[name.upper()] for name in names})


def in_lambda() -> bool:
    """Return whether this is an instance of a function: Lambda says so to each, before it imports anything."""
    return "AWS_LAMBDA_INITIALIZATION_TYPE" in os.environ
