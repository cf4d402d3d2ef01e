"""What Configure asks of The Things Stack and of the stack's secrets, in the domain's words; the adapters answer."""

from collections.abc import Mapping
from typing import Protocol

from workflows.domain.webhook import Webhook


class Application(Protocol):
    """An application of The Things Stack, as the set-up of a stack needs it.

    Every method may raise ``RegistryThrottledError``, ``RegistryUnavailableError``, ``AccessDeniedError``,
    ``StackConfigurationError``, ``UnexpectedAnswerError``.
    """

    def key_owner(self) -> str | None:
        """Return the application that the API key is of; None if it is a user's or an organization's."""

    def rights(self) -> frozenset[str]:
        """Return what the API key may do with the application; nothing if there is no such application."""

    def cluster_host(self) -> str:
        """Return the host that the stack takes the application's servers to be on."""

    def server_addresses(self) -> Mapping[str, str]:
        """Return the hosts that the application itself names, by field; needs ``RIGHT_APPLICATION_INFO``."""

    def put_webhook(self, webhook: Webhook) -> None:
        """Create the webhook, or write over it."""

    def delete_webhook(self, webhook_id: str) -> None:
        """Gone already is success."""


class Applications(Protocol):
    """The applications on the stack's own cluster: where a key is sent to is nobody's choice."""

    def trust(self) -> str:
        """Read which certificate authorities are trusted beside the public ones; return that, empty if none are.

        Raises:
            StackConfigurationError: the stack's parameter does not lead to a bundle of certificates.
        """

    def __call__(self, application_id: str, api_key: str) -> Application: ...


class OwnStack(Protocol):
    """The stack that this function is part of, as CloudFormation knows it."""

    def status(self) -> str:
        """Return CloudFormation's word for it, such as ``DELETE_IN_PROGRESS``.

        Raises:
            RegistryThrottledError, RegistryUnavailableError: AWS throttled or failed.
            StackConfigurationError: CloudFormation refuses to say it.
        """


class StackSecrets(Protocol):
    """The stack's own secrets, as they are now.

    Every method may raise ``RegistryThrottledError``, ``RegistryUnavailableError`` or ``StackConfigurationError``.
    """

    def api_key(self) -> str: ...

    def previous_api_key(self) -> str:
        """Return the API key before the current one; raise ``StackConfigurationError`` if there was none."""

    def webhook_secret(self) -> str: ...
