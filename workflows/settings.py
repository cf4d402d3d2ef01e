"""The settings that a deployment gives its functions as environment variables; the only place that reads them.

Each function loads the groups it needs; their fields are the variables' names in lower case. As each imports all of
them, they are named tuples, which are made in a fifth of a dataclass's time.
"""

import os
from typing import NamedTuple, TypeVar

from workflows.errors import StackConfigurationError

T = TypeVar("T")


class StackSettings(NamedTuple):
    """Which things are ours."""

    stack_name: str
    thing_type_name: str


class TheThingsStackSettings(NamedTuple):
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


class FingerprintSettings(NamedTuple):
    fingerprint_secret_arn: str


class JournalSettings(NamedTuple):
    journal_table: str


class RunSettings(NamedTuple):
    """Which machine's runs hold things."""

    state_machine_arn: str


class DecisionSettings(NamedTuple):
    """``delete_policy`` is Delete or Retain, ``adopted_devices`` NamesOnly or Write.

    ``deletions_per_hour`` is a number.
    """

    stack_name: str
    delete_policy: str
    adopted_devices: str
    deletions_per_hour: str


class QueueSettings(NamedTuple):
    dead_letter_queue_url: str


class WebhookSettings(NamedTuple):
    """``stack_id`` is the stack's ARN, ``mirror_on`` is JoinAndUplink, Join or Off."""

    stack_id: str
    webhook_secret_arn: str
    webhook_url: str
    mirror_on: str


class ActivitySettings(NamedTuple):
    """Whose webhook calls, and where its messages go."""

    stack_name: str
    application_id: str
    activity_queue_url: str


class AuthorizationSettings(NamedTuple):
    """What the webhook proves itself with."""

    stack_name: str
    webhook_secret_arn: str


class MirrorSettings(NamedTuple):
    """``thing_name_scheme`` is DevEUI or StackNameDeviceID."""

    stack_name: str
    thing_type_name: str
    thing_name_scheme: str
    things_log_group: str


class KeylessSettings(NamedTuple):
    """Where to log what was removed from a thing."""

    application_id: str
    things_log_group: str


class FactSettings(NamedTuple):
    """Which stack and application the facts are of."""

    stack_name: str
    application_id: str


class ReconcileSettings(NamedTuple):
    """``reconcile_mode`` is Report or Repair, ``reconcile_scrub`` a number, ``reconcile_schedule`` may be empty."""

    reconcile_schedule: str
    reconcile_mode: str
    reconcile_scrub: str
    reconcile_log_group: str
    registry_events_url: str


class ReportSettings(NamedTuple):
    stack_name: str
    application_id: str
    things_log_group: str


def load(group: type[T]) -> T:
    """Read the settings of ``group``.

    Raises:
        StackConfigurationError: a variable is missing; the text names it.
    """
    names = list(group.__annotations__)
    absent = [name.upper() for name in names if name.upper() not in os.environ]
    if absent:
        raise StackConfigurationError(f"The function lacks the environment variables {', '.join(absent)}.")
    return group(**{name: os.environ[name.upper()] for name in names})
