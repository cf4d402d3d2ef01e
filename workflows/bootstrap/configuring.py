"""Puts Configure together from its settings, once per Lambda instance."""

from functools import cache
from typing import cast

from workflows.adapters import aws
from workflows.adapters.iot_registry import IoTThingRegistry
from workflows.adapters.secrets import CertificateAuthorities, ConfigurationSecrets
from workflows.adapters.stack_answers import ANSWER_TIMEOUT_S
from workflows.adapters.things_stack import Transport
from workflows.adapters.things_stack.application import TheApplication
from workflows.bootstrap.addresses import addresses_of
from workflows.domain.configuration import Deployed, WebhookLocation
from workflows.domain.webhook import MirrorOn
from workflows.ports.configuring import Applications
from workflows.settings import StackSettings, TheThingsStackSettings, WebhookSettings, load
from workflows.steps.configure import CALLS_AT_MOST, Configure


@cache
def configure() -> Configure:
    stack, webhook = load(StackSettings), load(WebhookSettings)
    things_stack = load(TheThingsStackSettings)
    return Configure(
        deployed=Deployed(
            stack_id=webhook.stack_id,
            stack_name=stack.stack_name,
            thing_type_name=stack.thing_type_name,
            place=WebhookLocation(things_stack.application_id, things_stack.cluster_address),
            webhook_url=webhook.webhook_url,
            mirror_on=cast("MirrorOn", webhook.mirror_on),
        ),
        things=IoTThingRegistry(aws.iot()),
        secrets=ConfigurationSecrets(
            aws.secretsmanager(),
            api_key_secret_arn=things_stack.api_key_secret_arn,
            webhook_secret_arn=webhook.webhook_secret_arn,
        ),
        applications=ClusterApplications(
            things_stack,
            CertificateAuthorities(aws.secretsmanager(), things_stack.certificate_authority_secret_arn),
        ),
        step_s=CALLS_AT_MOST * aws.CALL_TIMEOUT_S + ANSWER_TIMEOUT_S,
    )


class ClusterApplications(Applications):
    """The bundle of authorities is read again each time that the stack is configured: it may have been corrected."""

    def __init__(self, settings: TheThingsStackSettings, authorities: CertificateAuthorities) -> None:
        self._settings = settings
        self._authorities = authorities
        self._transport: Transport | None = None

    def trust(self) -> str:
        count = self._trusting().authorities
        return f"the bundle of certificate authorities holds {count}" if count else ""

    def __call__(self, application_id: str, api_key: str) -> TheApplication:
        transport = self._transport or self._trusting()
        return TheApplication(addresses_of(self._settings), application_id, api_key=api_key, transport=transport)

    def _trusting(self) -> Transport:
        self._transport = Transport(authorities=self._authorities.read())
        return self._transport
