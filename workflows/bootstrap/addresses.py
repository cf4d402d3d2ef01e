"""Where The Things Stack is, by the stack's settings."""

from workflows.adapters.things_stack import Addresses
from workflows.settings import TheThingsStackSettings


def addresses_of(settings: TheThingsStackSettings) -> Addresses:
    """Raise ``StackConfigurationError`` if an address is none."""
    return Addresses.parse(
        settings.cluster_address, settings.identity_server_address, allow_http=settings.allow_http == "true"
    )
