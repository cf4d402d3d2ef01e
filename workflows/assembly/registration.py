"""Puts the adapters of a function together from its settings, once per Lambda instance."""

from functools import cache

from workflows.adapters import aws
from workflows.adapters.secrets import ApiKeySecret, SecretsManagerDeviceSecrets
from workflows.adapters.things_stack.addresses import Addresses
from workflows.adapters.things_stack.client import TheThingsStack
from workflows.adapters.things_stack.transport import Transport
from workflows.observability.tracing import traced_exchange
from workflows.settings import TheThingsStackSettings, load


@cache
def the_things_stack() -> TheThingsStack:
    settings = load(TheThingsStackSettings)
    return TheThingsStack(
        Addresses.parse(settings.cluster_address, settings.identity_server_address),
        settings.application_id,
        api_key=ApiKeySecret(aws.secretsmanager(), settings.api_key_secret_arn),
        transport=Transport(trace=traced_exchange),
    )


@cache
def device_secrets() -> SecretsManagerDeviceSecrets:
    return SecretsManagerDeviceSecrets(aws.secretsmanager())
