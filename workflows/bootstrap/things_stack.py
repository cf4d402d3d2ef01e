"""Puts the client of The Things Stack together, once per Lambda instance."""

from functools import cache, partial

from workflows.adapters import aws
from workflows.adapters.secrets import CertificateAuthorities, StackSecret
from workflows.adapters.things_stack import TheThingsStack, Transport
from workflows.adapters.things_stack.error_table import compile_table
from workflows.bootstrap.addresses import addresses_of
from workflows.bootstrap.time_left import TIME_LEFT
from workflows.observability.exchanges import counted_exchange
from workflows.observability.tracing import untraced
from workflows.settings import TheThingsStackSettings, load


@cache
def api_key() -> StackSecret:
    return StackSecret(aws.secretsmanager(), load(TheThingsStackSettings).api_key_secret_arn)


def known_api_key() -> None:
    """Read the key before the first event."""
    with untraced():
        api_key().current()


@cache
def the_things_stack() -> TheThingsStack:
    compile_table()
    settings = load(TheThingsStackSettings)
    own = CertificateAuthorities(aws.secretsmanager(), settings.certificate_authority_secret_arn)
    return TheThingsStack(
        addresses_of(settings),
        settings.application_id,
        api_key=api_key(),
        transport=Transport(
            trace=partial(counted_exchange, stack_name=settings.stack_name),
            time_left_s=TIME_LEFT.seconds,
            read_authorities=own.read if settings.certificate_authority_secret_arn else None,
        ),
    )
