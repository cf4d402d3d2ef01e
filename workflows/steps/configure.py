"""Configure: what CloudFormation has no resources for: the thing type, the switch of registry events, the webhook."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from workflows.domain.configuration import Deployed, WebhookPlace
from workflows.domain.webhook import Webhook, can_reach, webhook_id_for
from workflows.errors import RegistryUnavailableError, StackConfigurationError, SyncError
from workflows.ports import ThingRegistry
from workflows.ports.configuring import Application, Applications, StackSecrets
from workflows.steps.access import check_key, check_rights, check_stack_name, check_webhook_secret

# Of the longest piece of work between two looks at the clock. The function's timeout rests on it.
CALLS_AT_MOST = 2

# What people look things up by.
SEARCHABLE_ATTRIBUTES = ("devEUI", "stackName")

Piece = Callable[[], str]


class Clock(Protocol):
    """Lambda's context, as far as it is asked."""

    def get_remaining_time_in_millis(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Configure:
    """``piece_s``: what a piece of work, and the answer after it, may take at most."""

    deployed: Deployed
    things: ThingRegistry
    secrets: StackSecrets
    applications: Applications
    piece_s: float

    def ensure(self, clock: Clock, *, previous: WebhookPlace | None = None) -> str:
        """Do one piece of work after the other, and return what was done.

        Nothing is changed anywhere before the key and the webhook's secret are known to do.

        Args:
            clock: tells whether there is time for the next piece.
            previous: where the webhook is said to have been before. It may be anybody's invention.

        Raises:
            RegistryUnavailableError: there is no time for the next piece.
        """
        done: list[str] = []
        for piece in self._pieces(previous):
            if clock.get_remaining_time_in_millis() < self.piece_s * 1000:
                raise RegistryUnavailableError(f"Answers came so slowly that no time is left after: {'; '.join(done)}.")
            done.append(piece())
        return "; ".join(done)

    def _pieces(self, previous: WebhookPlace | None) -> Iterator[Piece]:
        application_id = self._application_id
        api_key, secret = cache(self.secrets.api_key), cache(self.secrets.webhook_secret)
        posts = can_reach(self.deployed.place.cluster_address, self.deployed.webhook_url)

        def application() -> Application:
            return self.applications(application_id, api_key())

        yield lambda: check_stack_name(self.deployed.stack_name)
        yield lambda: check_key(application(), application_id)
        yield lambda: check_rights(application(), application_id)
        if posts:
            yield lambda: check_webhook_secret(secret(), self.deployed.stack_name)
        yield lambda: _ensure_thing_type(self.deployed.thing_type_name, self.things)
        yield lambda: _ensure_events(self.things)
        yield from self._leaving(previous or self.deployed.place, api_key)
        yield lambda: self._put_webhook(application(), secret()) if posts else self._no_webhook()

    def _leaving(self, previous: WebhookPlace, api_key: Callable[[], str]) -> Iterator[Piece]:
        """Keys are sent to the stack's own cluster alone: what is elsewhere is named and left."""
        if previous.cluster_address != self.deployed.place.cluster_address:
            yield (
                lambda: (
                    f"sent no key to {previous.cluster_address}, where this stack is no longer: "
                    f"if {self.webhook_of(previous.application_id)} is there, delete it yourself"
                )
            )
        elif previous.application_id != self._application_id:
            # An application's key does not open another: the one before it may.
            yield lambda: self.leave(previous.application_id, self.secrets.previous_api_key)
            yield lambda: self.leave(previous.application_id, api_key)

    @property
    def _application_id(self) -> str:
        return self.deployed.place.application_id

    def _put_webhook(self, application: Application, secret: str) -> str:
        application.put_webhook(Webhook(webhook_id_for(self.deployed.stack_id), self.deployed.webhook_url, secret))
        return f"wrote {self.webhook_of(self._application_id)}"

    def _no_webhook(self) -> str:
        return f"made no webhook, since {self.deployed.place.cluster_address} cannot reach {self.deployed.webhook_url}"

    def webhook_of(self, application_id: str) -> str:
        """Name the stack's webhook there."""
        return f"the webhook {webhook_id_for(self.deployed.stack_id)} of the application {application_id}"

    def leave(self, application_id: str, api_key: Callable[[], str]) -> str:
        """Remove the application's webhook from the stack's cluster, if the key and The Things Stack let us."""
        try:
            self.applications(application_id, api_key()).delete_webhook(webhook_id_for(self.deployed.stack_id))
        except SyncError as error:
            return self.not_removed(application_id, error)
        return f"removed {self.webhook_of(application_id)}"

    def not_removed(self, application_id: str, error: SyncError) -> str:
        return (
            f"could not remove {self.webhook_of(application_id)} ({type(error).__name__}: {error}): "
            "if it is there, delete it yourself"
        )


def _ensure_thing_type(name: str, registry: ThingRegistry) -> str:
    match registry.thing_type(name):
        case None:
            registry.create_thing_type(name, SEARCHABLE_ATTRIBUTES)
            return f"created the thing type {name}"
        case "deprecated":
            raise StackConfigurationError(
                f"The thing type {name} is deprecated, so no thing can be given it: "
                f"take that back (aws iot deprecate-thing-type --undo-deprecate) or choose another ThingTypeName."
            )
    return f"found the thing type {name}"


def _ensure_events(registry: ThingRegistry) -> str:
    switches = registry.event_switches()
    if switches.get("THING"):
        return "registry events were on"
    registry.set_event_switches({**switches, "THING": True})
    return "switched registry events on"
